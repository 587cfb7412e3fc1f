"""`./tinhso simulate border`: the live border, from now on or a day of one's choice; or a whole year at once."""

from __future__ import annotations

from argparse import ArgumentParser
from datetime import date, timedelta
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from tinhso.pillars.border.gate.simulation import playing
from tinhso.pillars.border.gate.simulation.year import proof, run
from tinhso.pillars.border.gate.simulation.year.plan import SEED


class Command(BaseCommand):
    help = "play a day at the border through the same actions as people do (demo profile only)"

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("what", choices=["border"])
        parser.add_argument("--live", action="store_true", help="from the present moment on (the default)")
        parser.add_argument("--day", type=date.fromisoformat, help="a day of one's choice, from its morning on")
        parser.add_argument("--speed", type=float, help="seconds shown a second; 0: the whole day at once, then stop")
        parser.add_argument("--seed", type=int)
        parser.add_argument("--share", type=float, default=1.0, help="of the vehicles of a day, for trying out")
        parser.add_argument("--year", type=int, help="a whole year at once: finished trips with all their history")
        parser.add_argument("--trips", type=int, default=700_000, help="how many vehicles the year has")
        parser.add_argument("--processes", type=int, default=2)
        parser.add_argument("--last-day", type=date.fromisoformat, help="of the year, for trying out")
        parser.add_argument("--verify", action="store_true", help="afterwards compare the figures with the history")
        parser.add_argument("--part", help="one process's part of a year (the command starts these itself)")

    def handle(self, *args: Any, **options: Any) -> None:
        if settings.PROFILE != "demo":
            raise CommandError("the border is played in the demo profile only")
        if options["year"]:
            self._year(options)
            return
        chosen = playing.Options(seed=options["seed"] or playing.SEED, share=options["share"], speed=options["speed"])
        day = options["day"]
        chosen.live = day is None
        if options["speed"] == 0:
            if day is None:
                raise CommandError("--speed 0 wants --day")
            playing.play_whole_day(day, chosen, tell=self._tell)
            return
        moment = playing.present_moment() if day is None else playing.midnight(day) + timedelta(hours=6)
        playing.play_in_step(moment, chosen, tell=self._tell)

    def _year(self, options: dict[str, Any]) -> None:
        wanted = run.Wanted(
            options["year"], options["trips"], options["seed"] or SEED, options["processes"], options["last_day"]
        )
        if options["part"]:
            what, _, part = options["part"].partition(":")
            run.work_part(wanted, what, int(part), tell=self._tell)
            return
        run.play_year(wanted, tell=self._tell)
        if options["verify"] and (wrong := proof.differences(wanted, tell=self._tell)):
            raise CommandError("\n".join(["the figures of the year are not what its history tells:", *wrong]))

    def _tell(self, line: str) -> None:
        self.stdout.write(line)
        self.stdout.flush()
