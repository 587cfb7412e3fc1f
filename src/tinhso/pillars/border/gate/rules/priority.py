"""The priority class of a trip and the ground for it, which is published with it."""

from __future__ import annotations

from dataclasses import dataclass

from tinhso.pillars.border.gate.rules.goods import PERISHABLE, Line, papers_missing
from tinhso.pillars.border.gate.rules.queue import EMERGENCY, EMPTY, FRESH, ORDINARY, PREFERRED

FALSE_CLAIM = "false_claim"


@dataclass(frozen=True, slots=True)
class Claim:
    """What the class is decided by. `order_no`: number of an emergency order; `false_claim`: fresh goods
    were claimed and plant quarantine found none; `just_in_time`: electronics a production line waits for.
    """

    lines: tuple[Line, ...]
    direction: str
    order_no: str = ""
    preferred_firm: bool = False
    just_in_time: bool = False
    false_claim: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    """A class and its basis: order, empty, fresh, preferred_firm, just_in_time, papers_missing, false_claim
    or ordinary.
    """

    name: str
    basis: str


def classify(claim: Claim) -> Class:
    """P0 by order, P4 empty, P1 fresh with all papers, P2 preferred firm or just-in-time electronics, else P3."""
    if claim.order_no:
        return Class(EMERGENCY, "order")
    if all(line.group == "EMPTY" for line in claim.lines):
        return Class(EMPTY, "empty")
    if claim.false_claim:
        return Class(ORDINARY, FALSE_CLAIM)
    fresh = [line for line in claim.lines if PERISHABLE in line.flags]
    lacking = any(papers_missing(line, direction=claim.direction) for line in fresh)
    if fresh and not lacking:
        return Class(FRESH, "fresh")
    return _preferred(claim) or Class(ORDINARY, "papers_missing" if lacking else "ordinary")


def _preferred(claim: Claim) -> Class | None:
    if claim.preferred_firm:
        return Class(PREFERRED, "preferred_firm")
    if claim.just_in_time and any(line.group == "ELECTRONICS" for line in claim.lines):
        return Class(PREFERRED, "just_in_time")
    return None
