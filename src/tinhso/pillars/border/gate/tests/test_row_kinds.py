"""Every kind of trip in rows of a sheet and of a program: what each needs, whom it names, what is refused."""

from __future__ import annotations

from datetime import date

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from stdnum.cn import ric

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.actions import sheets
from tinhso.pillars.border.gate.actions.declare import cancel_trip
from tinhso.pillars.border.gate.models import GoodsLine, Pairing, Trip, Vehicle
from tinhso.pillars.border.gate.rules import kinds, tripcodes
from tinhso.pillars.border.gate.rules.sheets import SheetRow
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_api_declarations import declare
from tinhso.pillars.border.gate.tests.test_sheets import book, take, told, typed

VIN = "LZZ5CLVB8RA123456"
FRUIT = ("goods_1", "kg_1", "puc_1", "phc_1")
DRIVER = ("driver_name", "paper_no", "paper_until", "phone")
GARLIC = {"goods_1": "Tỏi (070320)", "kg_1": 20000, "certificate_1": "CN-1", "puc_1": "", "phc_1": ""}
CAR = {"goods_1": "Ô tô mới (870323)", "kg_1": 1800, "puc_1": "", "phc_1": "", "customs_no": "300123456789"}


@pytest.fixture(autouse=True)
def at_noon(gate):
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate):
    return make_firm()


def without(*names: str) -> dict[str, str]:
    return dict.fromkeys(names, "")


def chinese(number: int) -> dict[str, str]:
    card = f"45148119900101{number:03d}"
    paper = {"paper_kind": "CN_ID", "paper_no": card + ric.calc_check_digit(card + "0")}
    return {"tractor": f"桂F{10000 + number}", "driver_name": f"王强{number}", **paper}


def row(kind: str, number: int = 0, **other: object) -> dict[str, object]:
    """A good row of that kind, as a program sends it; each number is another vehicle and driver."""
    own: dict[str, dict[str, object]] = {
        "EXP_VN": {},
        "EXP_XFER": {},
        "CN_EMPTY_IN": {**chinese(number), **without(*FRUIT)},
        "IMP_CN": {**chinese(number), **GARLIC},
        "IMP_VN_PICKUP": without(*FRUIT),
        "NEW_VEHICLE": {**CAR, **without("tractor", *DRIVER), "vin": VIN.lower(), "temporary_plate": "T12-123456"},
        "TRANSIT": {**chinese(number), **GARLIC, "regime": "TRANSIT", "way": "in", "seal_no": "CN-7"},
        "AGV": {**GARLIC, **without(*DRIVER), "tractor": f"桂F{30000 + number}", "supervisor": "Vi Văn Giám, thẻ 0117"},
    }
    regime = "EXPORT" if kind in kinds.EXPORTED else "IMPORT"
    return {**typed(number), "paper_until": "2030-12-31", "kind": kind, "regime": regime, **own[kind], **other}


def all_kinds() -> list[dict[str, object]]:
    """One of each kind, and one that goes both ways; the first to hand goods over names who takes them, and so on."""
    rows = [row(kind, number) for number, kind in enumerate(kinds.OFFERED)]
    rows[1]["handover"] = rows[2]["tractor"]
    rows[4]["handover"] = rows[3]["tractor"]
    return [*rows, row("EXP_VN", 8, two_way="yes")]


def all_are_declared(firm) -> None:
    trips = {(trip.kind, trip.two_way): trip for trip in Trip.objects.select_related("tractor", "declaration")}
    assert {kind for kind, _both in trips} == set(kinds.OFFERED)
    assert len(trips) == 9
    assert {trip.state for trip in trips.values()} == {"accepted"}
    new, transit, agv = (trips[kind, False] for kind in ("NEW_VEHICLE", "TRANSIT", "AGV"))
    assert (new.tractor_plate, new.tractor.vin, new.tractor.kind, new.tractor.owner) == ("T12123456", VIN, "NEW", firm)
    assert (transit.direction, transit.seal_no, transit.dwell_limit_h, transit.declaration.regime) == (
        *("N", "CN-7", 720), "TRANSIT",
    )  # fmt: skip
    assert set(GoodsLine.objects.filter(declaration=transit.declaration).values_list("origin", flat=True)) == {"CN"}
    assert (agv.supervisor, agv.tractor.kind, agv.driver_id) == ("Vi Văn Giám, thẻ 0117", "AGV", None)
    assert trips["EXP_VN", True].dwell_limit_h == 36
    assert (trips["CN_EMPTY_IN", False].gross_kg, trips["CN_EMPTY_IN", False].direction) == (0, "X")
    pairs = set(Pairing.objects.values_list("giver__kind", "taker__kind"))
    assert pairs == {("EXP_XFER", "CN_EMPTY_IN"), ("IMP_CN", "IMP_VN_PICKUP")}


def test_a_sheet_declares_every_kind_and_once(gate, firm):
    content = book(*all_kinds())

    sheet = take(gate, firm, content)
    assert not any(told(sheet).values()), told(sheet)
    for _ in range(2):
        sheets.keep_sheet(sheet=take(gate, firm, content), by=gate.everything, at=NOON)

    all_are_declared(firm)
    assert set(Trip.objects.values_list("source", flat=True)) == {"EXCEL"}


def test_a_program_declares_every_kind_and_once(gate, firm):
    program = signed_in("ENTERPRISE", agency=firm.pk)
    rows = all_kinds()
    rows[-1]["two_way"] = True

    first, again = (declare(program, *rows) for _ in range(2))

    assert [one.get("problems") for one in first.json()["rows"]] == [None] * 9
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")
    all_are_declared(firm)


WRONG = [
    ("EXP_VN", {"two_way": "yes", "trailer": "12R-001.23"}, [("BG-298", "trailer")]),
    ("EXP_VN", {"two_way": "có lẽ", "vin": VIN}, [("BG-780", "vin"), ("BG-036", "two_way")]),
    ("EXP_XFER", {"two_way": "yes"}, [("BG-298", "two_way")]),
    ("EXP_XFER", {"handover": "桂F99999"}, [("BG-781", "handover")]),
    ("CN_EMPTY_IN", GARLIC, [("BG-780", "goods_1")]),
    ("IMP_CN", {"handover": "12C-100.00"}, [("BG-297", "handover")]),
    ("IMP_VN_PICKUP", {"supervisor": "Vi Văn Giám"}, [("BG-780", "supervisor")]),
    ("IMP_VN_PICKUP", {"handover": "桂F10005"}, [("BG-782", "handover")]),
    ("NEW_VEHICLE", {"vin": ""}, [("BG-298", "vin")]),
    ("NEW_VEHICLE", {"vin": "LZZ5CLVB8RA12345O"}, [("BG-102", "vin")]),
    ("NEW_VEHICLE", {"temporary_plate": "12C-123.45"}, [("BG-398", "temporary_plate")]),
    ("NEW_VEHICLE", {"tractor": "12C-777.77"}, [("BG-780", "tractor")]),
    ("TRANSIT", {"seal_no": ""}, [("BG-298", "seal_no")]),
    ("TRANSIT", {"way": ""}, [("BG-036", "way")]),
    ("TRANSIT", {"way": "lên"}, [("BG-036", "way")]),
    ("AGV", {"supervisor": ""}, [("BG-298", "supervisor")]),
    ("AGV", {"trailer": "12R-001.23"}, [("BG-780", "trailer")]),
]


def test_what_a_kind_lacks_or_does_not_have_is_refused_alike_in_a_sheet_and_over_the_api(gate, firm):
    rows = [row(kind, number, **other) for number, (kind, other, _told) in enumerate(WRONG)]
    wanted = {number: found for number, (_kind, _other, found) in enumerate(WRONG, start=1)}

    seen = sheets.preview_rows(
        firm=firm, rows=[SheetRow(number, {name: str(cell) for name, cell in one.items()})
                         for number, one in enumerate(rows, start=1)],
        source="EXCEL", by=gate.everything, at=NOON,
    )  # fmt: skip
    answered = declare(signed_in("ENTERPRISE", agency=firm.pk), *rows).json()["rows"]

    assert {number: _short(problems) for number, problems in seen.items()} == wanted
    assert {one["row"]: _short(one["problems"]) for one in answered} == wanted
    assert (Trip.objects.count(), Vehicle.objects.count()) == (0, 0)


def _short(problems) -> list[tuple[str, str]]:
    return [(one["code"], one["field"]) for one in problems]


def test_two_rows_that_name_each_other_are_one_pair_and_wait_for_each_other(gate, firm):
    giver, taker = row("EXP_XFER", 1, handover="桂F10002"), row("CN_EMPTY_IN", 2, handover="12C-100.01")
    broken = take(gate, firm, book({**giver, "kg_1": 0}, taker))

    assert told(broken) == {2: [("BG-036", "kg_1")], 3: [("BG-782", "handover")]}

    sheets.keep_sheet(sheet=take(gate, firm, book(giver, taker)), by=gate.everything, at=NOON)
    assert Pairing.objects.get().giver.kind == "EXP_XFER"


def test_the_number_of_queries_does_not_grow_with_pairs_and_new_vehicles(gate, firm):
    counts = []
    for begin, pairs in ((100, 2), (200, 2), (300, 12)):  # the first warms what is asked once
        rows = [
            one
            for number in range(begin, begin + 3 * pairs, 3)
            for one in (
                row("EXP_XFER", number),
                row("CN_EMPTY_IN", number + 1, handover=f"12C-{10000 + number}"),
                row("NEW_VEHICLE", vin=f"{VIN[:-3]}{number}", temporary_plate=""),
            )
        ]
        told_in = [SheetRow(place, {name: str(cell) for name, cell in one.items()}) for place, one in enumerate(rows)]
        with CaptureQueriesContext(connection) as asked:
            made = sheets.declare_rows(firm=firm, rows=told_in, source="API", by=gate.everything, at=NOON)
        assert (len(made.trips), made.problems) == (3 * pairs, {})
        counts.append(len(asked))

    assert counts[1] == counts[2]


def test_a_row_names_a_trip_that_was_sent_by_its_code_and_none_that_has_ended(gate, firm):
    program = signed_in("ENTERPRISE", agency=firm.pk)
    code = declare(program, row("IMP_CN", 1)).json()["rows"][0]["code"]

    (made,) = declare(program, row("IMP_VN_PICKUP", 2, handover=code), key="k2").json()["rows"]
    assert str(Pairing.objects.get().taker_id) == made["id"]

    cancel_trip(trip=Trip.objects.get(code=tripcodes.read(code).text), by=gate.everything, at=NOON)
    (late,) = declare(program, row("IMP_VN_PICKUP", 3, handover=code), key="k3").json()["rows"]
    assert _short(late["problems"]) == [("BG-781", "handover")]


def test_the_trip_of_another_firm_is_not_there_to_be_named_and_nobody_declares_for_it(gate, firm):
    rival = signed_in("ENTERPRISE", agency=make_firm("Công ty Chi", "4900234576").pk)
    own = signed_in("ENTERPRISE", agency=firm.pk)
    code = declare(own, row("IMP_CN", 1)).json()["rows"][0]["code"]

    (answer,) = declare(rival, row("IMP_VN_PICKUP", 2, handover=code)).json()["rows"]

    assert _short(answer["problems"]) == [("BG-781", "handover")]
    assert declare(rival, row("NEW_VEHICLE"), key="k2", firm=firm.tax_code).status_code == 403
    assert (Trip.objects.count(), Pairing.objects.count()) == (1, 0)


def test_a_new_vehicle_stands_in_one_row_and_on_one_live_trip(gate, firm):
    program = signed_in("ENTERPRISE", agency=firm.pk)

    first, twice = declare(program, row("NEW_VEHICLE"), row("NEW_VEHICLE", temporary_plate="")).json()["rows"]
    (again,) = declare(program, row("NEW_VEHICLE", temporary_plate="T12-999999"), key="k2").json()["rows"]

    assert first["state"] == "accepted"
    assert (_short(twice["problems"]), _short(again["problems"])) == ([("BG-346", "vin")], [("BG-012", "vin")])
    assert Vehicle.objects.get().temporary_plate == "T12123456"


def test_its_own_firm_alone_says_the_temporary_plate_of_a_vehicle_that_stands(gate, firm):
    for number, owner in enumerate((firm, make_firm("Công ty Bình", "4900234576"))):
        Vehicle.objects.create(country="CN", kind="NEW", vin=f"{VIN[:-1]}{number}", owner=owner)
    rows = [row("NEW_VEHICLE", vin=f"{VIN[:-1]}{number}", temporary_plate=f"T12-12345{number}") for number in (0, 1)]

    declare(signed_in("ENTERPRISE", agency=firm.pk), *rows)

    assert list(Vehicle.objects.order_by("vin").values_list("temporary_plate", flat=True)) == ["T12123450", ""]


def test_a_known_vehicle_keeps_its_kind_and_old_rows_mean_what_they_meant(gate, firm):
    make_vehicle("桂F30000", country="CN", owner=firm)
    old = {name: value for name, value in typed(0).items() if isinstance(value, (str, int, date))}

    sheets.keep_sheet(sheet=take(gate, firm, book(row("AGV"), old)), by=gate.everything, at=NOON)

    found = dict(Trip.objects.values_list("kind", "two_way"))
    assert found == {"AGV": False, "EXP_VN": False}
    assert Vehicle.objects.get(plate="桂F30000").kind == "TRACTOR"
