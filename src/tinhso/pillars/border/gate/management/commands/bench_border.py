"""`bench_border`: what `./tinhso bench` measures the gate with; only for a database that is dropped afterwards."""

from __future__ import annotations

import json
import time
from datetime import UTC, datetime
from typing import Any

from django.core.management.base import BaseCommand

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.actions import make_key
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.models import CrossingPoint, Driver, Enterprise, Force, Trip, Vehicle, Yard
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.queries.queue import places_in_queue

LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)
AT_A_POINT = ("BQLKKT", "BIENPHONG", "HAIQUAN", "YARD", "BUFFER")
POINTS = ("HN-1119", "TT-1088", "CM-01", "CN-1104")


class Command(BaseCommand):
    help = "declare one trip and make a machine that may do everything at the gates; tell both as JSON"

    def add_arguments(self, parser: Any) -> None:
        parser.add_argument("--rank", type=int, default=0, help="only rank so often everybody who waits at a point")

    def handle(self, *args: Any, **options: Any) -> None:
        now = clock.now()
        if options["rank"]:
            self.stdout.write(json.dumps(_ranked(options["rank"])))
            return
        actor = Actor(uuid7(), "machine", "bench")
        _key, text = make_key(name="bench", expires_at=None, holder_id=actor.id, by=SYSTEM, at=now)
        trip = _declare(actor, now)
        self.stdout.write(json.dumps({"code": trip.code, "actor": str(actor.id), "key": text}))


def _ranked(times: int) -> dict[str, Any]:
    """Seconds of each ranking of the one point at which they wait, and how many were ranked."""
    waiting = Trip.objects.filter(state="at_buffer").values("point")
    point = CrossingPoint.objects.filter(pk__in=waiting)[0]
    seconds, ranked = [], 0
    for _ in range(times):
        begun = time.perf_counter()
        ranked = len(places_in_queue(point=point, at=clock.real()))
        seconds.append(time.perf_counter() - begun)
    return {"seconds": seconds, "ranked": ranked}


def _declare(actor: Actor, now: datetime) -> Trip:
    firm = Enterprise.objects.filter(standing="active").first() or Enterprise.objects.all()[0]
    for point in CrossingPoint.objects.filter(code__in=POINTS):
        for role in AT_A_POINT:
            _grant(actor, role_code(role), place_id=point.pk)
        for force in Force.objects.all():
            _grant(actor, FORCE_ROLE, place_id=point.pk, agency_id=force.pk)
    _grant(actor, role_code("ENTERPRISE"), agency_id=firm.pk)
    point = CrossingPoint.objects.get(code="HN-1119")
    line = declare.DraftLine(
        hs6="081090",
        title="Thanh long tươi",
        group="FRUIT",
        gross_kg=18_600,
        packages=1_860,
        growing_areas=("DEMO-0123",),
        packing_houses=("DEMO-9001",),
        certificate_no="KD-2611-0871",
    )
    draft = declare.Draft(
        enterprise=firm,
        kind="EXP_VN",
        regime="EXPORT",
        point=point,
        planned_on=now.astimezone(clock.HANOI).date(),
        tractor=Vehicle.objects.filter(country="VN", kind="TRACTOR", max_gross_kg__gte=30_000).first()
        or Vehicle.objects.filter(country="VN", kind="TRACTOR")[0],
        driver=Driver.objects.filter(employer=firm).first() or Driver.objects.all()[0],
        yard=Yard.objects.filter(point=point, level="border").first(),
        lines=(line,),
        customs_no="307000123450",
        channel=1,
    )
    trip = declare.draft_trip(draft=draft, by=actor, at=now)
    declare.submit_trip(trip=trip, by=actor, at=now)
    return trip


def _grant(actor: Actor, role: str, **scope: Any) -> None:
    Grant.objects.create(
        holder_id=actor.id, role=Role.objects.get(code=role), valid_from=LONG_AGO, granted_by=SYSTEM.id, **scope
    )
