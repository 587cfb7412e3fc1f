"""What customs said of trips: the newest word holds, older ones stay to be read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import F, OuterRef, QuerySet, Subquery

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.models import CustomsEntry, Trip
from tinhso.pillars.border.gate.models.customs import CustomsChannel, CustomsStage
from tinhso.pillars.border.gate.permissions import KEY_CUSTOMS

NEWEST = ("-entered_at", "-id")
HERE = ("arrived", "crossed_in", "in_yard")
FILTERS = ("all", "silent", "red")


def entries_of(trip: Trip) -> list[CustomsEntry]:
    """All that was said, newest first."""
    return list(CustomsEntry.objects.filter(trip=trip).order_by(*NEWEST))


def latest_of(trip: Trip) -> CustomsEntry | None:
    return CustomsEntry.objects.filter(trip=trip).order_by(*NEWEST).first()


def channels_said(trips: Iterable[UUID]) -> dict[UUID, int]:
    """The channel that customs named last, for those trips of which they said one; one query."""
    rows = CustomsEntry.objects.filter(trip__in=list(trips)).order_by("trip_id", *NEWEST).distinct("trip_id")
    return {trip: channel for trip, channel in rows.values_list("trip_id", "channel") if channel}


def authors_of(entries: Iterable[CustomsEntry]) -> dict[UUID, str]:
    """Names of those who keyed them; the link has none."""
    ids = {entry.entered_by for entry in entries if entry.by_hand}
    return dict(Person.objects.filter(id__in=ids).values_list("id", "full_name"))


def here_for_customs(*, by: Actor, at: datetime, only: str = "all") -> QuerySet[Any]:
    """Loaded vehicles that stand here, with the newest word of customs; those of which nothing is known first."""
    newest = CustomsEntry.objects.filter(trip=OuterRef("pk")).order_by(*NEWEST)
    said: dict[str, Any] = {
        name: Subquery(newest.values(name)[:1]) for name in ("customs_no", "channel", "status", "entered_at", "by_hand")
    }
    rows = Trip.objects.filter(is_live=True, state__in=HERE).exclude(goods_group="EMPTY")
    rows = visible(rows, by, KEY_CUSTOMS, at).select_related("point")
    found: QuerySet[Any] = rows.annotate(**{f"said_{name}": value for name, value in said.items()})
    if only == "silent":
        found = found.filter(said_status=None)
    if only == "red":
        found = found.filter(said_channel=CustomsChannel.RED)
    return found.order_by(F("said_entered_at").asc(nulls_first=True), "state_since", "id")


def stage_title(status: str) -> Any:
    return CustomsStage(status).label if status in CustomsStage.values else status
