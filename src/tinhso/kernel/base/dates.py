"""Days, times and spans as people in Vietnam read them: 22/11/2026, 14:05, 1 giờ 20 phút."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils.translation import gettext as _

from tinhso.kernel.base.clock import HANOI

MINUTES_OF_A_DAY = 24 * 60


def show_date(value: date | datetime | None) -> str:
    """22/11/2026; a moment is shown as its day in Vietnam; nothing as a dash."""
    if value is None:
        return "–"
    day = value.astimezone(HANOI) if isinstance(value, datetime) else value
    return f"{day.day:02d}/{day.month:02d}/{day.year:04d}"


def show_time(value: datetime | None) -> str:
    """14:05 in Vietnam; nothing as a dash."""
    return "–" if value is None else f"{value.astimezone(HANOI):%H:%M}"


def show_moment(value: datetime | None) -> str:
    """14:05 22/11/2026 in Vietnam; nothing as a dash."""
    return "–" if value is None else f"{show_time(value)} {show_date(value)}"


def show_span(span: timedelta | None) -> str:
    """50 phút, 1 giờ 20 phút, 2 ngày 3 giờ: the two largest parts, whole minutes cut off; nothing as a dash."""
    if span is None:
        return "–"
    minutes = abs(int(span.total_seconds())) // 60
    parts = _days(minutes) if minutes >= MINUTES_OF_A_DAY else _hours(minutes)
    shown = " ".join(parts)
    return f"−{shown}" if span < timedelta(0) and minutes else shown


def _days(minutes: int) -> list[str]:
    days, rest = divmod(minutes, MINUTES_OF_A_DAY)
    return [_("%(count)d d") % {"count": days}, *([_("%(count)d h") % {"count": rest // 60}] if rest >= 60 else [])]


def _hours(minutes: int) -> list[str]:
    hours, rest = divmod(minutes, 60)
    shown = [_("%(count)d h") % {"count": hours}] if hours else []
    return [*shown, _("%(count)d min") % {"count": rest}] if rest or not hours else shown
