"""The working calendar that every installation has."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.modules.declare import profile
from tinhso.kernel.worktime.holidays import load_calendar


@profile(5)
def calendar(at: datetime) -> int:
    return load_calendar()
