"""Orders, paused calls, calls out of order, health forms, help and consent: who may, what is kept, who hears."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from hypothesis import given
from hypothesis import strategies as st

from tinhso.kernel.access.actions import give
from tinhso.kernel.access.models import Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.models import Outbox
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import asides, calls, declare, guidance, links, move
from tinhso.pillars.border.gate.handlers import guidance as handlers
from tinhso.pillars.border.gate.models import ClearanceTask, HealthForm, OrderReceipt
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import guidance as queries
from tinhso.pillars.border.gate.rules import health, orders, overlay
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

MINUTE = timedelta(minutes=1)


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def officer(role: str, point=None) -> Actor:
    """Somebody who holds that role at the point, or everywhere."""
    actor = Actor(uuid7(), "person", role)
    where = Where(place=point.pk) if point else Where()
    give(role=Role.objects.get(code=role_code(role)), holder_id=actor.id, where=where, by=SYSTEM, at=NOON)
    return actor


def trips_of(gate, count: int, point: str = "HN-1119", firm=None):
    """Accepted trips of one firm at the point, each with a driver who has a telephone."""
    firm = firm or make_firm(tax_code="4900234569" if point == "HN-1119" else "4900234576")
    base = 0 if point == "HN-1119" else 50
    made = []
    for number in range(base, base + count):
        driver = make_driver(f"Lái xe {number}", f"0200900{number:05d}", employer=firm)
        driver.person.phone = f"+8490000{number:04d}"
        driver.person.save()
        tractor = make_vehicle(f"12C1{number:04d}", owner=firm)
        draft = fruit_draft(gate, point=point, firm=firm, driver=driver, tractor=tractor)
        trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
        made.append(declare.submit_trip(trip=trip, by=gate.everything, at=NOON))
    return made


def wanted(gate, **fields):
    values = {
        "point": gate.points["HN-1119"],
        "text_vi": "Dừng tại chỗ, chờ lệnh.",
        "text_zh": "原地停车等候。",
        "begins_at": NOON,
        "ends_at": NOON + timedelta(hours=2),
    }
    return guidance.Wanted(**{**values, **fields})


def told_of(order) -> None:
    """What the relay does with the events of the order."""
    for row in Outbox.objects.filter(record_id=order.pk).order_by("id"):
        event = Event(
            name=row.name, kind=row.record_kind, record_id=row.record_id, version=row.version, at=row.at,
            actor=row.actor, payload=row.payload, id=row.pk,
        )  # fmt: skip
        if row.name.endswith("order_issued"):
            handlers.tell_order(event)
        elif row.name.endswith("order_withdrawn"):
            handlers.tell_withdrawal(event)


def test_an_order_reaches_who_stands_there_and_each_driver_once(gate, at_noon):
    here, elsewhere = trips_of(gate, 3), trips_of(gate, 1, point="TT-1088")

    order = guidance.issue_order(wanted=wanted(gate), by=officer("CSGT", gate.points["HN-1119"]), at=NOON)
    told_of(order)
    told_of(order)

    assert order.number == "1/2026"
    assert set(order.receipts.values_list("trip_id", flat=True)) == {trip.pk for trip in here}
    notices = Notice.objects.filter(kind="border_gate.ordered")
    assert notices.count() == 3
    assert not OrderReceipt.objects.filter(trip=elsewhere[0]).exists()
    assert Delivery.objects.filter(notice__in=notices, channel=Delivery.SMS).count() == 3


def test_the_driver_reads_and_the_officer_sees_who_has(gate, at_noon):
    trips = trips_of(gate, 2)
    police = officer("CSGT", gate.points["HN-1119"])
    order = guidance.issue_order(wanted=wanted(gate), by=police, at=NOON)
    link, _token = links.link_for_driver(trip=trips[0], by=SYSTEM, at=NOON)

    first = guidance.read_order(order=order, trip=trips[0], by=link.actor(), at=NOON + MINUTE)
    again = guidance.read_order(order=order, trip=trips[0], by=link.actor(), at=NOON + 2 * MINUTE)

    assert (first, again) == (True, False)
    reach = queries.orders_seen(by=police, at=NOON)[0]
    assert (reach.told, reach.read, reach.unread) == (2, 1, 1)
    assert [one.trip_id for one in queries.receipts_of(order)] == [trips[1].pk, trips[0].pk]
    assert queries.receipts_of(order)[1].acknowledged_at == NOON + MINUTE


def test_a_driver_reads_no_order_for_another(gate, at_noon):
    trips = trips_of(gate, 2)
    order = guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    link, _token = links.link_for_driver(trip=trips[0], by=SYSTEM, at=NOON)

    with pytest.raises(Forbidden):
        guidance.read_order(order=order, trip=trips[1], by=link.actor(), at=NOON)

    assert not order.receipts.filter(acknowledged_at__isnull=False).exists()


def test_said_again_it_goes_to_those_alone_who_have_not_read(gate, at_noon):
    trips = trips_of(gate, 3)
    order = guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    guidance.read_order(order=order, trip=trips[0], by=gate.everything, at=NOON)

    count = guidance.repeat_order(order=order, by=gate.everything, at=NOON + 5 * MINUTE)
    told_of(order)

    assert count == 2
    assert Notice.objects.filter(kind="border_gate.ordered").count() == 3 + 2


def test_who_comes_under_the_order_later_is_told_once(gate, at_noon):
    trips = trips_of(gate, 2)
    move.enter_buffer(trip=trips[0], plate=trips[0].tractor_plate, by=gate.everything, at=NOON)
    order = guidance.issue_order(wanted=wanted(gate, states=("at_buffer",)), by=gate.everything, at=NOON)
    move.enter_buffer(trip=trips[1], plate=trips[1].tractor_plate, by=gate.everything, at=NOON + MINUTE)

    assert guidance.reach_newcomers(at=NOON + MINUTE) == 1
    assert guidance.reach_newcomers(at=NOON + 2 * MINUTE) == 0

    assert order.receipts.count() == 2


def test_an_order_withdrawn_is_shown_no_more(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    order = guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
    assert [one.order for one in queries.orders_of(trip, at=NOON)] == [order]

    guidance.withdraw_order(order=order, reason="đường đã thông trở lại", by=gate.everything, at=NOON + MINUTE)

    assert queries.orders_of(trip, at=NOON + MINUTE) == []
    with pytest.raises(GateRefusal) as refused:
        guidance.repeat_order(order=order, by=gate.everything, at=NOON + MINUTE)
    assert refused.value.code == "BG-354"


@pytest.mark.parametrize("role", ["HAIQUAN", "YARD", "KDYT", "HELPDESK", "LEADER"])
def test_only_traffic_police_and_the_board_give_orders(gate, at_noon, role):
    trips_of(gate, 1)

    with pytest.raises(Forbidden):
        guidance.issue_order(wanted=wanted(gate), by=officer(role), at=NOON)


def test_traffic_police_of_another_point_give_none_here(gate, at_noon):
    trips_of(gate, 1)

    with pytest.raises(Forbidden):
        guidance.issue_order(wanted=wanted(gate), by=officer("CSGT", gate.points["CM-01"]), at=NOON)


@pytest.mark.parametrize(
    ("fields", "code"),
    [
        ({"text_vi": "Đi"}, "BG-350"),
        ({"text_vi": "x" * 161}, "BG-350"),
        ({"text_vi": "Xe 12C-123.45 dừng lại ngay"}, "BG-352"),
        ({"text_zh": "请联系 0912 345 678 谢谢"}, "BG-352"),
        ({"text_zh": "桂F·12345 请停车"}, "BG-352"),
        ({"ends_at": NOON}, "BG-351"),
        ({"ends_at": NOON + timedelta(hours=25)}, "BG-351"),
        ({"states": ("crossed_out",)}, "BG-353"),
    ],
)
def test_what_an_order_may_not_be(gate, at_noon, fields, code):
    trips_of(gate, 1)

    with pytest.raises(GateRefusal) as refused:
        guidance.issue_order(wanted=wanted(gate, **fields), by=gate.everything, at=NOON)

    assert refused.value.code == code


def test_an_order_to_many_takes_as_many_queries_as_one_to_few(gate, at_noon):
    trips_of(gate, 8)
    with CaptureQueriesContext(
        connection,
    ) as asked:
        order = guidance.issue_order(wanted=wanted(gate), by=gate.everything, at=NOON)
        assert order.receipts.count() == 8

    assert len(asked) <= 16


def test_nobody_is_called_while_the_calls_are_paused(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)
    board = officer("BQLKKT", trip.point)
    pause = calls.pause_calls(point=trip.point, reason="phía bạn tạm dừng nhận hàng", by=board, at=NOON)
    assert calls.pause_calls(point=trip.point, reason="lần thứ hai, cùng lý do", by=board, at=NOON).pk == pause.pk

    with pytest.raises(GateRefusal) as refused:
        move.call_next(point=trip.point, at=NOON, by=board)
    calls.resume_calls(point=trip.point, by=board, at=NOON + MINUTE)

    assert refused.value.code == "BG-355"
    assert "phía bạn tạm dừng nhận hàng" in refused.value.for_people()
    assert move.call_next(point=trip.point, at=NOON + MINUTE, by=board).pk == trip.pk
    told = Outbox.objects.filter(name__startswith="border_gate.calls_").order_by("id").values_list("name", flat=True)
    assert list(told) == ["border_gate.calls_paused", "border_gate.calls_resumed"]


def test_a_call_out_of_order_is_written_down_as_such(gate, at_noon):
    first, second = trips_of(gate, 2)
    for minutes, trip in enumerate((first, second)):
        move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON + minutes * MINUTE)

    calls.call_out_of_order(
        trip=second, document_no="12/CĐ-BQL", reason="vắc-xin cần bảo quản lạnh",
        by=officer("BQLKKT", first.point), at=NOON + 2 * MINUTE,
    )  # fmt: skip

    facts = History.objects.get(record_id=second.pk, step="call").facts
    assert (facts["out_of_order"], facts["document_no"]) == (True, "12/CĐ-BQL")
    assert facts["why"] == "vắc-xin cần bảo quản lạnh"
    assert move.call_next(point=first.point, at=NOON + 3 * MINUTE).pk == first.pk


@pytest.mark.parametrize(("number", "reason", "code"), [("", "đủ mười ký tự", "BG-216"), ("1/CĐ", "ngắn", "BG-038")])
def test_a_call_out_of_order_needs_document_and_reason(gate, at_noon, number, reason, code):
    trip = trips_of(gate, 1)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)

    with pytest.raises(GateRefusal) as refused:
        calls.call_out_of_order(trip=trip, document_no=number, reason=reason, by=gate.everything, at=NOON)

    assert refused.value.code == code


def test_traffic_police_call_nobody_out_of_order(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    move.enter_buffer(trip=trip, plate=trip.tractor_plate, by=gate.everything, at=NOON)

    with pytest.raises(Forbidden):
        calls.call_out_of_order(trip=trip, document_no="1/CĐ", reason="đủ mười ký tự rồi", by=officer("CSGT"), at=NOON)


def healthy(**but: str) -> dict[str, str]:
    return {**dict.fromkeys(health.questions(), health.NO), **but}


def controlled(gate):
    trip = trips_of(gate, 1)[0]
    trip.point.medical_control = True
    trip.point.save()
    return trip


def test_a_yes_on_the_health_form_opens_a_check_of_medical_quarantine(gate, at_noon):
    trip = controlled(gate)
    asides.declare_health(trip=trip, answers=healthy(), by=gate.everything, at=NOON)
    assert not ClearanceTask.objects.filter(trip=trip, kind="MEDICAL").exists()

    for _ in range(2):
        asides.declare_health(trip=trip, answers=healthy(FEVER="yes"), by=gate.everything, at=NOON + MINUTE)

    task = ClearanceTask.objects.get(trip=trip, kind="MEDICAL")
    assert (task.force.code, task.state) == ("KDYT", "open")
    assert HealthForm.objects.get(trip=trip).wants_look


def test_only_medical_quarantine_reads_the_answers_and_each_reading_is_recorded(gate, at_noon):
    trip = controlled(gate)
    form = asides.declare_health(trip=trip, answers=healthy(COUGH="yes"), by=gate.everything, at=NOON)
    doctor = officer("KDYT", trip.point)

    answers = asides.read_health(form=form, by=doctor, at=NOON)

    assert answers == {code: code == "COUGH" for code in health.questions()}
    assert Entry.objects.filter(action="border_gate.read_health", actor=doctor.id).count() == 1
    for role in ("HAIQUAN", "BIENPHONG", "BQLKKT", "LEADER", "AUDITOR", "HELPDESK"):
        with pytest.raises(Forbidden):
            asides.read_health(form=form, by=officer(role), at=NOON)
    assert b"COUGH" not in bytes(form.answers_sealed)
    kept = Entry.objects.filter(record_id=trip.pk, action="border_gate.declare_health").values_list(
        "payload", flat=True
    )
    assert not any("COUGH" in one for one in kept)


def test_no_health_form_is_taken_where_none_is_asked(gate, at_noon):
    trip = trips_of(gate, 1)[0]

    with pytest.raises(GateRefusal) as refused:
        asides.declare_health(trip=trip, answers=healthy(), by=gate.everything, at=NOON)

    assert refused.value.code == "BG-357"


def test_the_question_left_out_is_named(gate, at_noon):
    trip = controlled(gate)

    with pytest.raises(GateRefusal) as refused:
        asides.declare_health(trip=trip, answers=healthy(RASH=""), by=gate.everything, at=NOON)

    assert (refused.value.code, refused.value.field) == ("BG-356", "RASH")


def test_help_is_asked_once_and_the_number_is_forgotten_when_it_was_given(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    facts = {"topic": "ROUTE", "note": "", "phone": "+84900000000", "language": "vi"}
    asked = asides.ask_help(trip=trip, **facts, by=gate.everything, at=NOON)
    again = asides.ask_help(trip=trip, **facts, by=gate.everything, at=NOON + MINUTE)
    desk = officer("HELPDESK", trip.point)
    assert again.pk == asked.pk
    assert [one.pk for one in queries.help_wanted(by=desk, at=NOON)] == [asked.pk]
    assert queries.help_wanted(by=officer("HELPDESK", gate.points["CM-01"]), at=NOON) == []

    asides.take_help(asked=asked, by=desk, at=NOON + MINUTE)
    closed = asides.close_help(asked=asked, outcome="Đã chỉ đường vào bãi", by=desk, at=NOON + 2 * MINUTE)

    assert (closed.taken_by, closed.closed_by, closed.phone) == (desk.id, desk.id, "")
    assert queries.help_wanted(by=desk, at=NOON) == []
    with pytest.raises(Forbidden):
        asides.close_help(asked=asked, outcome="", by=officer("HAIQUAN"), at=NOON)


def test_a_position_is_followed_with_consent_and_under_way_only(gate, at_noon):
    trip = trips_of(gate, 1)[0]
    asides.let_follow(trip=trip, agrees=True, by=gate.everything, at=NOON)
    assert not queries.is_tracked(trip)
    move.depart(trip=trip, by=gate.everything, at=NOON)
    assert queries.is_tracked(trip)

    asides.let_follow(trip=trip, agrees=False, by=gate.everything, at=NOON + MINUTE)

    assert not queries.is_tracked(trip)


@given(st.binary(min_size=16, max_size=32), st.datetimes(min_value=NOON.replace(tzinfo=None)))
def test_the_code_on_the_telephone_holds_a_minute_and_is_taken_a_minute_longer(secret, moment):
    at = moment.replace(tzinfo=NOON.tzinfo, microsecond=0)
    key = overlay.key_of(secret, trip="HNX", nonce="n", leg=1)

    code = overlay.code_at(key, at)

    assert len(code) == overlay.DIGITS
    assert code in overlay.codes_taken(key, at + MINUTE)
    assert overlay.code_at(key, at + timedelta(seconds=overlay.seconds_left(at) - 1)) == code


def test_another_driver_or_leg_has_another_key():
    keys = {overlay.key_of(b"s", trip="HNX", nonce=nonce, leg=leg) for nonce in ("a", "b") for leg in (1, 2)}

    assert len(keys) == 4


@given(st.text(max_size=200))
def test_any_text_is_taken_or_refused_with_a_code(text):
    said, code = "", ""
    try:
        said = orders.check_text(text)
    except GateRefusal as refusal:
        code = refusal.code

    assert code in ("BG-350", "BG-352") if not said else 5 <= len(said) <= 160
