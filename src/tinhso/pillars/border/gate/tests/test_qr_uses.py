"""A code opens a control point once (BG-022): a copy opens nothing, the vehicle's own way back stays open."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
from django.db import ProgrammingError, connection

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.actions import fees, release
from tinhso.pillars.border.gate.actions.passages import Passage, Seen, decide, pass_barrier
from tinhso.pillars.border.gate.flows import TASK, TRIP
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, QrUse, Trip
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.rules.queue import FirstInLine
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_api import signed_in
from tinhso.pillars.border.gate.tests.test_barrier import accepted, barrier  # noqa: F401

MINUTE = timedelta(minutes=1)


def scan(gate, trip: Trip, kind: str, at=NOON, *, by: Actor | None = None, ask: bool = False) -> Passage:
    question = decide if ask else pass_barrier
    seen = Seen(qr=token_of(trip, at=NOON), confirmed=True)
    return question(barrier=barrier(kind), seen=seen, by=by or gate.everything, at=at)


def test_a_copy_at_the_same_barrier_is_told_where_and_when_the_code_was_used(gate, accepted):  # noqa: F811
    assert scan(gate, accepted, "buffer").open

    copy = scan(gate, accepted, "buffer", NOON + 60 * MINUTE)

    assert (copy.open, copy.refusal.code) == (False, "BG-022")
    assert f"đã dùng tại {barrier('buffer')} lúc {show_moment(NOON)}" in copy.refusal.for_people()
    assert copy.explanation.missing == "Mã QR này đã dùng tại đây"


def test_to_ask_uses_nothing_up(gate, accepted):  # noqa: F811
    assert scan(gate, accepted, "buffer", ask=True).open
    assert not QrUse.objects.exists()

    assert scan(gate, accepted, "buffer").open
    assert scan(gate, accepted, "buffer", NOON + 60 * MINUTE, ask=True).refusal.code == "BG-022"


def test_a_refused_passage_uses_nothing_up(gate, accepted):  # noqa: F811
    assert scan(gate, accepted, "entry").refusal.code == "BG-205"
    assert not QrUse.objects.exists()


def test_the_vehicle_goes_its_whole_way_with_one_code_and_a_copy_is_refused_after_each_step(gate, accepted):  # noqa: F811
    hour, who = 60 * MINUTE, {"by": gate.everything, "at": NOON + 60 * MINUTE}

    def passes(kind: str, at) -> None:
        passage = scan(gate, accepted, kind, at)
        assert passage.open, passage.refusal
        for soon in (MINUTE, 4 * MINUTE):
            assert scan(gate, accepted, kind, at + soon).refusal.code == "BG-022"

    passes("buffer", NOON)
    TRIP.fire(Trip.objects.get(pk=accepted.pk), "call", **who, first=FirstInLine(accepted.pk))
    passes("entry", NOON + hour)
    passes("yard", NOON + hour + 10 * MINUTE)
    TASK.fire_many(list(ClearanceTask.objects.values_list("id", flat=True)), "pass", **who, result="PASS")
    fees.pay_fee(fee=FeeAssessment.objects.get(), method="CARD", **who)
    release.release_trip(trip=Trip.objects.get(pk=accepted.pk), **who)
    passes("line", NOON + 2 * hour)
    passes("line", NOON + 4 * hour)

    assert Trip.objects.get(pk=accepted.pk).state == "returned_in"
    assert list(QrUse.objects.order_by("id").values_list("step", "leg")) == [
        ("enter_buffer", 1), ("arrive", 1), ("yard_in", 1), ("cross_out", 1), ("return_in", 1),
    ]  # fmt: skip


def test_the_plate_opens_as_before_and_remembers_nothing(gate, accepted):  # noqa: F811
    assert pass_barrier(barrier=barrier("buffer"), seen=Seen(plate="12C12345"), by=gate.everything, at=NOON).open

    assert not QrUse.objects.exists()


def test_two_scans_at_once_open_once(gate, accepted, as_owner):  # noqa: F811
    told: list[Passage] = []

    def go() -> None:
        try:
            told.append(scan(gate, accepted, "buffer"))
        finally:
            connection.close()

    threads = [threading.Thread(target=go) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert sorted(passage.open for passage in told) == [False, False, False, True]
    assert {passage.refusal.code for passage in told if not passage.open} == {"BG-022"}


def test_a_stranger_does_not_learn_that_a_code_was_used(gate, accepted):  # noqa: F811
    scan(gate, accepted, "buffer")

    with pytest.raises(Forbidden):
        scan(gate, accepted, "buffer", by=Actor(uuid7(), "person", "Chi"))


def test_the_same_key_gets_the_same_answer_and_another_is_refused(gate, accepted):  # noqa: F811
    guard = signed_in("BUFFER", place=gate.points["HN-1119"])
    address = f"/api/v1/border/gate/barriers/{barrier('buffer').code}/passages"
    body = {"qr": token_of(accepted, at=NOON), "confirmed": True}

    with clock.frozen(NOON):
        first, again, other = (
            guard.post(address, body, content_type="application/json", headers={"Idempotency-Key": key})
            for key in ("k1", "k1", "k2")
        )

    assert (first.json()["open"], again.content) == (True, first.content)
    assert (other.json()["open"], other.json()["code"]) == (False, "BG-022")


def test_what_was_used_is_not_forgotten(gate, accepted):  # noqa: F811
    scan(gate, accepted, "buffer")

    with pytest.raises(ProgrammingError, match="permission denied"):
        QrUse.objects.all().delete()
