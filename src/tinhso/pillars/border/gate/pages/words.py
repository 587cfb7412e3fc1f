"""A refusal of a step in plain words, for those who tapped."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.barrier import explain

LACKS = frozenset({"BG-027", "BG-028", "BG-030"})
"""Refusals that name a thing which is not there yet: a check, the fee, room in the yard."""


def plain_words(trip: Trip, refusal: Refusal, *, at: datetime) -> str:
    """What is missing, and more of it where it is known: the same words as on the card at a barrier."""
    told = explain(trip, refusal, at=at)
    said = ". ".join(part.rstrip(".") for part in (told.missing, told.missing_more) if part) + "."
    return f"{_('Still missing')}: {said}" if refusal.code in LACKS else said
