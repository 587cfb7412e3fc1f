"""What every template of the theme may ask for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.http import HttpRequest

from tinhso.kernel.web.policy import live_url

_keeper: Callable[[], Any] | None = None


def theme(request: HttpRequest) -> dict[str, Any]:
    """text_large, live_url and, in the demo profile, demo_clock (speed, note) when a room keeps one."""
    return {
        "text_large": request.COOKIES.get("tinhso_text") == "large",
        "live_url": live_url(request),
        "demo_clock": demo_clock() if settings.PROFILE == "demo" else None,
    }


def demo_clock() -> Any:
    """State of the demo's clock, if its keeper has said who it is."""
    return _keeper() if _keeper else None


def use_demo_clock(keeper: Callable[[], Any]) -> None:
    """The demo room, which is above this one, hands in what tells `speed` and `note` of the played day."""
    global _keeper
    _keeper = keeper
