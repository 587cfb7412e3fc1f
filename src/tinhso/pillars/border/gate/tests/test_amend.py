"""Any field is corrected alone: what is kept, what opens again, what is renewed, who has to consent."""

from __future__ import annotations

from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.access.permissions import PERMISSIONS
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import amend, bookings, declare, move, tasks
from tinhso.pillars.border.gate.actions.declared import declared
from tinhso.pillars.border.gate.actions.fields import FIELDS, read
from tinhso.pillars.border.gate.actions.passages import Seen, decide
from tinhso.pillars.border.gate.models import (
    Amendment,
    ClearanceTask,
    ControlPoint,
    Declaration,
    FeeAssessment,
    FieldChange,
    GoodsLine,
    SlotWindow,
    Trip,
)
from tinhso.pillars.border.gate.queries.amendments import changes_of, ease_of_use
from tinhso.pillars.border.gate.queries.problems import taken
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.rules import corrections
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle
from tinhso.pillars.border.gate.tests.test_ways import PLATE, People, work_all

REASON = "Ghi nhầm khi khai báo"
CODES = {"growing_areas": ["DEMO-0123"], "packing_houses": ["DEMO-9001"]}
LATER = NOON + timedelta(minutes=5)
# Columns that no person declares: what follows from declared ones, what steps and forces write.
NOT_DECLARED = {
    "line": {"id", "declaration_id"},
    "declaration": {"id", "code", "enterprise_id", "broker_id", "created_at", "created_by"},
    "trip": {
        "id", "state", "state_since", "version", "created_at", "created_by", "code", "declaration_id", "enterprise_id",
        "agency_id", "direction", "bay", "goods_title", "goods_group", "gross_kg", "priority",
        "priority_basis", "risk", "nonce", "problems", "fix_fields", "source", "undeclared", "leg", "load_state",
        "tolerance_percent", "balance_kg", "unloaded_kg", "amend_count", "miss_count", "released_to", "seized_by",
        "dwell_limit_h", "dwell_deadline", "expires_at", "slot_id", "holds", "open_entry", "open_exit",
        "open_inland", "open_return", "failed_tasks", "tasks_opened", "fee_state", "is_live", "is_in_yard",
        "buffer_id", "loaded_kg", "dwell_level",
    },
}  # fmt: skip


@pytest.fixture
def firm(gate):
    return make_firm()


@pytest.fixture
def people(gate, firm):
    return People(gate, firm, gate.points["HN-1119"])


@pytest.fixture
def trip(gate, firm, people):
    """Accepted; every check of its forces has passed already."""
    one = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=people["ENTERPRISE"], at=NOON)
    declare.submit_trip(trip=one, by=people["ENTERPRISE"], at=NOON)
    work_all(one, people, NOON)
    one.refresh_from_db()
    return one


def states(trip: Trip) -> dict[str, str]:
    return dict(ClearanceTask.objects.filter(trip=trip).values_list("kind", "state"))


def change(trip: Trip, people, **values) -> list[Amendment]:
    return amend.amend_trip(trip=trip, values=values, reason=REASON, by=people["ENTERPRISE"], at=LATER)


def other_driver(firm, name="Trần Văn B", number="020090009999"):
    return make_driver(name, number, employer=firm)


def into_yard(trip: Trip, people) -> Trip:
    at = NOON + timedelta(minutes=10)
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=people["BUFFER"], at=at)
    move.call_next(point=trip.point, at=at + timedelta(minutes=40))
    move.arrive(trip=trip, plate=trip.tractor_plate, by=people["BIENPHONG"], at=at + timedelta(minutes=50))
    return move.enter_yard(trip=trip, by=people["YARD"], at=at + timedelta(minutes=55))


def test_what_is_declared_stands_in_exactly_one_field_and_every_field_can_be_changed():
    assert set(FIELDS) == set(corrections.by_field())
    of = {"trip": Trip, "declaration": Declaration, "line": GoodsLine}
    mapped = {name.removesuffix("_id") for name in corrections.columns()}
    for kind, model in of.items():
        names = {field.attname for field in model._meta.concrete_fields} - NOT_DECLARED[kind]
        names = {name for name in names if kind != "trip" or not name.endswith("_at")}
        declared_here = {f"{kind}.{name.removesuffix('_id')}" for name in names}
        assert declared_here == {column for column in mapped if column.startswith(f"{kind}.")}
    assert sum(len(row["columns"].split("|")) for row in corrections.by_field().values()) == len(corrections.columns())


@given(st.sets(st.sampled_from(sorted(corrections.by_field()))))
def test_any_set_of_fields_reopens_the_union_of_what_each_reopens(fields):
    assert corrections.reopened(fields) == frozenset().union(*(corrections.reopened([one]) for one in fields))
    assert corrections.fee_anew(fields) == any(corrections.fee_anew([one]) for one in fields)


def test_a_field_that_is_not_in_the_table_does_not_exist(trip, people):
    with pytest.raises(GateRefusal, match="BG-203"):
        change(trip, people, priority="P0")


OF_THEIR_OWN = {"point", "yard", "trailer", "tractor", "back", "second_container", "kind", "vin", "temporary_plate"}
SETS = st.sets(
    st.sampled_from(sorted(set(FIELDS) - OF_THEIR_OWN)),
    min_size=1,
    max_size=4,
)


@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(fields=SETS)
def test_exactly_the_checks_of_the_changed_fields_are_open_again(trip, people, firm, gate, fields):
    from django.db import transaction

    new = {
        "goods": {"1": {"title": "Thanh long ruột đỏ"}},
        "weight": {"1": {"gross_kg": 18_000}},
        "packages": {"1": {"packages": 5}},
        "value": {"1": {"value": 900, "currency": "USD"}},
        "quantity": {"1": {"quantity": 12.5, "unit": "TNE"}},
        "certificate": {"1": {"certificate_no": "KD-9"}},
        "container": {"number": "CSQU3054383", "type": "45R1"},
        "planned_on": "2026-06-11",
        "eta": "2026-06-10T15:00:00+07:00",
        "channel": 2,
        "two_way": True,
        "just_in_time": True,
        "customs_no": "307000123459",
        "regime": "TEMP_EXP_REIMP",
        "lines": {"2": {"hs6": "081090", "title": "Thanh long", "gross_kg": 900, "certificate_no": "KD-2", **CODES}},
        "share": {"1": {"kg": 900}},
        "temperature": {"1": {"temperature_c": "-18"}},
        "un_number": {"1": {"dangerous_un_no": "UN1845"}},
        "reefer_temp": "2.5",
        "tir": "XA12345678",
    }
    with transaction.atomic():
        person = {"id": str(other_driver(firm).pk)}
        second = {"id": str(other_driver(firm, "Lê Văn C", "020090008888").pk)}
        people_of = {"driver": person, "second_driver": second}
        values = {field: people_of.get(field) or new.get(field, "0900000009") for field in fields}
        change(Trip.objects.get(pk=trip.pk), people, **values)
        found = {kind for kind, state in states(trip).items() if state == "open"}
        transaction.set_rollback(True)

    assert found == corrections.reopened(fields) & {"PERSON", "PLANT_Q", "CUSTOMS_DOC"}


def test_another_driver_reopens_the_person_alone_and_ends_the_old_code_at_once(trip, people, firm):
    old_code = token_of(trip, at=NOON)
    barrier = ControlPoint.objects.get(point=trip.point, kind="buffer")
    assert decide(barrier=barrier, seen=Seen(qr=old_code, confirmed=True), by=people["BUFFER"], at=LATER).open

    change(trip, people, driver={"id": str(other_driver(firm).pk)})

    assert states(trip) == {"PERSON": "open", "PLANT_Q": "passed", "CUSTOMS_DOC": "passed"}
    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.driver_name, stored.amend_count, stored.state) == ("Trần Văn B", 1, "accepted")
    with pytest.raises(GateRefusal, match="BG-021"):
        decide(barrier=barrier, seen=Seen(qr=old_code, confirmed=True), by=people["BUFFER"], at=LATER)
    fresh = Seen(qr=token_of(stored, at=LATER), confirmed=True)
    assert decide(barrier=barrier, seen=fresh, by=people["BUFFER"], at=LATER).open


def test_the_value_before_is_kept_with_reason_and_author(trip, people, firm):
    change(trip, people, seal="SEAL-2", note="Xe đến muộn")

    rows = {row.field: (row.old, row.new) for row in FieldChange.objects.filter(trip=trip)}
    assert rows == {"seal": ("", "SEAL-2"), "note": ("", "Xe đến muộn")}
    told = changes_of(trip)
    assert {(one.field, one.old, one.new, one.reason) for one in told} >= {("seal", "–", "SEAL-2", REASON)}


def test_other_goods_reopen_quarantine_customs_and_replace_the_unpaid_fee(trip, people):
    before = FeeAssessment.objects.get(trip=trip)

    change(trip, people, weight={"1": {"gross_kg": 1_500}})

    assert states(trip) == {"PERSON": "passed", "PLANT_Q": "passed", "CUSTOMS_DOC": "open"}
    fresh = FeeAssessment.objects.exclude(pk=before.pk).get(trip=trip)
    before.refresh_from_db()
    assert (before.state, fresh.state) == ("replaced", "assessed")
    assert fresh.amount < before.amount
    assert Trip.objects.get(pk=trip.pk).gross_kg == 1_500


def test_goods_of_another_kind_need_other_checks_and_lose_no_finished_one(trip, people):
    shrimps = {"hs6": "030617", "title": "Tôm đông lạnh", "group": "AQUA"}

    change(trip, people, goods={"1": shrimps})

    assert states(trip) == {
        "PERSON": "passed", "PLANT_Q": "not_needed", "ANIMAL_Q": "open", "CUSTOMS_DOC": "open"
    }  # fmt: skip
    assert Trip.objects.get(pk=trip.pk).open_exit == 2


def test_who_saw_an_older_record_is_told_who_changed_it(trip, people):
    change(trip, people, seal="SEAL-1")

    with pytest.raises(GateRefusal, match="BG-032"):
        amend.amend_trip(trip=trip, values={"seal": "SEAL-2"}, reason=REASON, by=people["ENTERPRISE"], at=LATER, seen=0)

    assert Trip.objects.get(pk=trip.pk).seal_no == "SEAL-1"


def test_the_same_value_again_and_a_reason_of_few_letters_are_refused(trip, people):
    with pytest.raises(GateRefusal, match="BG-284"):
        change(trip, people, customs_no=trip.customs_no)
    with pytest.raises(StepRefused, match="BG-038"):
        amend.amend_trip(trip=trip, values={"seal": "X"}, reason="sai", by=people["ENTERPRISE"], at=LATER)

    assert Trip.objects.get(pk=trip.pk).amend_count == 0


def test_what_a_new_declaration_would_meet_refuses_a_correction_as_well(trip, people, gate, firm):
    with pytest.raises(GateRefusal, match="BG-018"):
        change(trip, people, certificate={"1": {"growing_areas": []}})
    with pytest.raises(GateRefusal, match="BG-003"):
        change(trip, people, container={"number": "CSQU3054384", "type": "45R1"})
    busy = fruit_draft(gate, firm=firm, plate="12C54321", driver=make_driver("Lê Văn C", "020090007777", employer=firm))
    other = declare.draft_trip(draft=busy, by=people["ENTERPRISE"], at=NOON)
    declare.submit_trip(trip=other, by=people["ENTERPRISE"], at=NOON)
    with pytest.raises(GateRefusal, match="BG-012"):
        change(trip, people, tractor="12C-543.21")

    assert FieldChange.objects.count() == 0


def test_a_stranger_and_another_firm_may_not_correct(trip, people, gate):
    stranger = Actor(uuid7(), "person", "Chi")
    grant(stranger, [right.code for right in PERMISSIONS], agency=make_firm("Công ty khác", "0100109106").pk)

    for actor in (stranger, people["HAIQUAN"], people["BQLKKT"]):
        with pytest.raises(Forbidden):
            amend.amend_trip(trip=trip, values={"seal": "X1"}, reason=REASON, by=actor, at=LATER)


def test_beyond_barrier_1_the_border_guard_consents_to_another_driver(trip, people, firm):
    trip = into_yard(trip, people)

    (asked,) = change(trip, people, driver={"id": str(other_driver(firm).pk)})

    assert (asked.state, asked.consent_of) == ("asked", "BIENPHONG")
    assert Trip.objects.get(pk=trip.pk).driver_name == "Nguyễn Văn A"
    with pytest.raises(StepRefused, match="BG-024"):
        amend.consent_to(amendment=Amendment.objects.get(), by=people["HAIQUAN"], at=LATER)
    amend.consent_to(amendment=Amendment.objects.get(), by=people["BIENPHONG"], at=LATER)
    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.driver_name, stored.state, stored.amend_count) == ("Trần Văn B", "in_yard", 1)
    assert states(trip)["PERSON"] == "open"
    assert FieldChange.objects.get().by == people["ENTERPRISE"].id
    with pytest.raises(StepRefused, match="BG-287"):
        amend.consent_to(amendment=Amendment.objects.get(), by=people["BIENPHONG"], at=LATER)


def test_a_declined_change_leaves_everything_as_it_is(trip, people):
    trip = into_yard(trip, people)
    (asked,) = change(trip, people, seal="SEAL-9")

    amend.decline(amendment=asked, reason="Niêm phong còn nguyên", by=people["HAIQUAN"], at=LATER)

    assert Amendment.objects.get().state == "declined"
    assert Trip.objects.get(pk=trip.pk).seal_no == ""
    assert states(trip)["CUSTOMS_DOC"] == "passed"


def test_beyond_barrier_1_what_nothing_rests_on_is_still_changed_at_once(trip, people):
    trip = into_yard(trip, people)

    made = change(trip, people, phone="+84900000777", seal="SEAL-9")

    assert {(one.state, *one.fields) for one in made} == {("applied", "phone"), ("asked", "seal")}
    with pytest.raises(GateRefusal, match="BG-282"):
        change(Trip.objects.get(pk=trip.pk), people, planned_on="2026-06-12")


def test_the_platform_itself_cannot_change_a_trip_in_the_yard_without_consent(trip, people):
    from tinhso.pillars.border.gate.flows import TRIP

    trip = into_yard(trip, people)
    (asked,) = change(trip, people, seal="SEAL-9")

    with pytest.raises(StepRefused, match="BG-283"):
        TRIP.fire(trip, "amend", by=people["ENTERPRISE"], at=LATER, amendment=str(asked.pk))


def test_another_plate_at_the_barrier_is_confirmed_by_the_firm_in_time(trip, people):
    barrier = ControlPoint.objects.get(code=f"{trip.point.code}-B1")
    asked = amend.stop_other_plate(
        trip=trip, plate="12C-777.77", barrier=barrier, reason="Biển trên xe khác khai báo",
        by=people["BIENPHONG"], at=LATER,
    )  # fmt: skip

    amend.confirm(amendment=asked, by=people["ENTERPRISE"], at=LATER + timedelta(seconds=119))

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.tractor_plate, stored.amend_count) == ("12C77777", 1)
    assert states(trip)["CUSTOMS_DOC"] == "passed"


def test_after_two_minutes_the_plate_is_confirmed_no_more(trip, people):
    barrier = ControlPoint.objects.get(code=f"{trip.point.code}-B1")
    asked = amend.stop_other_plate(
        trip=trip, plate="12C-777.77", barrier=barrier, reason="Biển trên xe khác khai báo",
        by=people["BIENPHONG"], at=LATER,
    )  # fmt: skip

    with pytest.raises(StepRefused, match="BG-285"):
        amend.confirm(amendment=asked, by=people["ENTERPRISE"], at=LATER + timedelta(seconds=120))

    assert Trip.objects.get(pk=trip.pk).tractor_plate == PLATE


def test_what_an_officer_asked_for_is_answered_by_the_correction(trip, people):
    from tinhso.pillars.border.gate.models import Force

    amend.want_amendment(
        trip=trip, fields=["seal"], reason="Thiếu số niêm phong", force=Force.objects.get(code="HAIQUAN"),
        by=people["HAIQUAN"], at=LATER,
    )  # fmt: skip

    change(trip, people, seal="SEAL-1")

    assert set(Amendment.objects.values_list("state", flat=True)) == {"applied"}


def test_another_day_gives_the_booked_hour_back(trip, people):
    window = SlotWindow.objects.create(
        point=trip.point, direction="X", begins_at=NOON, ends_at=NOON + timedelta(hours=1), capacity=5
    )
    bookings.book_slot(trip=trip, slot_id=window.pk, by=people["ENTERPRISE"], at=NOON)

    change(trip, people, planned_on="2026-06-11")

    window.refresh_from_db()
    stored = Trip.objects.get(pk=trip.pk)
    assert (window.booked, stored.slot_id, f"{stored.planned_on}") == (0, None, "2026-06-11")
    assert stored.expires_at == declare.expiry_of(stored.planned_on)


def test_at_the_other_point_its_own_officers_check(trip, people, gate):
    change(trip, people, point="CM-01")

    chi_ma = gate.points["CM-01"]
    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.point_id, stored.declaration.point_id, stored.yard.point_id) == (chi_ma.pk, chi_ma.pk, chi_ma.pk)
    assert set(ClearanceTask.objects.filter(trip=trip).values_list("point_id", flat=True)) == {chi_ma.pk}


def test_a_chinese_truck_with_medical_control_reopens_person_and_health(gate, firm, people):
    point = gate.points["HN-1119"]
    point.medical_control = True
    point.save()
    wang = make_driver("Wang Wu", "451481199001011234", nationality="CN", employer=firm)
    draft = fruit_draft(
        gate, firm=firm, kind="IMP_CN", regime="IMPORT", tractor=make_vehicle("桂F12345", country="CN"), driver=wang,
        lines=(declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1"),),
    )  # fmt: skip
    one = declare.draft_trip(draft=draft, by=people["ENTERPRISE"], at=NOON)
    declare.submit_trip(trip=one, by=people["ENTERPRISE"], at=NOON)
    work_all(one, people, NOON)
    li = make_driver("Li Si", "110101199003070038", nationality="CN", employer=firm)

    change(one, people, driver={"id": str(li.pk)})

    open_now = {
        kind for kind, state in ClearanceTask.objects.filter(trip=one).values_list("kind", "state") if state == "open"
    }
    assert open_now == {"PERSON", "MEDICAL"}


def test_corrections_are_counted_for_each_declaration(trip, people):
    change(trip, people, seal="SEAL-1")
    change(Trip.objects.get(pk=trip.pk), people, seal="SEAL-2", note="x")

    told = ease_of_use(begins=NOON - timedelta(days=1), ends=NOON + timedelta(days=1))

    assert (told.declared, told.corrected, told.corrections, told.per_hundred) == (1, 1, 2, 200.0)
    assert (told.by_field["seal"], told.by_field["note"], told.by_field["goods"]) == (2, 1, 0)


def test_a_task_that_was_never_finished_stays_as_it_is(gate, firm, people):
    one = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=people["ENTERPRISE"], at=NOON)
    declare.submit_trip(trip=one, by=people["ENTERPRISE"], at=NOON)
    papers = ClearanceTask.objects.get(trip=one, kind="CUSTOMS_DOC")
    tasks.take_task(task=papers, by=people["HAIQUAN"], at=NOON)

    change(one, people, seal="SEAL-1")

    assert states(one) == {"PERSON": "open", "PLANT_Q": "open", "CUSTOMS_DOC": "in_progress"}


def test_each_field_is_read_as_it_is_written(trip, people):
    own = declared(trip, by=people["ENTERPRISE"], at=NOON)

    assert all(
        read(own, field) is not None or field in {"second_driver", "reefer_temp", "second_container"}
        for field in FIELDS
    )


def test_the_group_follows_from_the_code_and_nobody_chooses_it(trip, people):
    change(trip, people, goods={"1": {"hs6": "0810.60", "title": "Sầu riêng tươi", "group": "TEXTILE"}})

    line = GoodsLine.objects.get(declaration_id=trip.declaration_id)
    assert (line.hs6, line.group) == ("081060", "FRUIT")
    assert Trip.objects.get(pk=trip.pk).goods_group == "FRUIT"
    assert states(trip)["PLANT_Q"] == "open"


def test_a_group_without_a_code_changes_nothing(trip, people):
    with pytest.raises(GateRefusal, match="BG-284"):
        change(trip, people, goods={"1": {"group": "TEXTILE"}})


def test_nobody_but_the_employer_says_where_a_drivers_link_goes(gate, people, firm):
    lent = make_driver("Lê Văn C", "020090007777", employer=make_firm("Công ty Chi", "4900999995"))
    lent.person.phone = "+84900000001"
    lent.person.save()
    one = declare.draft_trip(draft=fruit_draft(gate, firm=firm, driver=lent), by=people["ENTERPRISE"], at=NOON)
    declare.submit_trip(trip=one, by=people["ENTERPRISE"], at=NOON)

    with pytest.raises(GateRefusal, match="BG-286"):
        change(one, people, phone="+84911111111")

    lent.person.refresh_from_db()
    assert lent.person.phone == "+84900000001"


def test_of_another_firms_vehicle_the_caller_reads_only_what_he_typed(gate, trip, firm):
    other = make_firm("Công ty Chi", "4900999995")
    mine = Trip(
        agency_id=other.pk, tractor_plate="12C99999", driver_id=trip.driver_id, tractor_id=None, trailer_id=None
    )

    told = taken([mine])[mine.pk]

    assert "12C-999.99" in told.for_people()
    assert "123.45" not in told.for_people()


def test_two_vehicles_of_no_firm_are_not_of_one(gate, trip):
    Trip.objects.filter(pk=trip.pk).update(agency_id=None)
    mine = Trip(agency_id=None, tractor_plate="12C99999", driver_id=trip.driver_id)

    assert "123.45" not in taken([mine])[mine.pk].for_people()
