"""Positions as devices send them: what may stand in a message, and the device's clock set right."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any
from uuid import UUID

from pydantic import AwareDatetime, BaseModel, BeforeValidator, ConfigDict, Field

from tinhso.pillars.border.gate.actions.positions import Ping
from tinhso.pillars.border.gate.rules.positions import MOST, set_right


def written(value: Any) -> Any:
    """A moment is text with its zone; a number of seconds is none. Raises ValueError."""
    if isinstance(value, str | datetime) and not (isinstance(value, str) and value.lstrip("+-").isdigit()):
        return value
    raise ValueError("a date and time with its zone is wanted")


Moment = Annotated[AwareDatetime, BeforeValidator(written)]
STRICT = ConfigDict(extra="forbid", allow_inf_nan=False)


class OwnPing(BaseModel):
    """Where a vehicle was, WGS 84; `seen_at` by the device's clock."""

    model_config = STRICT

    seen_at: Moment
    lat: float = Field(ge=-90, le=90, strict=True)
    lon: float = Field(ge=-180, le=180, strict=True)
    accuracy_m: Annotated[int, Field(strict=True, ge=0, le=100_000)] | None = None

    def of(self, trip: UUID, sent_at: datetime | None, at: datetime) -> Ping:
        """The position by our clock."""
        return Ping(trip, set_right(self.seen_at, sent_at, at), self.lat, self.lon, self.accuracy_m)


class PingIn(OwnPing):
    """The same of one of several trips."""

    trip: UUID


class OwnPositions(BaseModel):
    """What a driver's telephone sends of its own trip."""

    model_config = STRICT

    sent_at: Moment | None = None
    pings: list[OwnPing] = Field(min_length=1, max_length=MOST)


class PositionsIn(BaseModel):
    """`sent_at`: the device's clock as it sends, so that a clock that is off is set right by the minute."""

    model_config = STRICT

    sent_at: Moment | None = None
    pings: list[PingIn] = Field(min_length=1, max_length=MOST)
