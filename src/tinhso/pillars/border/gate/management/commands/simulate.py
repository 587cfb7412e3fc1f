"""`./tinhso simulate border`: the live border, from now on or a day of one's choice."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tinhso.pillars.border.gate.simulation import playing


class Command(BaseCommand):
    help = "play a day at the border through the same actions as people do (demo profile only)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["border"])
        parser.add_argument("--live", action="store_true", help="from the present moment on (the default)")
        parser.add_argument("--day", type=date.fromisoformat, help="a day of one's choice, from its morning on")
        parser.add_argument("--speed", type=float, help="seconds shown a second; 0: the whole day at once, then stop")
        parser.add_argument("--seed", type=int, default=playing.SEED)
        parser.add_argument("--share", type=float, default=1.0, help="of the vehicles of a day, for trying out")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PROFILE != "demo":
            raise CommandError("the border is played in the demo profile only")
        chosen = playing.Options(seed=options["seed"], share=options["share"], speed=options["speed"])
        day = options["day"]
        chosen.live = day is None
        if options["speed"] == 0:
            if day is None:
                raise CommandError("--speed 0 wants --day")
            playing.play_whole_day(day, chosen, tell=self._tell)
            return
        moment = playing.present_moment() if day is None else playing.midnight(day) + timedelta(hours=6)
        playing.play_in_step(moment, chosen, tell=self._tell)

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
