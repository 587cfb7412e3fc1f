"""A program declares many vehicles in one call: an answer for each row, once, for its own firm alone."""

from __future__ import annotations

import json

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import BASE, signed_in
from tinhso.pillars.border.gate.tests.test_sheets import typed


@pytest.fixture(autouse=True)
def at_noon():
    with clock.frozen(NOON):
        yield


def row(number: int, **other: object) -> dict[str, object]:
    return {**typed(number), "paper_until": "2030-12-31", **other}


def declare(client: Client, *rows: dict[str, object], key: str = "k1", firm: str = ""):
    body = json.dumps({"firm": firm, "rows": rows})
    return client.post(f"{BASE}/declarations", body, content_type="application/json", HTTP_IDEMPOTENCY_KEY=key)


def test_each_row_is_answered_and_a_call_sent_twice_is_done_once(gate):
    client = signed_in("ENTERPRISE", agency=make_firm().pk)

    first, again = (declare(client, row(0), row(1, tractor="12R-001.23", kg_1=-1)) for _ in range(2))

    good, wrong = first.json()["rows"]
    assert (good["row"], good["state"], Trip.objects.get().source) == (1, "accepted", "API")
    assert {(one["code"], one["field"]) for one in wrong["problems"]} == {("BG-002", "tractor"), ("BG-036", "kg_1")}
    assert (again.json(), again["Idempotency-Replayed"]) == (first.json(), "true")


def test_more_than_five_hundred_rows_and_unknown_names_are_refused(gate):
    client = signed_in("ENTERPRISE", agency=make_firm().pk)

    many = declare(client, *(row(number) for number in range(501)))
    strange = declare(client, row(0, colour="red"), key="k2")

    assert (many.status_code, many.json()["code"]) == (422, "BG-341")
    assert strange.status_code == 422
    assert not Trip.objects.exists()


def test_nobody_declares_for_another_firm(gate):
    make_firm("Công ty Bình", "4900234576")
    own = signed_in("ENTERPRISE", agency=make_firm().pk)

    assert declare(own, row(0), firm="4900234576").status_code == 403
    assert declare(signed_in(), row(0)).status_code == 403
    assert declare(Client(), row(0)).status_code == 401
    assert not Trip.objects.exists()
