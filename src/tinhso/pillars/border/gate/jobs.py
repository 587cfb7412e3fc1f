"""What the gate does by the clock."""

from __future__ import annotations

from datetime import datetime, timedelta

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.modules.declare import every
from tinhso.pillars.border.gate.actions import foresight
from tinhso.pillars.border.gate.actions.guidance import reach_newcomers
from tinhso.pillars.border.gate.actions.report import freeze_report
from tinhso.pillars.border.gate.queries.report import CLOSES
from tinhso.pillars.border.gate.simulation.what_if_runs import run_what_if

__all__ = ["run_what_if"]  # declared there: the worker has to know it


@every(cron="0 20 * * *")
def freeze_daily_report(at: datetime) -> None:
    """Freeze the report of the last day that is over; done again it changes nothing."""
    local = at.astimezone(HANOI)
    day = local.date() if local.time() >= CLOSES else local.date() - timedelta(days=1)
    freeze_report(day=day, at=at, reason="counted again by the platform")


@every(seconds=60)
def tell_orders_to_newcomers(at: datetime) -> None:
    """Movement orders reach vehicles that have come under them meanwhile; done again it tells nobody twice."""
    reach_newcomers(at=at)


@every(seconds=1800)
def look_ahead(at: datetime) -> None:
    """Once a day: count the days that are over and say what the next seven bring; what was said once stays."""
    foresight.keep_up(today=at.astimezone(HANOI).date())
