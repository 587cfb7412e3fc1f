"""In which tone of the theme a trip's state is shown."""

from __future__ import annotations

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


def trip_tone(state: str) -> str:
    """The theme's word for a trip's state."""
    return TONES.get(state, "run")
