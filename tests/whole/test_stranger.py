"""Every page and every API route, tried as nobody, as another firm's clerk and as another point's officer.

No answer is a fault, none tells anything of the record, and nothing of it changes.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.testing.stranger import Answer, Route, addresses, ask, routes, told
from tinhso.pillars.border.gate.tests import conftest as gates
from tinhso.pillars.border.gate.tests.conftest import NOON

PLATE, FIRM, DRIVER, TAX_CODE = "12C98765", "Công ty Bí Mật Mẫu Sơn", "Nông Bí Mật", "4900111222"
# They end the session that asks; who is signed out sees what nobody sees.
LEAVING = {"account_logout", "usersessions_list"}
METHODS = ("GET", "HEAD", "OPTIONS", "PUT", "PATCH", "DELETE", "POST")
LEFT_OUT = {method: LEAVING for method in METHODS if method != "GET"}


@dataclass(frozen=True)
class Secret:
    """A trip of somebody else at Hữu Nghị: ids for the addresses, and words that nobody else may read."""

    trip_id: str
    code: str
    words: tuple[str, ...]
    values: dict[str, list[str]]


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def gate(province: str) -> gates.Gate:
    return gates._gate()


@pytest.fixture
def secret(gate, at_noon) -> Secret:
    from tinhso.pillars.border.gate.actions import declare, tasks
    from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Force, Hold

    firm = gates.make_firm(FIRM, TAX_CODE)
    driver = gates.make_driver(DRIVER, "020090009876", employer=firm)
    drafted = gates.fruit_draft(gate, plate=PLATE, firm=firm, driver=driver)
    trip = declare.draft_trip(draft=drafted, by=gate.everything, at=NOON)
    trip = declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
    force = Force.objects.get(code="KDTV")
    words = {"reason": "Hai giấy ghi hai mã khác nhau", "reason_code": "DOC_MISMATCH"}
    tasks.place_hold(trip=trip, force=force, **words, by=gate.everything, at=NOON)
    account = make_account(driver.person)
    given = grant(driver.person, "border_driver", record=trip)
    task, hold = ClearanceTask.objects.filter(trip=trip).first(), Hold.objects.get(trip=trip)
    fee = FeeAssessment.objects.filter(trip=trip).first()
    rows = {
        "trip_id": trip,
        "task_id": task,
        "hold_id": hold,
        "fee_id": fee,
        "person_id": driver.person,
        "account_id": account,
        "grant_id": given,
        "vehicle_id": trip.tractor,
        "driver_id": driver,
    }
    named = {name: [str(row.pk)] for name, row in rows.items() if row is not None}
    said = (PLATE, "12C-987.65", FIRM, DRIVER, TAX_CODE, trip.code, trip.shown_code())
    return Secret(named["trip_id"][0], trip.code, said, _values(named, trip.code))


def _values(named: dict[str, list[str]], code: str) -> dict[str, list[str]]:
    """What fills the holes: the id that the hole is named for, else each id there is; codes in every word."""
    ids = [one for found in named.values() for one in found]
    codes = [code, "HN-1119-B1", "HN-1119", f"F{TAX_CODE}", PLATE]
    return {
        **named,
        "record_id": ids[:4],
        "uuid": ids,
        "uuidstr": ids,
        "int": ["1"],
        "str": codes,
        "slug": [*codes, "khoa", "dong-ho"],
        "path": codes,
        "name": ["border_gate.waiting", "dong-ho", "x"],
        "step": ["cancel", "pass", "lift", "pay"],
        "first_day": ["2025-07-01"],
        "day": ["2025-07-15"],
        "layer": ["places"],
        "z": ["10"],
        "x": ["812"],
        "y": ["448"],
    }


# Tells whether relay and sealer are at work; in a test they are not, and 503 is its honest answer.
MAY_BE_UNREADY = {"/readyz"}


def nobody(gate) -> Client:
    return Client(raise_request_exception=False)


def another_firms_clerk(gate) -> Client:
    firm = gates.make_firm("Công ty Người Lạ", "4900333444")
    return _signed_in([("border_enterprise", {"agency": firm.agency})])


def another_points_officer(gate) -> Client:
    from tinhso.pillars.border.gate.models import Force

    point = gate.points["CM-01"].place
    agency = Force.objects.get(code="HAIQUAN").agency
    return _signed_in([("border_haiquan", {"place": point}), ("border_force", {"place": point, "agency": agency})])


def _signed_in(roles: list[tuple[str, dict[str, object]]]) -> Client:
    person = make_person("Người Lạ")
    for role, scope in roles:
        grant(person, role, **scope)
    client = Client(raise_request_exception=False)
    client.force_login(make_account(person))
    return client


ALL = list(routes())


def tried(client: Client, secret: Secret, method: str, leave_out: set[str]) -> list[Answer]:
    wanted = [route for route in ALL if route.name not in leave_out]
    return [ask(client, method, path) for route in wanted for path in addresses(route, secret.values)]


def test_the_enumeration_knows_the_pages_and_the_api() -> None:
    patterns = {route.pattern for route in ALL}

    assert "cua-khau-so/luot-xe/<uuid:trip_id>/" in patterns
    assert any(pattern.startswith("api/v1/border/gate/trips/<") for pattern in patterns)
    assert len(patterns) > 100


def test_the_markers_are_found_where_one_may_look(gate, secret) -> None:
    client = _signed_in([("border_haiquan", {"place": gate.points["HN-1119"].place})])

    answer = ask(client, "GET", f"/cua-khau-so/luot-xe/{secret.trip_id}/")

    assert {"12C-987.65", FIRM, DRIVER, TAX_CODE} <= set(told(answer, secret.words))


@pytest.mark.parametrize("stranger", [nobody, another_firms_clerk, another_points_officer])
def test_a_stranger_is_told_nothing_and_breaks_nothing(gate, secret, stranger: Callable[..., Client]) -> None:
    from tinhso.pillars.border.gate.models import Hold, Trip

    before = Trip.objects.values_list("state", "version", "holds").get(code=secret.code)
    client = stranger(gate)

    answers = [answer for method in METHODS for answer in tried(client, secret, method, LEFT_OUT.get(method, set()))]

    broken = [one for one in answers if one.status >= 500 and one.path not in MAY_BE_UNREADY]
    assert [(one.method, one.path, one.status) for one in broken] == []
    leaks = [(one.method, one.path, told(one, secret.words)) for one in answers if told(one, secret.words)]
    assert leaks == []
    assert Trip.objects.values_list("state", "version", "holds").get(code=secret.code) == before
    assert Hold.objects.filter(state="active").count() == 1


def test_a_page_takes_only_the_methods_it_is_made_for(gate, secret):
    client = another_firms_clerk(gate)
    paths = [path for route in ALL for path in addresses(route, secret.values)[:1]]

    taken = {path for path in paths for method in ("PUT", "PATCH", "DELETE") if ask(client, method, path).status < 300}

    assert taken == set()


def test_a_hole_that_nothing_fits_is_noticed() -> None:
    with pytest.raises(LookupError):
        addresses(Route("x/<colour:shade>/", "x"), {"uuid": ["1"]})
