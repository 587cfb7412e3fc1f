import json
from datetime import timedelta
from types import SimpleNamespace

import pytest
from django.test import Client

from tinhso.kernel.access.limits import Rate
from tinhso.kernel.access.models import Bucket
from tinhso.kernel.api import health, openapi
from tinhso.kernel.api.models import GivenAnswer
from tinhso.kernel.base import clock
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.credentials import digest
from tinhso.kernel.identity.models import ApiKey
from tinhso.kernel.metrics.models import ReferenceFigure
from tinhso.kernel.testing.people import make_account, make_person

pytestmark = [pytest.mark.django_db, pytest.mark.urls("tinhso.kernel.api.tests.sample")]
NOTES = "/api/v1/tests/notes/"
SECRET = "ts_secret"


def new_key(secret=SECRET, **fields):
    return ApiKey.objects.create(name="scales", prefix=secret[:11], digest=digest(secret), created_by=uuid7(), **fields)


@pytest.fixture
def machine():
    new_key()
    return Client(headers={"authorization": f"Bearer {SECRET}", "accept-language": "en"}, raise_request_exception=False)


def post(client, address, body, **headers):
    return client.post(NOTES + address, json.dumps(body), content_type="application/json", headers=headers)


def test_nobody_gets_through_unless_the_route_is_public(client):
    assert client.get(NOTES + "open").json() == {"open": True}

    refused = client.get(NOTES + "mine", headers={"accept-language": "en"})

    assert refused.status_code == 401
    assert refused["Content-Type"] == "application/problem+json"
    assert refused["WWW-Authenticate"].startswith("Bearer")
    assert refused.json()["code"] == "unauthenticated"


@pytest.mark.parametrize("text", ["one\x00two", "half a pair: \ud800"])
def test_text_that_cannot_be_kept_is_the_callers_error(machine, text):
    refused = machine.post(NOTES + "raw", json.dumps({"text": text}), content_type="application/json")

    assert refused.status_code == 400
    assert refused.json()["code"] == "bad-request"


def test_a_key_says_which_machine_calls(machine):
    answered = machine.get(NOTES + "mine")

    assert answered.status_code == 200
    assert answered.json()["name"] == "scales"


@pytest.mark.parametrize("header", ["Bearer ts_wrong", "Bearer ", "Basic c2E6c2E=", "Bearer ts_x\x00y"])
def test_a_wrong_key_is_refused_and_not_ignored(client, header):
    assert client.get(NOTES + "mine", headers={"authorization": header}).status_code == 401


@pytest.mark.parametrize("ended", ["expires_at", "revoked_at"])
def test_a_key_whose_time_is_over_is_refused(client, ended):
    new_key(**{ended: clock.real() - timedelta(seconds=1)})

    assert client.get(NOTES + "mine", headers={"authorization": f"Bearer {SECRET}"}).status_code == 401


def test_a_refusal_is_told_as_a_problem_with_its_field_and_facts(machine):
    refused = post(machine, "notes", {"text": "a", "weight": -3})

    assert refused.status_code == 409
    assert refused.json() == {
        "type": "urn:tinhso:problem:too-light",
        "title": "not possible in the present state",
        "status": 409,
        "detail": "-3 kg is less than nothing",
        "code": "too-light",
        "instance": NOTES + "notes",
        "errors": [{"field": "weight", "code": "too-light", "detail": "-3 kg is less than nothing"}],
        "facts": {"weight": -3},
    }


def test_every_wrong_field_is_named(machine):
    refused = post(machine, "notes", {"weight": "many"})

    errors = {error["field"]: error["code"] for error in refused.json()["errors"]}
    assert refused.status_code == 422
    assert errors == {"text": "missing", "weight": "int-parsing"}


def test_a_body_that_is_no_json_is_a_problem(machine):
    refused = machine.post(NOTES + "notes", "{", content_type="application/json")

    assert (refused.status_code, refused["Content-Type"]) == (400, "application/problem+json")


@pytest.mark.parametrize("address", ["nothing", "notes/x/y"])
def test_an_unknown_address_is_a_problem(machine, address):
    refused = machine.get(NOTES + address)

    assert (refused.status_code, refused.json()["code"]) == (404, "not-found")


def test_a_wrong_method_is_a_problem_that_names_the_right_ones(machine):
    refused = machine.delete(NOTES + "notes")

    assert (refused.status_code, refused.json()["code"]) == (405, "method-not-allowed")
    assert sorted(refused["Allow"].replace(" ", "").split(",")) == ["GET", "POST"]


def test_an_error_of_ours_tells_nothing_of_the_inside(machine, caplog):
    failed = machine.get(NOTES + "bug")

    assert (failed.status_code, failed.json()["code"]) == (500, "internal")
    assert "secret inside" not in failed.content.decode()
    assert "secret inside" in caplog.text


def test_the_same_write_under_one_key_is_done_once(machine):
    first = post(machine, "notes", {"text": "a"}, **{"idempotency-key": "k1"})

    again = post(machine, "notes", {"text": "a"}, **{"idempotency-key": "k1"})

    assert (first.status_code, again.status_code) == (201, 201)
    assert first.json() == again.json()
    assert again["Idempotency-Replayed"] == "true"
    assert ReferenceFigure.objects.count() == 1


def test_another_body_under_the_same_key_is_refused(machine):
    post(machine, "notes", {"text": "a"}, **{"idempotency-key": "k1"})

    refused = post(machine, "notes", {"text": "b"}, **{"idempotency-key": "k1"})

    assert (refused.status_code, refused.json()["code"]) == (409, "idempotency-key-reused")


def test_a_refused_write_leaves_nothing_and_its_key_free(machine):
    post(machine, "notes", {"text": "a", "weight": -1}, **{"idempotency-key": "k1"})

    done = post(machine, "notes", {"text": "a", "weight": 1}, **{"idempotency-key": "k1"})

    assert done.status_code == 201
    assert ReferenceFigure.objects.count() == 1


def test_keys_of_two_actors_do_not_meet(machine, client):
    new_key("ts_other")
    post(machine, "notes", {"text": "a"}, **{"idempotency-key": "k1"})

    post(client, "notes", {"text": "b"}, **{"idempotency-key": "k1", "authorization": "Bearer ts_other"})

    assert ReferenceFigure.objects.count() == 2


def test_a_key_is_forgotten_after_its_time(machine):
    post(machine, "notes", {"text": "a"}, **{"idempotency-key": "k1"})
    GivenAnswer.objects.update(kept_until=clock.real() - timedelta(seconds=1))

    post(machine, "notes", {"text": "b"}, **{"idempotency-key": "k1"})

    assert ReferenceFigure.objects.count() == 2


def test_a_reader_who_has_the_version_gets_304(machine):
    tag = machine.get(NOTES + "mine")["ETag"]

    again = machine.get(NOTES + "mine", headers={"if-none-match": tag})

    assert (again.status_code, again.content, tag) == (304, b"", '"7"')


def test_a_writer_who_saw_another_version_is_stopped(machine):
    stale = machine.put(NOTES + "notes/1", headers={"if-match": '"6"'})
    nonsense = machine.put(NOTES + "notes/1", headers={"if-match": "six"})
    fresh = machine.put(NOTES + "notes/1", headers={"if-match": '"7"'})

    assert (stale.status_code, nonsense.status_code, fresh.status_code) == (412, 400, 200)


def test_pages_follow_each_other_without_gap_or_repeat(machine):
    for number in range(7):
        ReferenceFigure.objects.create(
            code=str(number), value=0, unit="kg", as_of=f"2026-11-{20 + number % 2}", source="tests"
        )
    seen, address = [], NOTES + "notes?limit=3"

    while address:
        page = machine.get(address)
        seen += page.json()["items"]
        address = page.get("Link", "").partition(">")[0].lstrip("<")

    assert seen == ["1", "3", "5", "0", "2", "4", "6"]


@pytest.mark.parametrize(
    "query", ["limit=0", "limit=201", "limit=x", "after=%00", "after=e30", "after=WzEsMl0", "after=!"]
)
def test_a_wrong_mark_or_limit_is_refused(machine, query):
    refused = machine.get(f"{NOTES}notes?{query}")

    assert refused.status_code in {400, 422}
    assert refused["Content-Type"] == "application/problem+json"


def test_a_caller_who_asks_too_much_waits(machine):
    machine.get(NOTES + "mine")
    Bucket.objects.update(tokens=0, at=clock.real())

    refused = machine.get(NOTES + "mine")

    assert (refused.status_code, refused.json()["code"]) == (429, "too-many-requests")
    assert refused["Retry-After"] == "1"
    assert refused.json()["facts"] == {"retry_after": 1}


@pytest.mark.parametrize(("per_minute", "wait"), [(600, "1"), (20, "3"), (7, "9")])
def test_the_wait_is_how_long_the_callers_own_bucket_needs(machine, monkeypatch, per_minute, wait):
    monkeypatch.setattr("tinhso.kernel.access.limits.MACHINE", Rate(per_minute))
    machine.get(NOTES + "mine")
    Bucket.objects.update(tokens=0, at=clock.real() + timedelta(minutes=1))

    refused = machine.get(NOTES + "mine")

    assert (refused.status_code, refused["Retry-After"]) == (429, wait)


def test_a_route_without_a_limit_answers_who_asks_too_much(machine):
    machine.get(NOTES + "mine")
    Bucket.objects.update(tokens=0, at=clock.real() + timedelta(minutes=1))

    assert machine.get(NOTES + "unlimited").status_code == 200


def test_the_whole_document_is_public_and_sound(client):
    found = client.get("/api/v1/openapi.json")

    document = found.json()
    assert found.status_code == 200
    assert document["openapi"].startswith("3.1")
    assert "/api/v1/kernel/metrics/figures" in document["paths"]
    identifiers = [
        operation["operationId"] for operations in document["paths"].values() for operation in operations.values()
    ]
    assert len(identifiers) == len(set(identifiers))


def test_each_room_has_a_document_of_its_own(client):
    document = client.get("/api/v1/kernel/metrics/openapi.json").json()

    assert set(document["paths"]) == {path for path in openapi.whole_document()["paths"] if "/kernel/metrics/" in path}
    assert client.get("/api/v1/kernel/nothing/openapi.json").status_code == 404


def test_supervisors_are_answered(client):
    assert client.get("/healthz").content == b"ok\n"
    assert client.get("/readyz").json()["checks"]["database"] == "ok"
    assert client.get("/readyz").json()["checks"]["migrations"] == "ok"
    assert "process_resident_memory_bytes" in client.get("/metrics").content.decode()


@pytest.fixture
def official():
    """Somebody signed in with a session, whose browser checks are on."""
    person = make_person("An")
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    client.force_login(make_account(person))
    return client


def test_a_session_reads_but_writes_only_with_its_csrf_token(official):
    assert official.get(NOTES + "mine").json()["name"] == "An"

    refused = post(official, "notes", {"text": "a"})
    token = "a" * 32
    official.cookies["csrftoken"] = token
    done = post(official, "notes", {"text": "a"}, **{"x-csrftoken": token})

    assert (refused.status_code, refused.json()["code"]) == (403, "csrf")
    assert done.status_code == 201


def test_a_key_needs_no_csrf_token():
    new_key()
    client = Client(enforce_csrf_checks=True, headers={"authorization": f"Bearer {SECRET}"})

    assert post(client, "notes", {"text": "a"}).status_code == 201


def test_a_problem_is_told_in_the_callers_language(client):
    vietnamese = client.get(NOTES + "mine").json()
    english = client.get(NOTES + "mine", headers={"accept-language": "en"}).json()

    assert vietnamese["title"] == "Cần đăng nhập trước"
    assert english["title"] == "sign in first"


def test_a_relay_that_is_behind_is_not_ready(client, monkeypatch):
    late = SimpleNamespace(waiting_since=clock.real() - timedelta(minutes=5))
    monkeypatch.setattr(health.events, "standing", lambda: late)

    told = client.get("/readyz")

    assert (told.status_code, told.json()["checks"]["relay"]) == (503, "is behind")
