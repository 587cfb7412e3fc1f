"""When an hour may be booked, by how many of one firm, and what a no-show costs: the terms of a day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.rules.tables import table


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms that hold on a day (border brief 7.4; rows of BookingRule)."""

    horizon_days: int
    opens_at: time
    share_percent: int
    free_until_minutes: int
    late_moves: int
    no_show_minutes: int
    strikes: int
    strike_days: int
    lock_days: int
    hold_minutes: int

    def last_day(self, at: datetime) -> date:
        """The last day that can be booked now: the farthest one from its opening hour on."""
        local = at.astimezone(HANOI)
        return local.date() + timedelta(days=self.horizon_days - (local.time() < self.opens_at))

    def opens_on(self, day: date) -> datetime:
        """From when the hours of that day can be booked."""
        return datetime.combine(day - timedelta(days=self.horizon_days), self.opens_at, HANOI)

    def share_of(self, capacity: int) -> int:
        """How many places of a window one firm may have: at least one."""
        return max(1, capacity * self.share_percent // 100)

    def is_late(self, begins_at: datetime, at: datetime) -> bool:
        """Whether an hour that begins then is so near that it can be moved only as often as the terms say."""
        return at > begins_at - timedelta(minutes=self.free_until_minutes)


def published() -> Terms:
    """The terms of tables/booking_rules.csv, for a platform whose board has set no others."""
    row = table("booking_rules")[0]
    return Terms(
        horizon_days=int(row["horizon_days"]),
        opens_at=time.fromisoformat(row["opens_at"]),
        share_percent=int(row["firm_share_percent"]),
        free_until_minutes=int(row["free_until_minutes"]),
        late_moves=int(row["late_moves"]),
        no_show_minutes=int(row["no_show_minutes"]),
        strikes=int(row["strikes"]),
        strike_days=int(row["strike_days"]),
        lock_days=int(row["lock_days"]),
        hold_minutes=int(row["hold_minutes"]),
    )
