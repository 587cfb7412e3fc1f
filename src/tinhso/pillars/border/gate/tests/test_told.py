"""Who is told of what: the column `notify` of tables/transitions.csv, row by row, and nobody beside."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import NAMESPACE_OID, UUID, uuid5

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import translation

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.identity.models import AccessLink, Person
from tinhso.kernel.modules.declare import handlers_of
from tinhso.kernel.notices.actions import Recipient
from tinhso.kernel.notices.delivery import message_of
from tinhso.kernel.notices.kinds import KINDS, NoticeKind, placeholders
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.notices.queries import unread_count
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions import amend, declare, links, tasks, undeclared
from tinhso.pillars.border.gate.flows import TRANSFER
from tinhso.pillars.border.gate.flows.trip import PAST
from tinhso.pillars.border.gate.handlers import (
    carrier_words,
    destroyed,
    fee_notices,
    firm_words,
    fresh_claims,
    mandate_words,
    overlay_words,
    travellers,
    trips,
)
from tinhso.pillars.border.gate.handlers.telling import fields_named, in_their_language
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Force, Transfer, TransferLine, Trip
from tinhso.pillars.border.gate.models.times import CalendarKind
from tinhso.pillars.border.gate.permissions import FORCES, role_code
from tinhso.pillars.border.gate.rules.transitions import Transition, transitions
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm, make_vehicle

HERE, ELSEWHERE = "HN-1119", "TT-1088"
HAN = re.compile("[\u4e00-\u9fff]")
AT_THE_LINE, INLAND = ("release_out", "release_empty_back"), ("release_inland",)
# Those for whom the table's word stands, where it is no single one.
WORDS = {
    "leaders": {"LEADER"},
    "both points": {"BQLKKT", "BQLKKT there"},
    "both DRIVERs": {"DRIVER", "other DRIVER"},
    "ENTERPRISE if known": {"ENTERPRISE"},
    # Dragon fruit for export: plants, no animals.
    "KDTV|KDDV": {"KDTV"},
}


@dataclass
class World:
    """A trip with its driver and firm, one officer of each force here and one at another point."""

    trip: Trip
    names: dict[UUID, str]
    at_work: set[str]

    def told(self) -> set[str]:
        return self.names_of(Notice.objects.values_list("recipient", flat=True))

    def names_of(self, recipients: Iterable[UUID]) -> set[str]:
        known = {link.holder_id: "DRIVER" for link in AccessLink.objects.filter(record_id=self.trip.pk)} | self.names
        return {known.get(one, "a stranger") for one in recipients}

    def expected(self, words: Iterable[str]) -> set[str]:
        found: set[str] = set()
        for word in words:
            found |= self._those(word)
        return found

    def _those(self, word: str) -> set[str]:
        if word == "all":
            return {"DRIVER", "ENTERPRISE", "YARD", "HAIQUAN", "BIENPHONG", "CSGT", *self.at_work}
        return self.at_work if word == "forces with tasks" else WORDS.get(word, {word})


@pytest.fixture
def world(gate) -> World:
    with clock.frozen(NOON):
        trip, other = _two_trips(gate)
        link, _token = links.link_for_driver(trip=trip, by=SYSTEM, at=NOON)
        names = {link.holder_id: "DRIVER", other.driver.person_id: "other DRIVER"}
        _staff(gate, trip, names)
        transfer = Transfer(yard=trip.yard, point=trip.point, started_at=NOON)
        TRANSFER.create(transfer, by=gate.everything, at=NOON)
        line = trip.declaration.lines.first()
        TransferLine.objects.create(transfer=transfer, from_trip=trip, to_trip=other, line=line, kg=1)
        Notice.objects.all().delete()
        at_work = set(ClearanceTask.objects.filter(trip=trip).values_list("force__code", flat=True))
        yield World(trip, names, at_work)


def _two_trips(gate) -> list[Trip]:
    firm, found = make_firm(), []
    for number, plate in enumerate(("12C12345", "12C54321")):
        driver = make_driver(f"Lái xe {number}", f"02009000123{number}", employer=firm)
        driver.person.phone = f"+8490000000{number}"
        driver.person.save()
        draft = fruit_draft(gate, firm=firm, driver=driver, tractor=make_vehicle(plate, owner=firm))
        trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
        found.append(declare.submit_trip(trip=trip, by=gate.everything, at=NOON))
    return found


def _staff(gate, trip: Trip, names: dict[UUID, str]) -> None:
    def add(name: str, role: str, **scope: object) -> None:
        person = make_person(name)
        grant(person, role_code(role), **scope)
        names[person.pk] = name

    for force in FORCES:
        add(force, force, place=gate.points[HERE].pk)
        add(f"{force} there", force, place=gate.points[ELSEWHERE].pk)
    add("YARD", "YARD", place=trip.yard_id)
    add("BUFFER", "BUFFER", place=trip.point_id)
    add("BUFFER there", "BUFFER", place=gate.points[ELSEWHERE].pk)
    add("YARD there", "YARD", place=gate.points[ELSEWHERE].pk)
    add("LEADER", "LEADER")
    add("ENTERPRISE", "ENTERPRISE", agency=trip.agency_id)
    add("other ENTERPRISE", "ENTERPRISE", agency=make_firm("Công ty Chi", "4900999995").pk)
    gone = make_person("left the firm")
    grant(gone, role_code("ENTERPRISE"), agency=trip.agency_id, valid_until=NOON)


def deliver(name: str, record_id: UUID, number: int = 1, **payload) -> None:
    event = Event(name, "border_gate.trip", record_id, 3, NOON, SYSTEM.id, payload, id=number)
    for handler in handlers_of(name):
        handler.handle(event)


def step(world: World, gate, row: Transition, number: int, monkeypatch) -> None:
    """Deliver the event of that row, with the trip as the step leaves it."""
    if row.event == "amend":
        task = ClearanceTask.objects.get(trip=world.trip, kind="PLANT_Q")
        deliver("border_gate.task_reopened", task.pk, number)
        return
    trip = Trip.objects.select_related("point", "yard", "driver__person").get(pk=world.trip.pk)
    if row.target == "ACCEPTED" and row.event.endswith("accept"):
        links.close_links(trip=trip, by=SYSTEM, at=NOON)
    trip.state = row.target.lower()
    trip.released_to = "inland" if row.event in INLAND else "line"
    if row.event in ("divert", "choose_point"):
        trip.point = gate.points[ELSEWHERE]
    monkeypatch.setattr(trips, "trip_of", lambda pk: trip)
    source = row.sources[0].lower() if row.sources else ""
    deliver(f"border_gate.trip_{PAST[row.event]}", trip.pk, number, source=source, target=trip.state)


def test_each_step_is_told_to_those_whom_the_table_names_and_to_nobody_else(world, gate, monkeypatch):
    rows = [row for row in transitions() if row.notify and not row.event.startswith("walk_up")]

    wrong = {}
    for number, row in enumerate(rows):
        Notice.objects.all().delete()
        step(world, gate, row, number, monkeypatch)
        words = ["KDTV"] if row.event == "amend" else row.notify
        if world.told() != world.expected(words):
            wrong[f"{row.event} from {row.sources}"] = (world.told(), world.expected(words))

    assert len(rows) > 25
    assert wrong == {}


def test_steps_of_which_the_table_tells_nobody_tell_nobody(world, gate, monkeypatch):
    rows = [row for row in transitions() if not row.notify]

    for number, row in enumerate(rows):
        step(world, gate, row, number, monkeypatch)

    assert {row.event for row in rows} >= {"submit", "resubmit", "finish"}
    assert world.told() == set()


def test_an_undeclared_vehicle_is_told_to_those_whom_the_table_names(world, gate):
    rows = {row.event: row for row in transitions() if row.event.startswith("walk_up")}
    firm = world.trip.enterprise
    plates = {"walk_up": make_vehicle("12C77777", owner=firm), "walk_up_line": make_vehicle("桂F12345", country="CN")}
    plates["walk_up_line"].owner = firm
    plates["walk_up_line"].save()

    told = {}
    for step_name, vehicle in plates.items():
        Notice.objects.all().delete()
        found = undeclared.record_undeclared(
            plate=vehicle.plate, point=world.trip.point, by=gate.everything, at=NOON, phone="+84900000009"
        )
        world.names[uuid5(found.pk, found.phone)] = "DRIVER"
        deliver("border_gate.trip_found_undeclared", found.trip_id)
        told[step_name] = world.told()

    assert told == {name: world.expected(row.notify) for name, row in rows.items()}


def test_no_officer_and_no_firm_gets_a_message_and_none_names_a_vehicle(world, gate, monkeypatch):
    for number, row in enumerate(row for row in transitions() if row.notify and not row.event.startswith("walk_up")):
        step(world, gate, row, number, monkeypatch)

    sms = Delivery.objects.filter(channel="sms").select_related("notice")
    assert world.names_of(way.notice.recipient for way in sms) == {"DRIVER"}
    told = {value for way in sms for value in way.notice.fields.values() if isinstance(value, str)}
    assert not [value for value in told if "12C" in value or "Lái xe" in value]


def test_a_day_of_ordinary_vehicles_leaves_the_yards_counter_at_nought(world, gate, monkeypatch):
    ordinary = ("auto_accept", "depart", "call", "arrive", "cross_in", "return_in")
    rows = [row for row in transitions() if row.event in ordinary]
    for number, row in enumerate(rows):
        step(world, gate, row, number, monkeypatch)

    yard = next(one for one, name in world.names.items() if name == "YARD")
    assert Notice.objects.filter(recipient=yard).count() >= len(ordinary)
    assert unread_count(yard) == 0
    assert not Delivery.objects.filter(notice__recipient=yard).exists()


def test_who_is_meant_twice_is_told_once(world, gate, monkeypatch):
    both = next(one for one, name in world.names.items() if name == "YARD")
    grant(both, role_code("CSGT"), place=gate.points[HERE].pk)
    row = next(row for row in transitions() if row.event == "turn_back")

    step(world, gate, row, 1, monkeypatch)

    assert Notice.objects.filter(recipient=both).count() == 1


def test_an_event_costs_the_same_queries_with_many_officers(world, gate, monkeypatch):
    row = next(row for row in transitions() if row.event == "turn_back")
    with CaptureQueriesContext(connection) as few:
        step(world, gate, row, 1, monkeypatch)

    # Driver and firm would not be told the same words again; the two officers are not.
    Notice.objects.filter(kind="border_gate.turned_away").delete()
    for number in range(20):
        grant(make_person(f"CSGT {number}"), role_code("CSGT"), place=gate.points[HERE].pk)
    with CaptureQueriesContext(connection) as many:
        step(world, gate, row, 2, monkeypatch)

    officers = Notice.objects.exclude(kind="border_gate.turned_away")
    assert officers.filter(event_key__endswith=":2").count() == 20
    assert len(without_jobs(many)) == len(without_jobs(few))


def without_jobs(queries: CaptureQueriesContext) -> list[str]:
    """Each way out is a job of its own; all else is written at once. Whoever subscribed is looked up once a second."""
    asked = [one["sql"] for one in queries.captured_queries]
    return [sql for sql in asked if "procrastinate" not in sql and "kernel_machines_subscription" not in sql]


def test_checks_fee_and_holds_are_told_to_the_owner(world, gate):
    task = ClearanceTask.objects.get(trip=world.trip, kind="PLANT_Q")
    fee = FeeAssessment.objects.get(trip=world.trip)
    changes = {"task_passed": task, "task_failed": task, "task_treated": task, "fee_assessed": fee}
    for number, (name, record) in enumerate(changes.items()):
        deliver(f"border_gate.{name}", record.pk, number)

    kinds = {name: {world.names[one] for one in told_of(f"border_gate.{name}")} for name in ALSO_TOLD}
    assert kinds == ALSO_TOLD


ALSO_TOLD = {
    "check_passed": {"ENTERPRISE"},
    "check_failed": {"DRIVER", "ENTERPRISE"},
    "to_be_treated": {"DRIVER", "ENTERPRISE"},
    "fee_due": {"ENTERPRISE"},
}


def told_of(kind: str) -> list[UUID]:
    return list(Notice.objects.filter(kind=kind).values_list("recipient", flat=True))


def test_a_force_hears_that_a_leader_has_lifted_its_hold(world, gate):
    hold = tasks.place_hold(
        trip=world.trip,
        force=Force.objects.get(code="KDTV"),
        reason="Hai giấy ghi hai mã khác nhau",
        reason_code="DOC_MISMATCH",
        by=gate.everything,
        at=NOON,
    )

    deliver("border_gate.hold_overridden", hold.pk)

    assert world.told() == {"DRIVER", "ENTERPRISE", "KDTV"}


def test_a_failed_check_goes_by_text_message_to_the_driver_and_by_email_to_the_firm(world, gate):
    firm = next(one for one, name in world.names.items() if name == "ENTERPRISE")
    Person.objects.filter(pk=firm).update(email="an@example.vn")
    task = ClearanceTask.objects.get(trip=world.trip, kind="PLANT_Q")

    deliver("border_gate.task_failed", task.pk)

    ways = Delivery.objects.filter(notice__kind="border_gate.check_failed").select_related("notice")
    sent = {(way.channel, *world.names_of([way.notice.recipient])) for way in ways}
    assert {("sms", "DRIVER"), ("email", "ENTERPRISE")} <= sent


def test_a_correction_asked_for_is_urgent_and_names_its_fields_in_the_readers_language(world, gate):
    firm = next(one for one, name in world.names.items() if name == "ENTERPRISE")
    Person.objects.filter(pk=firm).update(phone="+84900000077", language="en")
    wanted = amend.want_amendment(
        trip=world.trip,
        fields=["seal", "goods"],
        reason="Số chì khác với trên xe",
        force=None,
        by=gate.everything,
        at=NOON,
    )

    deliver("border_gate.amendment_wanted", wanted.pk)

    told = Notice.objects.get(kind="border_gate.correction_wanted")
    assert (told.recipient, told.urgent, told.fields["fields"]) == (firm, True, "Goods, Seal number")
    assert Delivery.objects.filter(notice=told, channel="sms").exists()


def test_facts_are_said_in_each_ones_language_and_together_to_who_reads_the_same():
    an, binh, chi, wang = (Recipient(uuid5(NAMESPACE_OID, name), language=tongue) for name, tongue in
                           (("An", "vi"), ("Binh", "vi"), ("Chi", "en"), ("Wang", "zh-hans")))  # fmt: skip

    told = in_their_language([an, chi, binh, wang], lambda: {"what": CalendarKind.CLOSED.label, "gate": "HN"})

    assert [(persons, facts["what"]) for persons, facts in told] == [
        ([an, binh], "Không làm thủ tục"),
        ([chi], "closed to goods"),
        ([wang], "货运关闭"),
    ]
    assert in_their_language([an, chi], lambda: {"gate": "HN"}) == [([an, chi], {"gate": "HN"})]
    with translation.override("en"):
        assert fields_named(["seal", "goods", "driver", "note"]) == "Seal number, Goods, Driver, …"


def cancelled_by(world: World, actor: UUID, number: int) -> None:
    event = Event("border_gate.trip_cancelled", "border_gate.trip", world.trip.pk, 3, NOON, actor, {}, id=number)
    for handler in handlers_of(event.name):
        handler.handle(event)


def test_a_driver_whose_trip_another_cancelled_is_told_that_his_code_is_dead_and_not_when_he_did_it(world, gate):
    link = AccessLink.objects.get(record_id=world.trip.pk)

    cancelled_by(world, link.holder_id, 1)
    assert "DRIVER" not in world.told()

    cancelled_by(world, next(one for one, name in world.names.items() if name == "ENTERPRISE"), 2)
    assert world.names_of(told_of("border_gate.trip_called_off")) == {"DRIVER"}


def test_a_driver_never_let_in_is_not_told_that_his_code_is_dead(world, gate):
    Trip.objects.filter(pk=world.trip.pk).update(accepted_at=None)

    cancelled_by(world, SYSTEM.id, 1)

    assert "DRIVER" not in world.told()


def test_at_the_barrier_the_driver_hears_to_which_yard_and_only_where_one_is_set(world, gate):
    deliver("border_gate.trip_arrived", world.trip.pk, 1)
    (notice,) = Notice.objects.filter(kind="border_gate.to_yard")

    assert notice.fields["yard"] == str(world.trip.yard)
    assert world.names_of([notice.recipient]) == {"DRIVER"}

    Trip.objects.filter(pk=world.trip.pk).update(yard=None)
    deliver("border_gate.trip_arrived", world.trip.pk, 2)
    assert Notice.objects.filter(kind="border_gate.to_yard").count() == 1


def test_who_is_turned_back_reads_why_and_no_message_says_it(world, gate, monkeypatch):
    trip = Trip.objects.get(pk=world.trip.pk)
    deliver("border_gate.trip_turned_back", trip.pk, 1, target="turned_back", reason="Hàng không đúng khai báo")

    notices = Notice.objects.filter(kind="border_gate.turned_away")
    assert world.names_of(one.recipient for one in notices) == {"DRIVER", "ENTERPRISE"}
    assert all("Hàng không đúng khai báo" in one.text for one in notices)
    sms = Delivery.objects.get(notice__in=notices, channel="sms")
    assert "Hàng không đúng" not in message_of(sms).text


def travellers_kinds() -> list[NoticeKind]:
    """Kinds of these files and of steps that reach firms, drivers and transport firms."""
    rooms = (travellers, overlay_words, fee_notices, fresh_claims, destroyed, firm_words, mandate_words, carrier_words)
    found = {one.name: one for room in rooms for one in vars(room).values() if isinstance(one, NoticeKind)}
    found |= {one.name: one for one in firm_words.CHANGED.values()}
    found |= {one.name: one for steps in trips.ABOUT.values() for one in (told.kind for told in steps)
              if set().union(*(told.to for told in steps if told.kind is one)) & {"DRIVER", "ENTERPRISE"}}  # fmt: skip
    return [one for one in found.values() if one is not firm_words.WANTED]


def test_whatever_reaches_a_driver_or_a_firm_is_said_in_chinese_with_the_same_facts():
    kinds = travellers_kinds()

    assert len(kinds) > 60
    assert [one.name for one in kinds if "zh-hans" not in one.texts or "zh-hans" not in one.sms] == []
    wrong = [one.name for one in kinds for words in (one.texts, one.sms)
             if placeholders(words["zh-hans"]) != placeholders(words["vi"])]  # fmt: skip
    assert wrong == []


def test_what_is_said_in_chinese_has_a_chinese_title_too():
    kinds = [one for one in KINDS if one.name.startswith("border_gate.") and "zh-hans" in one.texts]

    with translation.override("zh-hans"):
        assert [one.name for one in kinds if not HAN.search(str(one.title))] == []
    assert {one.name for one in travellers_kinds()} <= {one.name for one in kinds}
