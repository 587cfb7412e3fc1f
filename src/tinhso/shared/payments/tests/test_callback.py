"""The bank's signed message over the API: believed, taken once, never lost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.shared.payments.actions import simulated
from tinhso.shared.payments.adapters import simulator
from tinhso.shared.payments.models import Obligation, Payment, Receipt, StatementLine
from tinhso.shared.payments.tests.conftest import NOON

PATH = "/api/v1/shared/payments/callbacks/bank"


def message(till, *memos: str, amount: int = 1_300_000) -> dict[str, object]:
    made = [
        simulator.incoming(
            bank_bin=till.payee.bank_bin,
            account_no=till.payee.account_no,
            amount=amount,
            memo=memo,
            payer="Công ty An",
            at=NOON,
        )
        for memo in memos
    ]
    return simulated.signed(made)


def post(signed: dict[str, object], **changed: object):
    sent = {**signed, **changed}
    names = {"HTTP_X_TIMESTAMP": "timestamp", "HTTP_X_NONCE": "nonce", "HTTP_X_SIGNATURE": "signature"}
    headers = {header: str(sent[name]) for header, name in names.items()}
    client = Client(raise_request_exception=False, enforce_csrf_checks=True)
    return client.post(PATH, sent["body"], content_type="application/json", **headers)


def test_a_signed_message_pays_and_again_changes_nothing(till):
    owed = till.owe()
    told = message(till, owed.reference)

    first, second = post(told), post(told)

    assert [first.json(), second.json()] == [{"taken": 1, "known": 0}, {"taken": 0, "known": 1}]
    assert Obligation.objects.get(pk=owed.pk).state == "paid"


@pytest.mark.parametrize(
    "changed",
    [{"signature": "0" * 64}, {"signature": ""}, {"nonce": "x"}, {"timestamp": "1"}, {"body": b'{"transactions": []}'}],
)
def test_what_is_not_signed_so_is_not_believed(till, changed):
    owed = till.owe()

    answer = post(message(till, owed.reference), **changed)

    assert (answer.status_code, answer.json()["code"]) == (401, "PM-013")
    assert StatementLine.objects.count() == 0


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b'{"transactions": []}',
        b'{"transactions": [{"amount": 1}]}',
        json.dumps({"transactions": [{"amount": 1.5, "bank_bin": "970499"}]}).encode(),
    ],
)
def test_a_message_of_another_form_is_refused_whole(till, body):
    from tinhso.shared.payments.adapters import choice
    from tinhso.shared.payments.rules import signatures

    stamp, nonce = str(int(clock.real().timestamp())), "n" * 16
    signature = signatures.sign(secret=choice.secrets()[0], timestamp=stamp, nonce=nonce, body=body)

    answer = post({"body": body, "timestamp": stamp, "nonce": nonce, "signature": signature})

    assert (answer.status_code, answer.json()["code"]) == (422, "PM-014")


def test_an_unknown_reference_is_kept(till):
    answer = post(message(till, "tien dien thang 6"))

    assert answer.json() == {"taken": 1, "known": 0}
    assert StatementLine.objects.get().standing == "unknown"


def test_a_hundred_tellings_at_once_count_once(own_database, till):
    from django.db import connections

    owed = till.owe()
    told = message(till, owed.reference)

    def tell(_number: int) -> tuple[int, dict[str, int]]:
        try:
            answer = post(told)
            return answer.status_code, answer.json()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(tell, range(100)))

    assert {status for status, _ in answers} == {200}
    assert sum(said["taken"] for _, said in answers) == 1
    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
    assert Obligation.objects.get(pk=owed.pk).received == 1_300_000
