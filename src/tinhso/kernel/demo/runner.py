"""Loads the demo: rooms in their order, each loader in a transaction of its own, again without harm."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from random import Random

from django.conf import settings
from django.db import transaction

from tinhso.kernel.audit.binding import bind
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.declare import DEMOS, in_order

SEED = 20_250_715


class NotADemo(Refusal):
    """Demo data were asked for where real people work."""

    code, status = "not-a-demo", 403


@dataclass(frozen=True, slots=True)
class DemoRun:
    """What a loader gets: the moment, who acts, and chance that is the same each time."""

    at: datetime
    by: Actor
    chance: Random


def load_demo(*, at: datetime, tell: Callable[[str], None] = print, seed: int = SEED) -> None:
    """Run every demo loader, lowest order first. Raises NotADemo outside the demo profile."""
    if settings.PROFILE != "demo":
        raise NotADemo
    for loader in in_order(DEMOS):
        begun = time.monotonic()
        with transaction.atomic():
            bind(SYSTEM)
            count = loader.load(DemoRun(at, SYSTEM, Random(f"{seed}{loader.name}")))  # noqa: S311 demo, no secret
        tell(f"{loader.name}: {count if count is not None else 'done'} ({time.monotonic() - begun:.1f} s)")
