"""Play a day: whole and as fast as possible, in step with the demo clock, or live from the present moment on."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import close_old_connections

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.demo.clock import moment_to_show, set_clock, state
from tinhso.pillars.border.gate.models import SimulatedDay
from tinhso.pillars.border.gate.simulation.world import World

SEED = 20_250_715
BEAT = 1.0
"""Seconds between two looks at the clock."""
BEHIND = timedelta(minutes=6)
"""Further behind the clock than this, what is missing is loaded in batches, and the clock waits for it."""
STANDS_STILL = 0.01
TELL_EVERY = 3.0


@dataclass(slots=True)
class Options:
    """What the command was told. `speed` empty: as the clock goes, or 1. `live`: the present, not a chosen day."""

    seed: int = SEED
    share: float = 1.0
    speed: float | None = None
    live: bool = False


def midnight(day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=HANOI)


def play_whole_day(day: date, options: Options, *, tell: Callable[[str], None] = print) -> World:
    """The whole day at once, without the clock; a day begun before is played to its end."""
    world = world_at(day, options)
    begun = time.monotonic()
    world.play(midnight(day + timedelta(days=1)) - timedelta(seconds=1), told=Teller(world, tell))
    tell(f"{day}: {world.desk.steps} steps in {time.monotonic() - begun:.1f} s")
    return world


def play_in_step(moment: datetime, options: Options, *, tell: Callable[[str], None] = print) -> None:
    """Load what lies before `moment`, show that moment on the demo clock and go on with it, day after day."""
    world = world_at(moment.astimezone(HANOI).date(), options)
    begun = clock.real()
    goal = moment
    if goal - world.now > BEHIND:
        load(world, goal, begun, tell)
        goal += clock.real() - begun
    known = state()
    speed = options.speed or (known.speed if known and known.speed > STANDS_STILL else 1.0)
    set_clock(shown=max(goal, world.now), speed=speed, by=SYSTEM)
    tell(f"the border lives: {max(goal, world.now).astimezone(HANOI):%Y-%m-%d %H:%M}, speed {speed:g}")
    follow(world, options, tell)


def present_moment() -> datetime:
    """Where to go on: the later of the moment to show, what the clock shows, and what has been played."""
    known = state()
    moments = [moment_to_show(clock.real())]
    if known:
        moments.append(known.at(clock.real()))
    last = SimulatedDay.objects.order_by("-day").first()
    if last:
        moments.append(last.played_until)
    return max(moments)


def follow(world: World, options: Options, tell: Callable[[str], None]) -> None:
    """Go on with the clock as it is set, for as long as the process lives."""
    while True:
        close_old_connections()
        if options.live:
            _skip_the_night()
        moment = clock.now()
        if moment.astimezone(HANOI).date() > world.day + timedelta(days=1):
            world = world_at(moment.astimezone(HANOI).date(), options)
        if moment - world.now > BEHIND:
            known = state()
            load(world, moment, clock.real(), tell)
            set_clock(shown=moment, speed=known.speed if known else 1.0, by=SYSTEM)
        elif moment > world.now:
            world.play(moment, loading=False)
        time.sleep(BEAT)


def load(world: World, goal: datetime, begun: datetime, tell: Callable[[str], None]) -> None:
    """Play up to the goal in batches; the clock shows how far it is, so that timers do not run ahead."""
    teller = Teller(world, tell, show=True)
    teller()
    world.play(goal, told=teller)
    world.play(goal + (clock.real() - begun), told=teller)


def world_at(day: date, options: Options) -> World:
    """The border as it stands on that day: where it was left, or at its beginning."""
    row = SimulatedDay.objects.filter(pk=day).first()
    at = max(row.played_until, midnight(day)) if row else midnight(day)
    return World(at=at, day=day, seed=options.seed, share=options.share)


class Teller:
    """A line of progress every few seconds; with `show` the demo clock goes along."""

    def __init__(self, world: World, tell: Callable[[str], None], *, show: bool = False) -> None:
        self.world, self.tell, self.show = world, tell, show
        self._told = self._shown = float("-inf")

    def __call__(self) -> None:
        now = time.monotonic()
        if self.show and now - self._shown > BEAT:
            self._shown = now
            set_clock(shown=self.world.now, speed=STANDS_STILL, by=SYSTEM)
        if now - self._told > TELL_EVERY:
            self._told = now
            local = self.world.now.astimezone(HANOI)
            self.tell(f"loading {local:%Y-%m-%d %H:%M}: {len(self.world.board.seen)} vehicles under way")


def _skip_the_night() -> None:
    """When a day has come while an older moment was shown at its real pace, show the present again."""
    known = state()
    if known is None or known.speed != 1:
        return
    wanted = moment_to_show(clock.real())
    if wanted - known.at(clock.real()) > timedelta(minutes=30):
        set_clock(shown=wanted, speed=1, by=SYSTEM)
