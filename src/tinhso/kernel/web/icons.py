"""Icons from the sprite, and the icon that goes with each kind of state."""

from __future__ import annotations

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString

SIZES = (16, 20, 24, 32)
STATE_ICONS = {
    "done": "circle-check",
    "run": "circle-play",
    "wait": "clock",
    "attn": "alert-triangle",
    "stop": "circle-x",
    "off": "wifi-off",
    "paused": "circle-pause",
    "lock": "lock",
    "": "circle",
}


def icon(name: str, size: int = 20) -> SafeString:
    """One icon of the sprite, silent for readers: the word beside it says the same."""
    modifier = "" if size == 20 else f" icon--{size}"
    return format_html(
        '<svg class="icon{}" aria-hidden="true"><use href="{}#{}"/></svg>', modifier, static("web/icons.svg"), name
    )


def state_icon(kind: str) -> str:
    """The icon of a kind of state; a kind of its own keeps the plain ring."""
    return STATE_ICONS.get(kind, STATE_ICONS[""])
