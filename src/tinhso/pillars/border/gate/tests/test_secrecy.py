"""A secret reason is its force's alone, over the API as on the pages: in a hold, and in the check that led to it."""

from __future__ import annotations

import json

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.events.event import Event
from tinhso.kernel.identity.models import Person
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import release, tasks
from tinhso.pillars.border.gate.flows import HOLD
from tinhso.pillars.border.gate.handlers import outward, overlays
from tinhso.pillars.border.gate.models import ClearanceTask, Hold
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import barrier, driver, secrecy
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_driver_pages import accepted, firm, opened  # noqa: F401
from tinhso.pillars.border.gate.tests.test_orders import at_noon, of_force  # noqa: F401

FINDING = "Nghi chở hàng cấm, chờ khám"
PAGES = "/api/v1/border/gate"


def told(client: Client, path: str) -> dict:
    """The facts of the last step of the record's history."""
    answer = client.get(f"{PAGES}/{path}/history")
    assert answer.status_code == 200
    return answer.json()["items"][-1]["facts"]


@pytest.fixture
def readers(gate, accepted):  # noqa: F811
    """The force that holds, another one at the point, the firm, the driver with his link."""
    person = make_person("An")
    grant(person, role_code("ENTERPRISE"), agency=accepted.agency)
    clerk = Client()
    clerk.force_login(make_account(person))
    return {
        "own": of_force(gate, "HAIQUAN"),
        "other": of_force(gate, "KDTV"),
        "firm": clerk,
        "driver": opened(accepted),
    }


@pytest.fixture
def failed(gate, accepted):  # noqa: F811
    """A check that customs did not pass, with the reason in question, and the hold that came with it."""

    def fail(reason_code: str) -> tuple[str, str]:
        task = ClearanceTask.objects.get(trip=accepted, kind="CUSTOMS_DOC")
        tasks.fail_task(task=task, reason=FINDING, reason_code=reason_code, by=gate.everything, at=accepted.created_at)
        return f"holds/{Hold.objects.get(trip=accepted).pk}", f"tasks/{task.pk}"

    return fail


@pytest.mark.parametrize("reader", ["other", "driver"])
def test_a_secret_reason_is_told_to_nobody_else(readers, failed, reader):
    for path in failed("SECURITY"):
        assert told(readers[reader], path) == {}


def test_a_secret_reason_is_told_to_its_force(readers, failed):
    for path in failed("SECURITY"):
        facts = told(readers["own"], path)
        assert (facts["reason"], facts["reason_code"]) == (FINDING, "SECURITY")


@pytest.mark.parametrize(
    ("reader", "wanted"),
    [
        ("own", (FINDING, "DOC_MISMATCH")),
        ("other", (FINDING, "DOC_MISMATCH")),
        ("driver", (None, "DOC_MISMATCH")),
    ],
)
def test_a_public_reason_is_told_as_on_the_pages(readers, failed, reader, wanted):
    for path in failed("DOC_MISMATCH"):
        facts = told(readers[reader], path)
        assert (facts.get("reason"), facts["reason_code"]) == wanted
        assert facts.get("note") in (None, wanted[0])


def test_a_firm_reads_holds_and_checks_on_its_own_page_only(readers, failed):
    answers = [readers["firm"].get(f"{PAGES}/{path}/history") for path in failed("DOC_MISMATCH")]

    assert [answer.status_code for answer in answers] == [404, 404]


def yard_of(trip) -> Client:
    person = make_person("Bãi")
    grant(person, role_code("YARD"), place=trip.point_id)
    client = Client()
    client.force_login(make_account(person))
    return client


def test_a_yard_reads_which_reason_and_no_finding(failed, accepted):  # noqa: F811
    for path in failed("DOC_MISMATCH"):
        facts = told(yard_of(accepted), path)
        assert (facts.get("reason"), facts["reason_code"]) == (None, "DOC_MISMATCH")
    assert FINDING not in yard_of(accepted).get(reverse("border_gate:trip", args=[accepted.pk])).content.decode()


def test_an_officer_of_another_force_reads_a_finding_that_is_not_secret(readers, failed, accepted):  # noqa: F811
    failed("DOC_MISMATCH")

    assert FINDING in readers["other"].get(reverse("border_gate:trip", args=[accepted.pk])).content.decode()


def test_every_channel_tells_the_owner_which_force_holds_and_never_why(gate, readers, failed, accepted):  # noqa: F811
    failed("SECURITY")
    hold = Hold.objects.select_related("force").get(trip=accepted)
    overlays.tell_held(Event("border_gate.hold_placed", HOLD.name, hold.pk, 1, NOON, hold.pk, {"reason": FINDING}, 1))
    grantee = make_person("Bình")
    grant(grantee, role_code("ENTERPRISE"), agency=accepted.agency)
    event = Event("border_gate.hold_placed", HOLD.name, hold.pk, 1, NOON, hold.pk, {"reason": FINDING}, 2)

    channels = {
        "webhook": str(outward.tell_hold(event, grantee.actor(), NOON)),
        "notice": str([(one.kind, one.fields) for one in Notice.objects.filter(kind__contains="held")]),
        "driver": str(driver.public_reason(hold)) + hold.force.code,
        "barrier": str(barrier.explain(accepted, refuse("BG-026"), at=NOON)),
        "API": readers["firm"].get(f"{PAGES}/trips/{accepted.pk}").content.decode(),
        "history": readers["firm"].get(f"{PAGES}/trips/{accepted.pk}/history").content.decode(),
    }

    names = (hold.force.code, str(hold.force), hold.force.short)
    for name in ("webhook", "notice", "barrier", "driver"):
        assert any(one in channels[name] for one in names), name
    for name, said in channels.items():
        assert not [word for word in (FINDING, "SECURITY", "an ninh", "Security") if word in said], name
    assert json.loads(channels["API"])["holds"] == 1


REVOKED = {"reason": FINDING, "reason_code": "SECURITY"}


def test_a_secret_reason_revokes_no_release(gate, accepted):  # noqa: F811
    with pytest.raises(GateRefusal, match="BG-251"):
        release.revoke_release(trip=accepted, by=gate.everything, at=NOON, **REVOKED)


def reader_of(gate, accepted, role: str):  # noqa: F811
    person = make_person(role)
    scope = {"agency": accepted.agency} if role == "ENTERPRISE" else {"place": accepted.point_id}
    grant(person, role_code(role), **scope)
    return person.actor()


@pytest.mark.parametrize(
    ("reader", "wanted"),
    [
        ("KDTV", {"reason": "Giấy mờ", "reason_code": "DOC_MISMATCH", "n": 1}),
        ("ENTERPRISE", {"reason_code": "DOC_MISMATCH"}),
    ],
)
def test_a_trips_steps_are_told_whole_to_officers_and_to_the_owner_what_is_his(gate, accepted, reader, wanted):  # noqa: F811
    by, at = reader_of(gate, accepted, reader), NOON

    assert secrecy.trip_told(accepted, by, at)({"reason": "Giấy mờ", "reason_code": "DOC_MISMATCH", "n": 1}) == wanted
    assert "reason" not in secrecy.trip_told(accepted, by, at)(REVOKED)
    assert secrecy.trip_told(accepted, by, at)({"fields": ["seal"], "reason": "Số mờ"}) == {
        "fields": ["seal"], "reason": "Số mờ"
    }  # fmt: skip


def test_a_yard_has_no_way_to_the_payers_page(accepted):  # noqa: F811
    answer = yard_of(accepted).get(reverse("border_gate:fee_checkout", args=[accepted.pk]))
    page = yard_of(accepted).get(reverse("border_gate:trip", args=[accepted.pk])).content.decode()

    assert answer.status_code == 404
    assert "VietQR" not in page


@pytest.mark.parametrize("role", ["BQLKKT", "ENTERPRISE"])
def test_who_pays_and_who_collects_come_to_the_payers_page(gate, accepted, role):  # noqa: F811
    client = Client()
    client.force_login(make_account(Person.objects.get(pk=reader_of(gate, accepted, role).id)))

    answer = client.get(reverse("border_gate:fee_checkout", args=[accepted.pk]))

    assert answer.status_code == 302
