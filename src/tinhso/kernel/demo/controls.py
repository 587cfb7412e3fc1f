"""The demo's clock on the operations page: what it shows, and how fast it goes."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.console.controls import control
from tinhso.kernel.demo import clock
from tinhso.kernel.demo.permissions import SET_CLOCK

SPEEDS = (1, 10, 60)


@dataclass(frozen=True, slots=True)
class Shown:
    """The moment shown, the present speed and those to choose from."""

    now: datetime
    speed: float
    speeds: tuple[int, ...] = SPEEDS


def state() -> Shown | None:
    """What the clock shows; None outside the demo profile, or where no day is played."""
    known = clock.state() if settings.PROFILE == "demo" else None
    return Shown(clock.now(), known.speed) if known else None


def choose_speed(*, choice: str, by: Actor, at: datetime) -> None:
    """Go on at another speed. Raises Forbidden outside the demo profile, Invalid for a speed not offered."""
    if state() is None:
        raise Forbidden(code="not-a-demo")
    if choice not in {str(speed) for speed in SPEEDS}:
        raise Invalid(_("choose one of the speeds offered"), field="choice")
    clock.set_speed(speed=float(choice), by=by)


control(
    "dong-ho",
    title=_("Clock of the demonstration"),
    template="kernel_demo/clock_control.html",
    permission=SET_CLOCK,
    state=state,
    act=choose_speed,
)
