"""How the goods of one declaration are told apart over its vehicles. Weights in kg."""

from __future__ import annotations

from collections.abc import Sequence

from tinhso.pillars.border.gate.rules.transfers import spread

MOST = 20
"""Vehicles that one declaration on screen is spread over; more come by spreadsheet or program."""


def shared_out(line_kg: int, typed: Sequence[int | None]) -> list[int]:
    """What each vehicle carries of a goods line: as typed; those left open share evenly what the others leave."""
    left = max(line_kg - sum(kg or 0 for kg in typed), 0)
    shares = iter(spread(left, [1] * sum(kg is None for kg in typed)))
    return [next(shares) if kg is None else kg for kg in typed]


def left_over(line_kg: int, carried: Sequence[int]) -> int:
    """What no vehicle carries yet; below 0 when they carry more than the line holds."""
    return line_kg - sum(carried)


def given_up(wanted_kg: int, free_kg: int) -> int:
    """What another vehicle gives up for one that is added: all that nobody is left to carry."""
    return max(wanted_kg - max(free_kg, 0), 0)
