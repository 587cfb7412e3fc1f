import contextlib
from dataclasses import dataclass
from datetime import UTC, datetime

import pytest
from django.db import transaction
from pydantic import BaseModel

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.exchange import metrics, registry
from tinhso.kernel.exchange.call import ServiceFailed, call, digest_of
from tinhso.kernel.exchange.models import ExchangeCall
from tinhso.kernel.exchange.registry import NoSuchService, WrongQuestion
from tinhso.kernel.modules import declare
from tinhso.kernel.modules.declare import data_service
from tinhso.kernel.testing.people import grant, make_person

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)


class Question(BaseModel):
    plate: str
    day: int = 1


@dataclass
class Answer:
    plate: str
    since: datetime


@pytest.fixture(autouse=True)
def rooms(own_database, monkeypatch):
    """Services of this test only, and a database of its own: calls stay whatever is rolled back."""
    monkeypatch.setattr(declare.DATA_SERVICES, "_entries", {})

    @data_service("TS.STATUS", title="Status", permission="tests.ask_status", request=Question, response=Answer)
    def status(*, by, at, plate, day):
        if plate == "unknown":
            raise Refusal("no", code="TS-1", status=404)
        return {"plate": plate, "since": "no moment" if plate == "wrong" else at}

    @data_service("TS.SECRET", title="Secret", permission="tests.ask_status", sensitive=True)
    def secret(*, by, at, number):
        return {"number": number}

    @data_service("TS.BROKEN", title="Broken", permission="tests.ask_status")
    def broken(*, by, at):
        raise RuntimeError("inside")


@pytest.fixture
def an():
    person = make_person("An")
    grant(person, "tests.ask_status")
    return person.actor()


def remembered():
    return list(ExchangeCall.objects.order_by("id").values_list("code", "outcome", "refusal"))


def test_a_service_is_asked_by_its_code(an):
    answer = call("TS.STATUS", by=an, at=NOON, plate="98C-214.37")

    assert answer == {"plate": "98C-214.37", "since": "2026-11-20T05:00:00Z"}
    row = ExchangeCall.objects.get()
    assert (row.caller, row.outcome, row.at) == (an.id, "ok", NOON)
    assert row.ms > 0


def test_an_unknown_code_is_refused_by_name(an):
    with pytest.raises(NoSuchService) as refused:
        call("TS.NOTHING", by=an, at=NOON)

    assert refused.value.status == 404
    assert "TS.NOTHING" in refused.value.for_people()


def test_who_may_not_ask_is_refused_and_the_try_is_remembered():
    with pytest.raises(Forbidden):
        call("TS.STATUS", by=make_person("Chi").actor(), at=NOON, plate="x")

    assert remembered() == [("TS.STATUS", "refused", "forbidden")]


def test_a_question_of_the_wrong_shape_is_refused_with_its_fields(an):
    with pytest.raises(WrongQuestion) as refused:
        call("TS.STATUS", by=an, at=NOON, day="many")

    assert "day, plate" in refused.value.for_people()
    assert remembered() == [("TS.STATUS", "refused", "wrong-question")]


def test_a_services_own_refusal_reaches_the_asker(an):
    with pytest.raises(Refusal, match="TS-1"):
        call("TS.STATUS", by=an, at=NOON, plate="unknown")

    assert remembered() == [("TS.STATUS", "refused", "TS-1")]


@pytest.mark.parametrize(("code", "params"), [("TS.BROKEN", {}), ("TS.STATUS", {"plate": "wrong"})])
def test_a_service_that_breaks_or_answers_wrongly_is_not_available(an, caplog, code, params):
    with pytest.raises(ServiceFailed) as failed:
        call(code, by=an, at=NOON, **params)

    assert "inside" not in failed.value.for_people()
    assert code in caplog.text
    assert remembered() == [(code, "failed", "")]


def test_answers_of_sensitive_services_are_in_the_audit_without_what_was_asked(an):
    call("TS.SECRET", by=an, at=NOON, number="020068000001")

    entry = Entry.objects.get(action="kernel_exchange.read_service")
    assert entry.actor == an.id
    assert "020068000001" not in entry.payload
    assert "020068000001" not in ExchangeCall.objects.get().digest


def regretting(ask):
    """Ask inside a transaction that the caller then takes back."""
    with transaction.atomic():
        with contextlib.suppress(Refusal):
            ask()
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("code", "params", "kept"),
    [
        ("TS.STATUS", {"plate": "x"}, ("ok", "")),
        ("TS.STATUS", {"plate": "unknown"}, ("refused", "TS-1")),
        ("TS.STATUS", {}, ("refused", "wrong-question")),
        ("TS.BROKEN", {}, ("failed", "")),
    ],
)
def test_a_call_stays_when_the_caller_takes_his_transaction_back(an, code, params, kept):
    regretting(lambda: call(code, by=an, at=NOON, **params))

    assert remembered() == [(code, *kept)]


def test_the_reading_of_a_sensitive_answer_stays_as_well(an):
    regretting(lambda: call("TS.SECRET", by=an, at=NOON, number="020068000001"))

    assert Entry.objects.get(action="kernel_exchange.read_service").actor == an.id
    assert remembered() == [("TS.SECRET", "ok", "")]


def test_a_digest_tells_equal_questions_and_cannot_be_tried_out_without_the_key(settings):
    mine = digest_of({"number": "020068000001"})

    assert mine == digest_of({"number": "020068000001"}) != digest_of({"number": "020068000002"})
    settings.SECRET_KEY = "another installation"
    assert mine != digest_of({"number": "020068000001"})


def test_calls_are_counted(an):
    with clock.frozen(NOON):
        call("TS.STATUS", by=an, at=NOON, plate="a")
        call("TS.STATUS", by=an, at=NOON, plate="b")

        assert metrics.calls_today() == {("TS.STATUS", "ok"): 2}
        assert metrics.offered() == 3
        assert metrics.mean_ms()[("TS.STATUS",)] >= 0


def test_the_catalogue_tells_shapes_and_rights():
    offer = next(one for one in registry.offers() if one.code == "TS.STATUS")

    assert offer.permission == "tests.ask_status"
    assert offer.question["required"] == ["plate"]
    assert "since" in offer.answer["properties"]
