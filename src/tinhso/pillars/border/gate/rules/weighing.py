"""What a vehicle should weigh, and when it weighs otherwise. All weights in kg."""

from __future__ import annotations

TOLERANCE = "weighing_tolerance"
"""The number of the rulebook: per cent of what is expected (the province has not named it yet, brief 19)."""
LEAST, MOST = 500, 150_000
"""What a bridge can have weighed: lighter or heavier is a slip of the key (assumed)."""
COMES_EMPTY = frozenset({"CN_EMPTY_IN", "IMP_VN_PICKUP"})
"""Trip types of vehicles that come for goods: on them is what was loaded here."""


def goods_on_board(
    *, kind: str, leg: int, load_state: str, gross_kg: int, unloaded_kg: int | None, loaded_kg: int
) -> int | None:
    """The goods on the vehicle by its papers; None when it comes back with those of another declaration."""
    if leg > 1:
        return {"EMPTY": 0, "REJECTED": max(gross_kg - (unloaded_kg or 0), 0)}.get(load_state)
    brought = 0 if kind in COMES_EMPTY else max(gross_kg - (unloaded_kg or 0), 0)
    return brought + loaded_kg


def tare_code(feet: int) -> str:
    """The rulebook's number of an empty container of that length."""
    return f"container_tare_{feet}"


def is_off(kg: int, expected_kg: int, tolerance_percent: int) -> bool:
    """Whether it differs from what is expected by more than the tolerance, to either side."""
    return abs(kg - expected_kg) * 100 > expected_kg * tolerance_percent


def is_possible(kg: int) -> bool:
    return LEAST <= kg <= MOST
