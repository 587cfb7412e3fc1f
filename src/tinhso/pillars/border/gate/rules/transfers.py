"""Goods that go from truck to truck: what leaves must arrive, within a tolerance. Weights in kg."""

from __future__ import annotations

from collections.abc import Iterable

from tinhso.pillars.border.gate.rules.codes import refuse

TOLERANCE_PERCENT = 2


def balance(declared_kg: int, moved: Iterable[int]) -> int:
    """What is still on the first truck; below nought when more was moved than declared."""
    return declared_kg - sum(moved)


def must_balance(declared_kg: int, moved: Iterable[int], *, tolerance_percent: int = TOLERANCE_PERCENT) -> None:
    """Refuse BG-031 when what was moved is off the declaration by more than the tolerance."""
    arrived = sum(moved)
    off = abs(arrived - declared_kg)
    if off * 100 > declared_kg * tolerance_percent:
        raise refuse("BG-031", field="kg", a=arrived, b=off, tol=tolerance_percent)
