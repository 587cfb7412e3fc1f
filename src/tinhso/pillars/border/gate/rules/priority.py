"""The priority class of a trip and the ground for it, which is published with it.

For which electronics a production line waits is claimed by the firm and counts where a row of the rulebook names the
firm or the goods (first row: tables/just_in_time.csv, which names nobody yet).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from tinhso.pillars.border.gate.rules.goods import PERISHABLE, Line, papers_missing
from tinhso.pillars.border.gate.rules.queue import EMERGENCY, EMPTY, FRESH, ORDINARY, PREFERRED

FALSE_CLAIM = "false_claim"
ELECTRONICS = "ELECTRONICS"


@dataclass(frozen=True, slots=True)
class JustInTime:
    """A row of the table: firms by tax code and goods by the beginning of their HS code.

    Firms without goods: all their electronics. Goods without firms: whoever declares them. Neither: nobody yet.
    """

    code: str
    tax_codes: frozenset[str] = frozenset()
    hs_prefixes: tuple[str, ...] = ()

    def names(self, tax_code: str, lines: Iterable[Line]) -> bool:
        """Whether the row speaks of that firm and of electronics among these lines."""
        if not (self.tax_codes or self.hs_prefixes) or (self.tax_codes and tax_code not in self.tax_codes):
            return False
        own = [line.hs6 for line in lines if line.group == ELECTRONICS]
        return bool(own) and (not self.hs_prefixes or any(code.startswith(self.hs_prefixes) for code in own))


@dataclass(frozen=True, slots=True)
class Claim:
    """What the class is decided by. `order_no`: number of an emergency order; `false_claim`: fresh goods
    were claimed and plant quarantine found none; `just_in_time`: the firm says that a production line waits for
    its electronics; `named`: a row of the rulebook names the firm or the goods as such.
    """

    lines: tuple[Line, ...]
    direction: str
    order_no: str = ""
    preferred_firm: bool = False
    just_in_time: bool = False
    named: bool = False
    false_claim: bool = False


@dataclass(frozen=True, slots=True)
class Class:
    """A class and its basis: order, empty, fresh, preferred_firm, just_in_time, papers_missing, false_claim,
    just_in_time_unlisted or ordinary.
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
    return _preferred(claim) or Class(ORDINARY, _lacks(claim, lacking))


def _preferred(claim: Claim) -> Class | None:
    if claim.preferred_firm:
        return Class(PREFERRED, "preferred_firm")
    if claim.just_in_time and claim.named and any(line.group == ELECTRONICS for line in claim.lines):
        return Class(PREFERRED, "just_in_time")
    return None


def _lacks(claim: Claim, papers: bool) -> str:
    """Why a trip is an ordinary one though something was claimed for it."""
    if papers:
        return "papers_missing"
    return "just_in_time_unlisted" if claim.just_in_time else "ordinary"
