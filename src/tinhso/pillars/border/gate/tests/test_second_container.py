"""Two containers of 20 feet on one vehicle: declared, checked, on one live trip each, shown, corrected, charged."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, ProgrammingError, transaction
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.amend import amend_trip
from tinhso.pillars.border.gate.actions.firm import declare_trip
from tinhso.pillars.border.gate.actions.firm_forms import What, Who, intent_of
from tinhso.pillars.border.gate.actions.sheet_rows import reader_of
from tinhso.pillars.border.gate.actions.sheets import declare_rows
from tinhso.pillars.border.gate.actions.weighings import _tare
from tinhso.pillars.border.gate.models import ContainerInUse, FeeAssessment, FeeRule, SecondContainer, Trip, Vehicle
from tinhso.pillars.border.gate.queries.containers import boxes_of
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.problems import taken
from tinhso.pillars.border.gate.queries.trips import found_by
from tinhso.pillars.border.gate.rules import containers, corrections
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.fee_words import formula
from tinhso.pillars.border.gate.rules.sheets import SheetRow
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_api_declarations import declare as declared_by
from tinhso.pillars.border.gate.tests.test_firm_pages import WHAT, WHO, clerk, text

FIRST, SECOND, THIRD = (containers.numbered("CSQU", serial) for serial in (305438, 305439, 305440))
TWO = {
    "container_no": FIRST, "container_type": "22G1", "second_container_no": SECOND.lower(),
    "second_container_type": "22R1", "second_seal_no": "N-2",
}  # fmt: skip
REASON = "Ghi nhầm khi khai báo"


@pytest.fixture
def firm(gate):
    with clock.frozen(NOON):
        yield make_firm()


def forms(firm, **typed):
    first, second = What(WHAT), Who({**WHO, **TWO, **typed}, firm=firm, kind="EXP_VN")
    assert first.is_valid(), first.errors
    second.is_valid()
    return first, second


@pytest.fixture
def trip(gate, firm) -> Trip:
    """Declared as the pages do it; accepted."""
    return declare_trip(firm=firm, intent=intent_of(*forms(firm)), by=gate.everything, at=NOON)


def another(gate, firm, plate="12C99999", paper="020090008888", **box):
    """A second vehicle of the same firm with containers of its own, still a draft."""
    vehicle, driver = make_vehicle(plate, owner=firm), make_driver("Trần Văn B", paper, employer=firm)
    draft = fruit_draft(gate, firm=firm, tractor=vehicle, driver=driver, **box)
    return declare.draft_trip(draft=draft, by=gate.everything, at=NOON)


def in_use() -> dict[str, object]:
    return dict(ContainerInUse.objects.values_list("number", "trip_id"))


def test_both_are_kept_and_in_use_while_the_trip_lives(gate, trip):
    assert [(box.number, box.seal_no) for box in boxes_of(Trip.objects.get(pk=trip.pk))] == [
        (FIRST, ""),
        (SECOND, "N-2"),
    ]
    assert in_use() == {FIRST: trip.pk, SECOND: trip.pk}

    declare.cancel_trip(trip=trip, by=gate.everything, at=NOON)

    assert in_use() == {}
    assert SecondContainer.objects.get().number == SECOND


@pytest.mark.parametrize(
    ("typed", "code", "field"),
    [
        ({"container_no": "", "container_type": ""}, "BG-628", "container_no"),
        ({"second_container_no": FIRST}, "BG-629", "second_container_no"),
        ({"container_type": "45G1"}, "BG-630", "second_container_type"),
        ({"second_container_type": ""}, "BG-630", "second_container_type"),
        ({"second_container_no": "CSQU3054390"}, "BG-003", "second_container_no"),
        ({"second_container_no": "ABC"}, "BG-106", "second_container_no"),
    ],
)
def test_what_cannot_stand_together_is_refused_beside_its_field(firm, typed, code, field):
    _first, second = forms(firm, **typed)

    assert [error["code"] for error in second.errors.get_json_data()[field]] == [code]


@pytest.mark.parametrize("box", [
    {"container_no": SECOND, "container_type": "22G1"},
    {"container_no": THIRD, "container_type": "22G1", "second_container_no": SECOND, "second_container_type": "22G1"},
    {"container_no": THIRD, "container_type": "22G1", "second_container_no": FIRST, "second_container_type": "22G1"},
])  # fmt: skip
def test_a_container_is_on_one_live_trip_whichever_of_the_two_it_is(gate, firm, trip, box):
    other = another(gate, firm, **box)

    assert taken([other])[other.pk].code == "BG-013"
    with pytest.raises(StepRefused, match="BG-013"):
        declare.submit_trip(trip=other, by=gate.everything, at=NOON)
    assert Trip.objects.get(pk=other.pk).state == "draft"
    declare.cancel_trip(trip=trip, by=gate.everything, at=NOON)
    declare.submit_trip(trip=Trip.objects.get(pk=other.pk), by=gate.everything, at=NOON)
    assert Trip.objects.get(pk=other.pk).state == "accepted"


def test_what_is_in_use_is_written_by_the_database_alone(trip):
    with pytest.raises(ProgrammingError), transaction.atomic():
        ContainerInUse.objects.filter(trip=trip).delete()
    with pytest.raises(IntegrityError), transaction.atomic():
        SecondContainer.objects.filter(trip=trip).update(number=FIRST)


def test_rows_of_one_file_do_not_take_the_same_container(gate, firm):
    rows = [
        SheetRow(number, {**WHAT, **WHO, "tractor": plate, "paper_no": paper, "driver_name": name, **box})
        for number, plate, paper, name, box in (
            (2, "12C-555.11", "020090005551", "Lò Văn Một", TWO),
            (3, "12C-555.22", "020090005552", "Lò Văn Hai", {"container_no": SECOND, "container_type": "22G1"}),
        )
    ]

    made = declare_rows(firm=firm, rows=rows, source="EXCEL", by=gate.everything, at=NOON)

    assert [trip.tractor_plate for trip in made.trips.values()] == ["12C55511"]
    assert [(one["code"], one["field"]) for one in made.problems[3]] == [("BG-346", "container_no")]
    assert SecondContainer.objects.get().number == SECOND


def test_a_program_tells_both_and_is_told_both(gate, firm):
    program = signed_in("ENTERPRISE", agency=firm.pk)

    (row,) = declared_by(program, {**WHAT, **WHO, **TWO}).json()["rows"]

    told = program.get(f"{BASE}/status", {"code": row["code"]}).json()
    shown = program.get(f"{BASE}/trips/{row['id']}").json()
    assert (told["container_no"], told["second_container_no"]) == (FIRST, SECOND)
    assert (shown["second_container_no"], shown["second_container_type"]) == (SECOND, "22R1")
    assert [one["second_container_no"] for one in program.get(f"{BASE}/trips").json()["items"]] == [SECOND]


@pytest.mark.parametrize("role", ["HAIQUAN", "YARD", "BIENPHONG"])
def test_officers_and_the_yard_see_both_in_the_dossier(gate, trip, role):
    page = text(signed_in(role, place=gate.points["HN-1119"].pk).get(reverse("border_gate:trip", args=[trip.pk])))

    assert [word for word in (FIRST, SECOND, "N-2") if word not in page] == []
    assert list(found_by(Trip.objects.all(), SECOND[2:9])) == [trip]


def test_the_barrier_shows_both(gate, trip):
    officer = signed_in("BIENPHONG", place=gate.points["HN-1119"].pk)

    page = text(officer.get(reverse("border_gate:barrier", args=["HN-1119-B1"]), {"xe": trip.tractor_plate}))

    assert [word for word in (FIRST, SECOND) if word not in page] == []


def test_the_firm_corrects_the_second_alone_changes_places_and_takes_it_off(gate, firm, trip):
    client = clerk(firm)
    address = f"{reverse('border_gate:firm_amend_change', args=[trip.pk])}?o=second_container"
    assert f'value="{SECOND}"' in text(client.get(address))
    sent = {"second_container_no": THIRD, "second_container_type": "22G1", "second_seal_no": "N-3", "reason": REASON}

    client.post(address, sent)

    assert in_use() == {FIRST: trip.pk, THIRD: trip.pk}
    swapped = {
        "container": {"number": THIRD, "type": "22G1"}, "second_container": {"number": FIRST, "type": "22G1"},
    }  # fmt: skip
    for values in (swapped, {"second_container": None}):
        amend_trip(trip=trip, values=values, reason=REASON, by=gate.everything, at=NOON)
    assert in_use() == {THIRD: trip.pk}
    assert corrections.reopened(["second_container"]) == corrections.reopened(["container"])
    assert corrections.fee_anew(["second_container"])


@pytest.mark.parametrize(
    ("values", "code"),
    [
        ({"container": {"number": "", "type": ""}}, "BG-628"),
        ({"container": {"number": FIRST, "type": "45G1"}}, "BG-630"),
        ({"second_container": {"number": FIRST, "type": "22G1"}}, "BG-629"),
        ({"second_container": {"number": THIRD, "type": "22G1"}}, "BG-013"),
    ],
)
def test_a_wrong_correction_changes_nothing(gate, firm, trip, values, code):
    other = another(gate, firm, container_no=THIRD, container_type="22G1")
    declare.submit_trip(trip=other, by=gate.everything, at=NOON)

    with pytest.raises((GateRefusal, StepRefused), match=code):
        amend_trip(trip=trip, values=values, reason=REASON, by=gate.everything, at=NOON)

    assert in_use() == {FIRST: trip.pk, SECOND: trip.pk, THIRD: other.pk}


def test_a_second_container_alone_is_not_taken_by_correcting(gate, firm):
    plain = declare_trip(
        firm=firm, intent=intent_of(*forms(firm, **dict.fromkeys(TWO, ""))), by=gate.everything, at=NOON
    )

    with pytest.raises(GateRefusal, match="BG-628"):
        amend_trip(
            trip=plain, values={"second_container": {"number": SECOND, "type": "22G1"}}, reason=REASON,
            by=gate.everything, at=NOON,
        )  # fmt: skip


def test_the_empty_weight_counts_both(trip):
    Vehicle.objects.filter(pk=trip.tractor_id).update(kerb_kg=9_000)
    stored, law = Trip.objects.select_related("tractor", "trailer").get(pk=trip.pk), law_at(NOON)

    assert _tare(stored, law) == 9_000 + 2 * law.number("container_tare_20").value


def test_two_are_charged_as_one_of_forty_feet_and_the_receipt_says_that_it_is_assumed(gate, firm):
    FeeRule.objects.filter(kind="base", vehicles=["CONT40"]).update(regimes=["EXPORT"])

    sent = declare_trip(firm=firm, intent=intent_of(*forms(firm)), by=gate.everything, at=NOON)

    fee = FeeAssessment.objects.get(trip=sent)
    assert (fee.amount, fee.explanation["vehicle_class"]) == (4_000_000, "CONT40")
    assert "Hai container 20 feet: tạm tính như một container 40 feet" in [vi for vi, _en in formula(fee.explanation)]


def test_a_row_of_a_sheet_reads_the_sizes_by_name(gate, firm):
    row = SheetRow(2, {**WHAT, **WHO, **TWO, "container_type": "20 ft, thường", "second_container_type": "20 FT, lạnh"})

    intent, problems = reader_of(firm).read(row)

    assert problems == []
    assert (intent.container_type, intent.second_container_no, intent.second_container_type) == ("22G1", SECOND, "22R1")
