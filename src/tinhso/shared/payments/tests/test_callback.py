"""The bank's signed message over the API: believed, taken once, never lost."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.shared.payments.actions import hearing, simulated
from tinhso.shared.payments.adapters import choice, simulator
from tinhso.shared.payments.models import HeardMessage, Obligation, Payment, Receipt, StatementLine
from tinhso.shared.payments.rules import signatures
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


def test_a_signed_message_pays_and_replayed_is_answered_the_same(till):
    owed = till.owe()
    told = message(till, owed.reference)

    first, second = post(told), post(told)

    assert [first.json(), second.json()] == [{"taken": 1, "known": 0}] * 2
    assert (Obligation.objects.get(pk=owed.pk).state, StatementLine.objects.count()) == ("paid", 1)
    assert HeardMessage.objects.count() == 1


def test_a_transaction_told_in_another_message_is_known(till):
    made = simulated.pay(payee=till.payee, amount=5_000, memo="?", payer="An", manner="once", at=NOON)
    first, second = post(simulated.signed(made)), post(simulated.signed(made))

    assert [first.json(), second.json()] == [{"taken": 1, "known": 0}, {"taken": 0, "known": 1}]


def test_a_nonce_serves_one_message_alone(till):
    told, other = message(till, "mot"), message(till, "hai")
    signature = signatures.sign(
        secret=choice.secrets()[0], timestamp=str(other["timestamp"]), nonce=str(told["nonce"]), body=other["body"]
    )

    first, second = post(told), post(other, nonce=told["nonce"], signature=signature)

    assert (first.status_code, second.status_code, second.json()["code"]) == (200, 409, "PM-027")
    assert StatementLine.objects.get().memo == "mot"


def test_nonces_are_forgotten_once_nobody_would_believe_the_message(till):
    told = message(till, "mot")
    post(told)
    stamp = HeardMessage.objects.get().heard_at

    early = hearing.prune(stamp + 2 * signatures.TOLERANCE)
    late = hearing.prune(stamp + hearing.KEPT + timedelta(seconds=1))

    assert (early, late) == (0, 1)


def test_either_secret_signs_while_one_is_changed_for_another(till, settings):
    settings.BANK_SECRETS = ("cu" * 20,)
    old = message(till, "mot")
    settings.BANK_SECRETS = ("moi" * 20, "cu" * 20)
    during = [post(old), post(message(till, "hai"))]
    settings.BANK_SECRETS = ("cu" * 20,)
    stale = message(till, "ba")
    settings.BANK_SECRETS = ("moi" * 20,)
    after = [post(stale), post(message(till, "bon"))]

    assert [answer.status_code for answer in during] == [200, 200]
    assert [answer.status_code for answer in after] == [401, 200]


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
    assert [said for _, said in answers] == [{"taken": 1, "known": 0}] * 100
    assert StatementLine.objects.count() == 1
    assert (Payment.objects.count(), Receipt.objects.count()) == (1, 1)
    assert Obligation.objects.get(pk=owed.pk).received == 1_300_000
