"""Who hands goods over to whom in the yard, and how a weight is told apart over kinds of goods. Weights in kg."""

from __future__ import annotations

from collections.abc import Sequence

HANDS_OVER = frozenset({"IMP_CN", "AGV", "EXP_XFER"})
"""Whose goods stay behind: such a vehicle may not leave before its balance is 0."""
WAREHOUSE = ""
TAKERS: dict[str, frozenset[str]] = {
    "IMP_CN": frozenset({"IMP_VN_PICKUP", "TRANSIT", WAREHOUSE}),
    "AGV": frozenset({"IMP_VN_PICKUP", WAREHOUSE}),
    "EXP_XFER": frozenset({"CN_EMPTY_IN", "IMP_CN", "AGV", WAREHOUSE}),
    "TRANSIT": frozenset({"TRANSIT", "CN_EMPTY_IN", "IMP_VN_PICKUP"}),
}
"""What vehicle may take over from which; IMP_CN only on its way back, when it was declared both ways."""
PAIRED = {"EXP_XFER": "CN_EMPTY_IN", "IMP_CN": "IMP_VN_PICKUP"}
"""Trips that are declared for each other: the one that gives, the one that takes."""


def may_take(giver: str, taker: str, *, two_way: bool = False) -> bool:
    """Whether a trip of the kind `taker` (empty: the warehouse) may take goods over from one of the kind `giver`."""
    return taker in TAKERS.get(giver, frozenset()) and (taker != "IMP_CN" or two_way)


def are_partners(kind: str, other: str, *, two_way: bool, other_two_way: bool) -> bool:
    """Whether one of the two may take goods over from the other, whichever it is."""
    return may_take(kind, other, two_way=other_two_way) or may_take(other, kind, two_way=two_way)


def is_off(given_kg: int, declared_kg: int, tolerance_percent: int, *, partial: bool = False) -> bool:
    """Whether what came off lies beyond the tolerance; a vehicle that is not empty yet may have given less."""
    if given_kg * 100 > declared_kg * (100 + tolerance_percent):
        return True
    return not partial and given_kg * 100 < declared_kg * (100 - tolerance_percent)


def spread(kg: int, weights: Sequence[int]) -> list[int]:
    """`kg` told apart by weights into whole numbers that add up (largest remainders, the first one when equal)."""
    whole = sum(weights)
    if not whole:
        return [kg, *([0] * (len(weights) - 1))] if weights else []
    parts = [kg * weight // whole for weight in weights]
    by_rest = sorted(range(len(weights)), key=lambda number: (-(kg * weights[number] % whole), number))
    for number in by_rest[: kg - sum(parts)]:
        parts[number] += 1
    return parts
