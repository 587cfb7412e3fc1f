"""Words of the gate in templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.rules import plates

register = template.Library()
register.filter("show_plate", plates.show)

TONES = {
    "draft": "",
    "submitted": "wait",
    "fix_requested": "attn",
    "at_buffer": "wait",
    "released": "done",
    "crossed_out": "done",
    "completed": "done",
    "seized": "stop",
    "turned_back": "stop",
    "cancelled": "",
    "expired": "",
    "no_show": "",
}


@register.filter
def trip_tone(state: str) -> str:
    """The theme's word for a trip's state."""
    return TONES.get(state, "run")


@register.filter
def plain(number: float) -> str:
    """A number as drawings want it, with a point whatever the language."""
    return f"{number:g}"


@register.filter
def whole(number: Decimal) -> int:
    """A published figure without its decimals."""
    return int(number)


@register.filter
def kind_title(kind: str) -> str:
    """What a kind of trip is called."""
    return str(KIND_TITLES[kind])
