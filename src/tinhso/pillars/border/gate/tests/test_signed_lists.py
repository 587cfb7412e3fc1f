"""Several checks in one act under one signature: what is listed, what is refused, and what a change of it shows."""

from __future__ import annotations

import pytest
from django.db import InternalError, ProgrammingError, connection, transaction
from django.test import Client

from tinhso.kernel.access.duty import go_on_duty
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.actions.signed_lists import sign_tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Force, SignedCheck, SignedList, Trip
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, role_code
from tinhso.pillars.border.gate.queries import signed_lists as queries
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_driver, make_firm

TASKS = "/cua-khau-so/nhiem-vu/"
LISTS = "/cua-khau-so/danh-sach-ky/"


def declared(gate, count: int, point: str = "HN-1119") -> list[Trip]:
    firm = make_firm(f"Công ty {point}", "4900234569" if point == "HN-1119" else "4900999996")
    first = 10_000 if point == "HN-1119" else 20_000
    drafts = [
        fruit_draft(
            gate, firm=firm, point=point, plate=f"12C{number:05d}",
            driver=make_driver(f"Lái xe {number}", f"0200900{number:05d}", employer=firm),
        )
        for number in range(first, first + count)
    ]  # fmt: skip
    trips = declare.draft_trips(drafts=drafts, by=gate.everything, at=NOON)
    return declare.submit_trips(trips=trips, by=gate.everything, at=NOON)


def plant_checks(trips: list[Trip]) -> list[ClearanceTask]:
    rows = ClearanceTask.objects.filter(trip__in=trips, kind="PLANT_Q").select_related("trip", "force")
    return list(rows.order_by("trip__tractor_plate"))


@pytest.fixture
def officer(gate):
    person = make_person("Trần Thị Kiểm")
    here = gate.points["HN-1119"]
    grant(person, role_code("KDTV"), place=here)
    grant(person, FORCE_ROLE, place=here, agency=Force.objects.get(code="KDTV").pk)
    return person


@pytest.fixture
def desk(officer) -> Client:
    client = Client()
    client.force_login(make_account(officer))
    with clock.frozen(NOON):
        yield client


def test_one_signature_passes_all_and_each_history_names_the_list(gate, officer):
    checks = plant_checks(declared(gate, 3))

    made = sign_tasks(tasks=checks, by=officer.actor(), at=NOON)

    (one,) = made.lists
    assert (one.number, one.count, made.refused) == ("DS-KDTV-2026-00001", 3, {})
    assert set(ClearanceTask.objects.filter(pk__in=[task.pk for task in checks]).values_list("state", flat=True)) == {
        "passed"
    }
    steps = History.objects.filter(record_id__in=[task.pk for task in checks], step="pass")
    assert [(row.facts["list"], row.actor) for row in steps] == [(str(one.pk), officer.pk)] * 3
    assert queries.verdict_on(one, list(one.lines.all())).agrees


def test_one_refused_stops_no_other_and_is_told(gate, officer):
    first, second = plant_checks(declared(gate, 2))
    (strange,) = plant_checks(declared(gate, 1, "TT-1088"))

    made = sign_tasks(tasks=[first, strange, second], by=officer.actor(), at=NOON)

    assert [one.count for one in made.lists] == [2]
    assert set(made.refused) == {strange.pk}
    assert made.refused[strange.pk].code == "BG-025"
    assert ClearanceTask.objects.get(pk=strange.pk).state == "open"


def test_nothing_passed_makes_no_list_and_takes_no_number(gate, officer):
    checks = plant_checks(declared(gate, 2))
    sign_tasks(tasks=checks[:1], by=officer.actor(), at=NOON)

    again = sign_tasks(tasks=checks[:1], by=officer.actor(), at=NOON)
    other = sign_tasks(tasks=checks[1:], by=officer.actor(), at=NOON)

    assert (again.lists, list(again.refused)) == ([], [checks[0].pk])
    assert other.lists[0].number == "DS-KDTV-2026-00002"


def test_the_database_lets_nobody_change_a_list(gate, officer):
    (one,) = sign_tasks(tasks=plant_checks(declared(gate, 1)), by=officer.actor(), at=NOON).lists

    for rows in (SignedList.objects.filter(pk=one.pk), SignedCheck.objects.filter(list=one)):
        with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
            rows._raw_delete(rows.db)
    with pytest.raises((ProgrammingError, InternalError)), transaction.atomic():
        SignedCheck.objects.filter(list=one).update(plate="29C99999")


def test_a_line_that_says_something_else_is_found(gate, officer):
    (one,) = sign_tasks(tasks=plant_checks(declared(gate, 2)), by=officer.actor(), at=NOON).lists
    lines = list(one.lines.all())
    lines[0].plate = "29C99999"

    told = queries.verdict_on(one, lines)
    one.digest = queries.digest_of(one, lines)
    forged = queries.verdict_on(one, lines)
    short = queries.verdict_on(one, lines[1:])

    assert (told.digest, told.audited, told.agrees) == (False, True, False)
    assert (forged.digest, forged.audited) == (True, False)
    assert not short.agrees
    assert Entry.objects.filter(record_id=one.pk, action="border_gate.sign_list").count() == 1


def test_the_desk_shows_the_list_before_it_is_signed_and_signs_it(gate, desk):
    checks = plant_checks(declared(gate, 2))
    chosen = {"task": [str(task.pk) for task in checks]}

    asked = desk.post(f"{TASKS}dat-nhieu/", chosen).content.decode()
    unsigned = set(ClearanceTask.objects.filter(kind="PLANT_Q").values_list("state", flat=True))
    signed = desk.post(f"{TASKS}dat-nhieu/", {**chosen, "signed": "1"})

    one = SignedList.objects.get()
    assert ("Ký danh sách" in asked, unsigned) == (True, {"open"})
    assert signed.headers["Location"] == f"{LISTS}{one.pk}/"
    page = desk.get(f"{LISTS}{one.pk}/").content.decode()
    assert ("đúng như khi ký" in page, "DS-KDTV-2026-00001" in page, "Trần Thị Kiểm" in page) == (True, True, True)
    assert "DS-KDTV-2026-00001" in desk.get(LISTS).content.decode()
    assert "DS-KDTV-2026-00001" in desk.get(f"{TASKS}{checks[0].pk}/").content.decode()
    paper = desk.get(f"{LISTS}{one.pk}/?bang=pdf")
    assert b"".join(paper.streaming_content).startswith(b"%PDF-")


def test_nobody_chosen_and_anothers_checks_are_not_signed(gate, desk):
    (strange,) = plant_checks(declared(gate, 1, "TT-1088"))

    empty = desk.post(f"{TASKS}dat-nhieu/", {"signed": "1"})
    others = desk.post(f"{TASKS}dat-nhieu/", {"signed": "1", "task": [str(strange.pk), "không phải"]})

    assert (empty.status_code, others.status_code) == (302, 302)
    assert not SignedList.objects.exists()


def test_lists_of_other_points_are_not_there(gate, officer, desk):
    grant(officer, FORCE_ROLE, place=gate.points["TT-1088"], agency=Force.objects.get(code="KDTV").pk)
    (there,) = sign_tasks(tasks=plant_checks(declared(gate, 1, "TT-1088")), by=gate.everything, at=NOON).lists
    go_on_duty(place=gate.points["HN-1119"].place, hours=8, by=officer.actor(), at=clock.now())

    assert desk.get(f"{LISTS}{there.pk}/").status_code == 404
    assert there.number not in desk.get(LISTS).content.decode()


def test_a_signed_list_costs_few_statements_however_long(gate, officer, django_assert_max_num_queries):
    checks = plant_checks(declared(gate, 12))

    with django_assert_max_num_queries(22):
        made = sign_tasks(tasks=checks, by=officer.actor(), at=NOON)

    assert made.passed == 12
    assert connection.in_atomic_block
