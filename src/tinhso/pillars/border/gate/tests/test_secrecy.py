"""A secret reason is its force's alone, over the API as on the pages: in a hold, and in the check that led to it."""

from __future__ import annotations

import pytest
from django.test import Client

from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Hold
from tinhso.pillars.border.gate.permissions import role_code
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
