"""What arms, bridges and seals told: of a trip, and what customs have to look at."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery

from tinhso.kernel.access.may import visible
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.models import ArmAnswer, ArmCommand, ControlPoint, Hold, SealEvent, Trip, Weighing
from tinhso.pillars.border.gate.models.relays import ArmOutcome
from tinhso.pillars.border.gate.models.seals import SealEventKind
from tinhso.pillars.border.gate.permissions import KEY_READING
from tinhso.pillars.border.gate.rules.relays import SHOWN

CUSTOMS = "HAIQUAN"
ENDED = (ArmOutcome.OPENED, ArmOutcome.BY_HAND)


def not_open_yet(barrier: ControlPoint, *, at: datetime) -> list[ArmCommand]:
    """Arms of the barrier that were told to open and did not, by hand neither; the newest first. One query.

    Each carries `outcome`, empty when no answer is known.
    """
    said = ArmAnswer.objects.filter(command=OuterRef("pk"))
    rows = ArmCommand.objects.filter(barrier=barrier, sent_at__gt=at - SHOWN)
    rows = rows.filter(~Exists(said.filter(outcome__in=ENDED))).annotate(
        outcome=Subquery(said.order_by("-id").values("outcome")[:1])
    )
    return list(rows.select_related("trip").order_by("-sent_at", "-id")[:5])


@dataclass(frozen=True, slots=True)
class OfTrip:
    """Weights and seal events of one trip, newest first; `off`: the newest steady weight when that one differs."""

    weighings: list[Weighing]
    seals: list[SealEvent]
    alarm: SealEvent | None

    @property
    def off(self) -> Weighing | None:
        newest = next((one for one in self.weighings if one.steady), None)
        return newest if newest and newest.differs else None

    @property
    def seal_no(self) -> str:
        return self.seals[0].seal_no if self.seals else ""


def devices_of(trip: Trip) -> OfTrip:
    """What machines and customs noted of one trip; three queries at most."""
    weighings = list(Weighing.objects.filter(trip=trip).order_by("-weighed_at", "-id")[:50])
    seals = list(SealEvent.objects.filter(trip=trip).order_by("-happened_at", "-id")[:50])
    tampered = any(one.kind == SealEventKind.TAMPERED for one in seals)
    return OfTrip(weighings, seals, alarms(SealEvent.objects.filter(trip=trip)).first() if tampered else None)


def alarms(rows: QuerySet[SealEvent]) -> QuerySet[SealEvent]:
    """Seals tampered with on live trips, until customs looked at them or held the vehicle since; newest first."""
    looked = SealEvent.objects.filter(
        trip=OuterRef("trip"), kind=SealEventKind.CHECKED, happened_at__gte=OuterRef("happened_at")
    )
    held = Hold.objects.filter(trip=OuterRef("trip"), force__code=CUSTOMS, created_at__gte=OuterRef("received_at"))
    open_ones = rows.filter(~Exists(looked), ~Exists(held), kind=SealEventKind.TAMPERED, trip__is_live=True)
    return open_ones.order_by("-happened_at", "-id")


def alarms_for(*, by: Actor, at: datetime) -> QuerySet[SealEvent]:
    """Those at the points of that officer of customs, with their trips."""
    rows = visible(SealEvent.objects.all(), by, KEY_READING, at)
    return alarms(rows).select_related("trip__point")


def differences_for(*, by: Actor, at: datetime) -> QuerySet[Weighing]:
    """Weights that differ, of live trips at the points of that officer; only the newest steady one counts."""
    newer = Weighing.objects.filter(trip=OuterRef("trip"), steady=True).filter(
        Q(weighed_at__gt=OuterRef("weighed_at")) | Q(weighed_at=OuterRef("weighed_at"), pk__gt=OuterRef("pk"))
    )
    rows = visible(Weighing.objects.filter(differs=True, trip__is_live=True), by, KEY_READING, at)
    return rows.filter(~Exists(newer)).select_related("trip__point").order_by("-weighed_at", "-id")


def writers_of(rows: Iterable[Weighing | SealEvent]) -> dict[UUID, str]:
    """Names of the officers who keyed them; machines have none."""
    ids = {row.sent_by for row in rows if row.by_hand}
    return dict(Person.objects.filter(id__in=ids).values_list("id", "full_name")) if ids else {}
