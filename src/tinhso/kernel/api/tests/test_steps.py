import json
from datetime import UTC, datetime

import pytest
from django.test import Client

from tinhso.kernel.access.refusals import ACTION, BOUND
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.credentials import digest
from tinhso.kernel.identity.models import ApiKey
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.tests.conftest import ground  # noqa: F401
from tinhso.kernel.workflow.tests.sample import CASE, Case

pytestmark = pytest.mark.urls("tinhso.kernel.api.tests.sample_steps")
NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
CASES = "/api/v1/tests/steps/cases/"


@pytest.fixture
def an(ground):  # noqa: F811
    return caller(ground.an, "ts_an")


@pytest.fixture
def chi(ground):  # noqa: F811
    return caller(ground.chi, "ts_chi")


@pytest.fixture
def case(ground):  # noqa: F811
    made = Case(kind="plain", place=ground.here, weight=50)
    return CASE.create(made, by=ground.an, at=NOON)


def caller(actor, secret):
    ApiKey.objects.create(
        name=actor.name, holder_id=actor.id, prefix=secret, digest=digest(secret), created_by=actor.id
    )
    return Client(headers={"authorization": f"Bearer {secret}"}, raise_request_exception=False)


def step(client, case, name, body=None, **headers):
    content = json.dumps(body) if body is not None else ""
    return client.post(f"{CASES}{case.pk}/steps/{name}", content, content_type="application/json", headers=headers)


def told(response):
    return {name: value for name, value in response.json().items() if name not in {"instance", "request"}}


def test_a_step_is_done_and_its_version_told(an, case):
    done = step(an, case, "file")

    assert done.status_code == 200
    assert done.json()["state"] == "filed"
    assert (done.json()["version"], done["ETag"]) == (2, '"2"')
    assert Case.objects.get(pk=case.pk).state == "filed"


def test_facts_of_the_body_reach_the_guards_and_the_history(an, case):
    step(an, case, "file")

    heavy = step(an, case, "weigh", {"limit": 10})
    light = step(an, case, "weigh", {"limit": 60})

    assert (heavy.status_code, heavy.json()["code"]) == (409, "X-HEAVY")
    assert light.status_code == 200
    assert History.objects.get(record_id=case.pk, step="weigh").facts == {"limit": 60}


def test_a_step_from_a_wrong_state_is_a_problem(an, case):
    refused = step(an, case, "close")

    assert (refused.status_code, refused["Content-Type"]) == (409, "application/problem+json")
    assert Case.objects.get(pk=case.pk).state == "draft"


@pytest.mark.parametrize("name", ["file", "weigh", "close"])
@pytest.mark.parametrize("headers", [{}, {"if-match": '"7"'}])
def test_a_stranger_is_told_of_a_record_what_he_is_told_of_an_id_that_nobody_has(chi, case, name, headers):
    nobodys = Case(pk=uuid7())
    BOUND.seen.clear()

    met, guessed = (step(chi, one, name, {"limit": 1}, **headers) for one in (case, nobodys))

    assert (met.status_code, guessed.status_code) == (404, 404)
    assert told(met) == told(guessed)
    assert chi.get(f"{CASES}{case.pk}").status_code == 404
    assert chi.get(f"{CASES}{case.pk}/history").status_code == 404


def test_the_stranger_who_met_a_record_leaves_a_line_in_the_audit(chi, case, ground):  # noqa: F811
    BOUND.seen.clear()

    step(chi, case, "file")
    step(chi, Case(pk=uuid7()), "file")

    lines = Entry.objects.filter(action=ACTION, actor=ground.chi.id)
    assert [line.record_id for line in lines] == [case.pk]


def test_who_sees_the_record_is_told_that_the_step_is_not_his(case, ground):  # noqa: F811
    reader = Actor(uuid7(), "person", "Đức")
    grant(reader, "sample.file", place=ground.here)

    refused = step(caller(reader, "ts_duc"), case, "expire")

    assert (refused.status_code, refused.json()["code"]) == (403, "forbidden")


def test_a_writer_who_saw_an_older_version_gets_412(an, case):
    step(an, case, "file")

    refused = step(an, case, "weigh", {"limit": 60}, **{"if-match": '"1"'})

    assert (refused.status_code, refused.json()["code"]) == (412, "stale")


def test_the_same_step_under_one_key_is_done_once(an, case):
    first = step(an, case, "file", **{"idempotency-key": "k1"})

    again = step(an, case, "file", **{"idempotency-key": "k1"})

    assert (first.status_code, again.status_code) == (200, 200)
    assert first.content == again.content
    assert Case.objects.get(pk=case.pk).version == 2


def test_a_refused_step_under_a_key_can_be_sent_again(an, case):
    refused = step(an, case, "close", **{"idempotency-key": "k1"})

    assert refused.status_code == 409
    assert step(an, case, "file", **{"idempotency-key": "k1"}).status_code == 200


def test_a_body_that_would_speak_for_the_platform_is_refused(an, case):
    bodies = ([], "x", {"by": "me"}, {"at": 1}, {"expected": 1})

    refused = [step(an, case, "file", body).status_code for body in bodies]

    assert refused == [422] * 5


def test_an_unknown_step_or_record_is_not_found(an, case):
    assert step(an, case, "fly").json()["code"] == "no-such-step"
    assert an.post(f"{CASES}{uuid7()}/steps/file", "", content_type="application/json").status_code == 404


def test_a_record_is_read_with_its_version_and_history(an, case):
    step(an, case, "file")

    read = an.get(f"{CASES}{case.pk}")
    known = an.get(f"{CASES}{case.pk}", headers={"if-none-match": read["ETag"]})
    history = an.get(f"{CASES}{case.pk}/history").json()

    assert read.json()["state"] == "filed"
    assert known.status_code == 304
    assert [row["step"] for row in history["items"]] == ["create", "file"]


def test_the_hot_path_asks_the_key_and_fires_nothing_more(an, case, django_assert_num_queries):
    an.get(f"{CASES}{case.pk}")

    with django_assert_num_queries(0):  # key and step go past the ORM and are not counted
        step(an, case, "file")
