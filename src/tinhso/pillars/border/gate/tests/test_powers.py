"""The table of powers is what the gate does: every role is led to every step, page and call, here and elsewhere.

One database, everything asked inside it. A page is asked for at its door: drawing it is other tests' work.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from uuid import UUID

import pytest
from django.contrib.auth.models import AnonymousUser
from django.db import DatabaseError, connection, transaction
from django.http import Http404
from django.test import Client, RequestFactory
from django.urls import URLPattern, reverse

from tinhso.kernel.access import needs as doors
from tinhso.kernel.access.may import may
from tinhso.kernel.access.permissions import PERMISSIONS
from tinhso.kernel.access.powers import compared
from tinhso.kernel.access.scope import Where
from tinhso.kernel.api import limits
from tinhso.kernel.audit.binding import bind
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.base.errors import Forbidden, NotFound
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.workflow.flow import FLOWS
from tinhso.pillars.border.gate.actions import declare, tasks
from tinhso.pillars.border.gate.api.customs import router as customs
from tinhso.pillars.border.gate.api.declarations import router as declarations
from tinhso.pillars.border.gate.api.devices import router as devices
from tinhso.pillars.border.gate.api.inflow import router as inflow
from tinhso.pillars.border.gate.api.more_vehicles import router as more_vehicles
from tinhso.pillars.border.gate.api.namings import router as namings
from tinhso.pillars.border.gate.api.positions import router as positions
from tinhso.pillars.border.gate.api.readings import router as readings
from tinhso.pillars.border.gate.api.routes import router
from tinhso.pillars.border.gate.api.samples import router as samples
from tinhso.pillars.border.gate.api.transfers import router as transfers
from tinhso.pillars.border.gate.flows import TRANSFER
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, FirmNaming, Force, Hold, Transfer, Trip
from tinhso.pillars.border.gate.pages.urls import urlpatterns
from tinhso.pillars.border.gate.permissions import FORCE_ROLE, FORCES, LABEL
from tinhso.pillars.border.gate.queries.powers import (
    ANYONE,
    LINK,
    OF_FORCE,
    PowerRow,
    holders,
    power_rows,
    powers,
    where_of,
)
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft, make_firm

HERE, ELSEWHERE = "HN-1119", "CM-01"
API = "/api/v1/border/gate"
FLOW_OF = {flow.name.removeprefix(f"{LABEL}."): flow for flow in FLOWS if flow.name.startswith(f"{LABEL}.")}
PAGES = {pattern.name: pattern for pattern in urlpatterns}
RULED = [row for row in power_rows() if row.right]
OF_RIGHT = {f"{LABEL}.{row.right}": row for row in RULED}
PEOPLE = [one.code for one in holders() if one.code != "SYSTEM"]
FORM = {"HTTP_ACCEPT_LANGUAGE": "vi"}
FACTORY = RequestFactory()
OPEN, REFUSED, SIGN_IN = "open", "refused", "sign in"
OF_THE_TRIP_ITSELF = (
    *("POST /positions", "POST /trips/{id}/pairs", "GET /trips/{id}", "GET /trips/{id}/history"),
    *("GET /namings/{id}", "POST /namings/{id}/disownings"),
    *("GET /trips/{id}/papers", "GET /trips/{id}/transfers", "GET /trips/{id}/inflow-notices"),
)
"""What a firm's right reaches; its holds, checks and fees it reads on its own page."""


class Opened(Exception):
    """The door has opened."""


@dataclass
class Walk:
    """A trip with its overlays, and one person of each kind: at home, and the same as a stranger."""

    trip: Trip
    records: dict[str, object]
    home: dict[str, Client] = field(default_factory=dict)
    strangers: dict[str, Client] = field(default_factory=dict)
    actors: dict[tuple[str, bool], Actor] = field(default_factory=dict)


@pytest.fixture
def walk(gate, monkeypatch) -> Iterator[Walk]:
    monkeypatch.setattr(limits, "take", lambda name, rate, now: True)
    monkeypatch.setattr("django.template.backends.django.Template.render", lambda *_words: "")
    monkeypatch.setattr("tinhso.kernel.access.refusals.record", lambda *_words, **_facts: None)
    with clock.frozen(NOON):
        by = {"by": gate.everything, "at": NOON}
        trip = declare.submit_trip(trip=declare.draft_trip(draft=fruit_draft(gate), **by), **by)
        customs = Force.objects.get(code="HAIQUAN")
        tasks.place_hold(trip=trip, force=customs, reason="Chứng từ không khớp", reason_code="DOC_MISMATCH", **by)
        transfer = Transfer(yard=trip.yard, point=trip.point, started_at=NOON)
        made = Walk(trip, {
            "transfer": TRANSFER.create(transfer, **by),
            "trip": trip,
            "task": ClearanceTask.objects.get(trip=trip, kind="CUSTOMS_DOC"),
            "hold": Hold.objects.get(trip=trip),
            "fee": FeeAssessment.objects.get(trip=trip),
            "naming": FirmNaming.objects.create(
                trip=trip, firm=trip.enterprise, point=trip.point, named_at=NOON, named_by=gate.everything.id
            ),
        })  # fmt: skip
        people(gate, made)
        yield made


def people(gate, made: Walk) -> None:
    other = make_firm("Công ty khác", "4900999996")
    for one in holders():
        if one.code == "SYSTEM":
            continue
        for here in (True, False):
            person = make_person(f"{one.code} {here}")
            place = gate.points[HERE if here else ELSEWHERE].pk
            scope = {
                "firm": {"agency": made.trip.agency_id if here else other.pk},
                "trip": {"record": made.trip.pk if here else UUID(int=7)},
                "point": {"place": place},
                "everywhere": {},
            }[where_of(one.code)]
            for role in one.roles:
                if role == FORCE_ROLE:
                    grant(person, role, place=place, agency=Force.objects.get(code=one.code).pk)
                else:
                    grant(person, role, **scope)
            client = Client(raise_request_exception=False)
            client.force_login(make_account(person), backend="tinhso.kernel.identity.backends.AccountBackend")
            (made.home if here else made.strangers)[one.code] = client
            made.actors[one.code, here] = person.actor()


def test_the_table_knows_every_right_every_step_and_every_call_of_the_api():
    assert {row.right for row in RULED} == {
        right.code.partition(".")[2] for right in PERMISSIONS if right.room == LABEL
    }
    told = {step: row.right for row in RULED for step in row.steps}
    for name, flow in FLOW_OF.items():
        for step in flow.steps:
            assert f"{name}.{step.name}" in told, f"add the step {name}.{step.name} to tables/powers.csv"
    assert told.keys() == {f"{name}.{step.name}" for name, flow in FLOW_OF.items() for step in flow.steps}
    calls = {call for row in power_rows() for call in row.operations}
    assert calls == {call for call in operations() if "/steps/" not in call}


def test_a_right_stands_in_one_row():
    rights = [row.right for row in RULED]

    assert sorted(rights) == sorted(set(rights))


def test_each_page_stands_in_the_row_of_the_right_that_its_door_asks_for():
    listed = {page: row for row in power_rows() for page in row.pages}
    assert listed.keys() <= PAGES.keys()
    for name, pattern in PAGES.items():
        asked = getattr(pattern.callback, "permission", "")
        row = listed.get(name) or OF_RIGHT.get(asked)
        assert row is not None, f"the page {name} has no door: add it to tables/powers.csv"
        assert asked == (f"{LABEL}.{row.right}" if row.right else ""), name


def test_the_roles_grant_exactly_what_the_table_says(gate):
    assert [(line.right, line.cells) for line in compared(powers()) if not line.agrees] == []


def test_the_short_table_of_the_brief_holds():
    def alone(*rights: str) -> set[str]:
        return {who for row in RULED if row.right in rights for who in row.who} - {"SYSTEM"}

    assert alone("cross_in_trip", "cross_out_trip", "return_in_trip") == {"BIENPHONG"}
    assert alone("arrive_trip", "walk_up_trip") == {"BIENPHONG", "CSGT", "BQLKKT"}
    assert alone("yard_in_trip") == {"YARD"}
    assert alone("issue_order") == {"CSGT", "BQLKKT"}
    assert alone("release_out_trip", "release_inland_trip", "release_empty_back_trip") == {"HAIQUAN"}
    assert alone("assess_fee", "collect_fee", "refund_fee") == {"BQLKKT"}
    assert alone("place_hold", "lift_hold", "work_task") == set(FORCES)
    assert alone("override_hold") == {"LEADER"}
    assert alone("place_moratorium") == {"LEADER", "BQLKKT"}
    assert alone("view_papers") == {"BIENPHONG", "KDYT", "ENTERPRISE", "AUDITOR"}
    assert not {right for right in OF_RIGHT if "SYSADMIN" in OF_RIGHT[right].who}
    assert {row.right for row in RULED if "AUDITOR" in row.who} <= {
        *("view_trip", "view_goods", "view_parties", "view_papers", "view_board", "view_report", "view_signals"),
    }


def test_every_role_does_exactly_its_steps_at_home_and_none_elsewhere(walk):
    wrong = []
    for row in RULED:
        for step in row.steps:
            name, _dot, verb = step.partition(".")
            for who in PEOPLE:
                for here in (True, False):
                    wanted = who in who_does(step) and _reaches(row, who, here)
                    if _may_do(walk, name, verb, row, walk.actors[who, here]) != wanted:
                        wrong.append((who, "home" if here else "elsewhere", step))

    assert wrong == []


def who_does(step: str) -> set[str]:
    """Some steps have two rows: goods are customs' to consent to, drivers the Border Guard's."""
    return {who for row in RULED if step in row.steps for who in row.who}


def _reaches(row: PowerRow, who: str, here: bool) -> bool:
    """Force work reaches the customs' own records only; who has no borders is at home everywhere."""
    if row.where == OF_FORCE:
        return here and who == "HAIQUAN"
    return here or where_of(who) == "everywhere"


def _may_do(walk: Walk, name: str, verb: str, row: PowerRow, by: Actor) -> bool:
    """Whether the database refuses for the lack of a right; what else stands in the way is not asked here."""
    record = walk.records.get(name)
    makes_one = not any(step.source for step in FLOW_OF[name].steps if step.name == verb)
    if record is None or makes_one:
        force = Force.objects.get(code="HAIQUAN").pk if row.where == OF_FORCE else walk.trip.agency_id
        there = Where(place=walk.trip.point_id, agency=force, record=walk.trip.pk)
        return any(may(by, f"{LABEL}.{one.right}", there, NOON) for one in RULED if f"{name}.{verb}" in one.steps)
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            bind(by)
            cursor.execute(
                f"select {record._meta.db_table}_fire(%s::uuid, %s::text, %s::timestamptz, null, '{{}}'::jsonb)",
                [record.pk, verb, NOON],
            )
            transaction.set_rollback(True)
    except DatabaseError as error:
        return getattr(error.__cause__, "sqlstate", "") != "FI403"
    return True


def test_every_door_opens_to_exactly_those_whom_the_table_names(walk, monkeypatch):
    monkeypatch.setattr(doors, "require", opening(doors.require))
    listed = {page: row for row in power_rows() for page in row.pages}
    wrong = []
    for name, pattern in PAGES.items():
        row = listed.get(name) or OF_RIGHT[pattern.callback.permission]
        if not row.right:
            continue
        led = {who for who in PEOPLE if knock(pattern, walk.actors[who, True]) == OPEN}
        wrong += [(who, name) for who in led ^ (set(row.who) - {"SYSTEM"})]
        if knock(pattern, NOBODY) != SIGN_IN:
            wrong.append((ANYONE, name))

    assert wrong == []


def test_pages_without_a_right_ask_nobody_who_he_is_and_a_drivers_wants_its_link(walk):
    for row in power_rows():
        for name in row.pages if not row.right else ():
            answer = Client().get(address_of(PAGES[name]), **FORM)
            assert "dang-nhap" not in answer.headers.get("Location", ""), name
            assert answer.status_code in ({302, 403, 404, 405} if row.where == LINK else {200, 302, 404}), name


def test_no_page_of_a_trip_opens_to_the_same_role_elsewhere(walk):
    wrong = []
    trips_own = [pattern for pattern in urlpatterns if "<uuid:trip_id>" in str(pattern.pattern)]
    away = [who for who in PEOPLE if where_of(who) != "everywhere"]
    for pattern in trips_own:
        wrong += [(who, pattern.name) for who in away if knock(pattern, walk.actors[who, False], walk.trip.pk) == OPEN]

    assert len(trips_own) > 30
    assert wrong == []


def opening(asked: Callable[..., None]) -> Callable[..., None]:
    """The same question, and behind the door nothing: how the page is drawn is not asked here."""

    def ask_and_stop(*words: object) -> None:
        asked(*words)
        raise Opened

    return ask_and_stop


def knock(pattern: URLPattern, by: Actor, trip: UUID | None = None) -> str:
    """What becomes of one who asks for the page, and where it only takes forms sends one."""
    for made in (FACTORY.get, FACTORY.post):
        request = made(address_of(pattern, trip))
        request.actor, request.moment, request.session, request.user = by, NOON, {}, AnonymousUser()
        try:
            answer = pattern.callback(request, **values_of(pattern, trip))
        except Opened:
            return OPEN
        except (Forbidden, NotFound, Http404):
            return REFUSED
        if answer.status_code != 405:
            return SIGN_IN if "dang-nhap" in answer.headers.get("Location", "") else OPEN
    raise AssertionError(f"{pattern.name} takes neither GET nor POST")


def address_of(pattern: URLPattern, trip: UUID | None = None) -> str:
    return reverse(f"{LABEL}:{pattern.name}", kwargs=values_of(pattern, trip))


def values_of(pattern: URLPattern, trip: UUID | None = None) -> dict[str, object]:
    made_up = {"UUIDConverter": UUID(int=1), "Day": NOON.date(), "IntConverter": 1}
    found = {name: made_up.get(type(one).__name__, "khong-co") for name, one in pattern.pattern.converters.items()}
    return found | ({"trip_id": trip} if trip and "trip_id" in found else {})


def test_every_call_of_the_api_answers_exactly_those_whom_the_table_names(walk):
    wrong = []
    for row in power_rows():
        for call in row.operations:
            for who in PEOPLE:
                for here in (True, False):
                    client = (walk.home if here else walk.strangers)[who]
                    status = ask(client, call, walk)
                    if not _fits(status, row, who, here, call):
                        wrong.append((who, here, call, status))
            anonymous = ask(Client(), call, walk)
            if anonymous != (200 if row.who == (ANYONE,) else 401):
                wrong.append((ANYONE, True, call, anonymous))

    assert wrong == []


def _fits(status: int, row: PowerRow, who: str, here: bool, call: str) -> bool:
    """Who may is answered, who may not is refused or told that there is nothing."""
    if row.who == (ANYONE,) or call == "GET /trips":
        return status == 200
    if call == "GET /namings":  # of one's own firm, wherever it is
        return status == (200 if who in row.who else 403)
    if row.right == "submit_trip":  # one declares for one's own firm, wherever it is
        return (status != 403) == (who in row.who and where_of(who) in {"firm", "point"} and who != "HELPDESK")
    if who in row.who and _seen_there(who, here, call):
        return status not in {401, 403, 404, 500}
    return status in {403, 404}


def _seen_there(who: str, here: bool, call: str) -> bool:
    if where_of(who) == "firm":
        return here and call in OF_THE_TRIP_ITSELF
    if call == "POST /tasks/{id}/samples":  # a check is its own force's alone: that of this walk is customs'
        return here and who == "HAIQUAN"
    if where_of(who) == "trip" and "/transfers/" in call:  # several vehicles' goods stand on it
        return False
    if who == "AHEAD_FIRM":  # its link opens that one naming, not the trip
        return False
    return here or where_of(who) == "everywhere"


def ask(client: Client, call: str, walk: Walk) -> int:
    method, _space, path = call.partition(" ")
    kind = path.split("/")[1].removesuffix("s")
    record = walk.records.get(kind)
    address = API + path.replace("{id}", str(record.pk) if record else "").replace("{code}", f"{HERE}-B1")
    if method == "GET":
        return client.get(address).status_code
    return client.post(address, body_of(path, walk), content_type="application/json").status_code


def body_of(path: str, walk: Walk) -> dict[str, object]:
    """What the call is sent: good enough to meet the question of rights."""
    where = {"trip": str(walk.trip.pk), "seen_at": NOON.isoformat(), "lat": 21.85, "lon": 106.76}
    load = {"giver": str(walk.trip.pk), "kg": 100}
    return {
        "passages": {"plate": "12C12345", "ask_only": True},
        "readings": {"id": str(UUID(int=9)), "plate": "12C12345", "confidence": 0.9, "read_at": NOON.isoformat()},
        "positions": {"pings": [where]},
        "samples": {"result": "CLEAN"},
        "customs-statuses": {"customs_no": "106123456789", "status": "lodged"},
        "transfers": {"yard": walk.trip.yard.code, "loads": [load]},
        "corrections": {"loads": [load]},
        "disownings": {"reason": ""},
        "vehicles": {"vehicle": {}, "carries": [{"line": 1, "kg": 1}]},
        "true-firms": {"tax_code": "4900234569", "consent": False},
        "pairs": {"other": str(walk.trip.pk)},
        "weighings": {"id": str(UUID(int=8)), "plate": "12C12345", "kg": 30_000, "weighed_at": NOON.isoformat()},
        "events": {
            "id": str(UUID(int=7)),
            "seal_no": "VN000001",
            "event": "armed",
            "plate": "12C12345",
            "happened_at": NOON.isoformat(),
        },
    }.get(path.rpartition("/")[2], {"rows": [{}]})


def operations() -> set[str]:
    """Method and path of every call, its own names of the record left out."""
    return {
        f"{method} {re.sub(r'{uuidstr:[a-z_]+}', '{id}', path)}"
        for one in (
            router,
            customs,
            declarations,
            inflow,
            more_vehicles,
            namings,
            positions,
            readings,
            devices,
            samples,
            transfers,
        )
        for path, view in one.path_operations.items()
        for operation in view.operations
        for method in operation.methods
    }
