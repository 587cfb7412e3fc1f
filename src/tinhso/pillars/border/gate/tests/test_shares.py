"""Of a declaration spread over many vehicles each counts what it brings itself."""

from __future__ import annotations

from django.db import connection

from tinhso.pillars.border.gate.actions import declare, move
from tinhso.pillars.border.gate.models import GoodsLine, Trip, TripGoods
from tinhso.pillars.border.gate.queries.day_counts import GOODS, span
from tinhso.pillars.border.gate.queries.tasks import dossier
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm, make_vehicle

GARLIC = declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, packages=800, certificate_no="C-1")

PAPERS = ("451481199001011218", "451481199001011226", "451481199001011234")


def import_of_garlic(gate, firm, number: int) -> Trip:
    draft = fruit_draft(
        gate,
        firm=firm,
        kind="IMP_CN",
        regime="IMPORT",
        tractor=make_vehicle(f"桂F1234{number}", country="CN"),
        driver=make_driver(f"Wang {number}", PAPERS[number - 1], nationality="CN"),
        lines=(GARLIC,),
    )
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def test_a_convoys_tonnes_are_counted_once_and_each_dossier_shows_its_share(gate):
    firm = make_firm()
    one, two = (import_of_garlic(gate, firm, number) for number in (1, 2))
    line = GoodsLine.objects.get(declaration_id=one.declaration_id)
    Trip.objects.filter(pk=two.pk).update(declaration_id=one.declaration_id)
    TripGoods.objects.create(trip=one, line=line, kg=12_000, packages=480)
    TripGoods.objects.create(trip=two, line=line, kg=8_000, packages=320)
    alone = import_of_garlic(gate, firm, 3)

    for trip in (one, two, alone):
        move.cross_in(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)

    assert {row[2:] for row in _counted()} == {("hs4", "0703", 3, 40_000), ("hs2", "07", 3, 40_000)}
    shown = dossier(two.pk, by=gate.everything, at=NOON)
    assert (shown.total_kg, shown.total_packages) == (8_000, 320)


def _counted() -> list[tuple]:
    with connection.cursor() as cursor:
        cursor.execute(GOODS, span(TODAY, TODAY))
        return cursor.fetchall()
