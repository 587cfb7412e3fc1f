"""What standing in a yard costs, apart from the state's fee: free hours, a first day, each further day. In đồng."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Price:
    """One row of a yard's price list; an order of a free yard has no amounts."""

    free_hours: int
    first_day: int
    next_day: int

    @property
    def is_free(self) -> bool:
        return self.first_day == 0 and self.next_day == 0


def charge(since: datetime, until: datetime, price: Price) -> int:
    """The amount for standing from `since` to `until`."""
    return cost(until - since, price)


def cost(stay: timedelta, price: Price) -> int:
    """The amount for so long a stay: nothing within the free hours, then by days begun."""
    if stay <= timedelta(hours=price.free_hours) or price.is_free:
        return 0
    days = -(-stay // DAY)
    return price.first_day + price.next_day * (days - 1)
