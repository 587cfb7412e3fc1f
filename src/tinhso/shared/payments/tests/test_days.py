"""Wallets, comparisons and closings: sums that agree to the đồng."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.shared.payments.actions import closing, counter, reconcile, refunds, simulated, wallets
from tinhso.shared.payments.adapters import simulator
from tinhso.shared.payments.models import DailyClosing, Obligation, Receipt, Refund, StatementLine, Wallet, WalletMove
from tinhso.shared.payments.permissions import PAYER
from tinhso.shared.payments.rules.codes import PaymentRefusal
from tinhso.shared.payments.tests.conftest import NOON, TODAY
from tinhso.shared.payments.tests.test_money import transfer

HOUR = timedelta(hours=1)


@pytest.fixture
def firm(till):
    """A firm's clerk with a wallet."""
    from tinhso.kernel.organisations.models import Agency

    agency = Agency.objects.create(code="F490", name="Công ty An", kind="firm", valid_from=TODAY)
    clerk = Actor(uuid7(), "person", "An")
    grant(clerk, PAYER, agency=agency)
    wallets.open_wallets(payee_code="tests.fee", references={agency.pk: "VI4900234569"}, at=NOON)
    wallets.open_wallets(payee_code="tests.fee", references={agency.pk: "VI4900234569"}, at=NOON)
    return clerk, Wallet.objects.get()


def collect(till, *owed: Obligation) -> list[Receipt]:
    return counter.collect(obligation_ids=[one.pk for one in owed], method="CARD", by=till.cashier, at=NOON)


def test_a_wallet_is_topped_up_pays_and_is_never_below_nought(till, firm):
    clerk, wallet = firm
    first, second = (till.owe(payer_id=wallet.agency_id) for _ in range(2))
    transfer(till, "nap vi VI4900234569", 2_000_000)
    wallet.refresh_from_db()

    wallets.pay_from_wallet(wallet=wallet, obligation_id=first.pk, by=clerk, at=NOON)
    with pytest.raises(PaymentRefusal, match="PM-012"):
        wallets.pay_from_wallet(wallet=wallet, obligation_id=second.pk, by=clerk, at=NOON)

    assert list(WalletMove.objects.order_by("id").values_list("amount", "balance")) == [
        (2_000_000, 2_000_000),
        (-1_300_000, 700_000),
    ]
    assert (Wallet.objects.get().balance, Obligation.objects.get(pk=second.pk).state) == (700_000, "open")


def test_only_the_firms_own_pay_and_only_what_it_owes(till, firm):
    clerk, wallet = firm
    transfer(till, wallet.reference, 5_000_000)

    with pytest.raises(Forbidden):
        wallets.pay_from_wallet(wallet=wallet, obligation_id=till.owe().pk, by=till.cashier, at=NOON)
    with pytest.raises(PaymentRefusal, match="PM-005"):
        wallets.pay_from_wallet(wallet=wallet, obligation_id=till.owe().pk, by=clerk, at=NOON)


def test_what_a_wallet_paid_goes_back_into_it(till, firm):
    clerk, wallet = firm
    owed = till.owe(payer_id=wallet.agency_id)
    transfer(till, wallet.reference, 1_300_000)
    wallets.pay_from_wallet(wallet=wallet, obligation_id=owed.pk, by=clerk, at=NOON)
    refund = refunds.ask_refund(obligation_id=owed.pk, reason="Chuyến bị hủy", by=till.cashier, at=NOON)
    refunds.approve_refund(refund=refund, by=till.accountant, at=NOON)

    refunds.send_refunds(NOON)
    refunds.send_refunds(NOON)

    assert (Wallet.objects.get().balance, Refund.objects.get().state) == (1_300_000, "settled")
    assert Obligation.objects.get(pk=owed.pk).state == "refunded"


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.tuples(st.sampled_from(["top", "pay"]), st.integers(1, 3_000_000)), min_size=1, max_size=8))
def test_the_moves_of_a_wallet_are_its_balance(till, firm, moves):
    clerk, wallet = firm
    for kind, amount in moves:
        if kind == "top":
            transfer(till, wallet.reference, amount)
            continue
        owed = till.owe(amount, payer_id=wallet.agency_id)
        if Wallet.objects.get(pk=wallet.pk).balance >= amount:
            wallets.pay_from_wallet(wallet=wallet, obligation_id=owed.pk, by=clerk, at=NOON)
            continue
        with pytest.raises(PaymentRefusal, match="PM-012"):
            wallets.pay_from_wallet(wallet=wallet, obligation_id=owed.pk, by=clerk, at=NOON)

    balance = Wallet.objects.get(pk=wallet.pk).balance
    assert balance == sum(WalletMove.objects.filter(wallet=wallet).values_list("amount", flat=True)) >= 0


@settings(max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.integers(1, 2_000_000), min_size=1, max_size=6))
def test_whatever_comes_no_dong_is_lost(till, sums):
    owed = till.owe(1_000_000)
    for amount in sums:
        transfer(till, owed.reference, amount)

    lines = list(StatementLine.objects.filter(obligation=owed))
    received = Obligation.objects.get(pk=owed.pk).received
    owed_back = Refund.objects.filter(line__in=lines).values_list("amount", flat=True)
    assert sum(line.amount for line in lines) == sum(sums) == received + sum(owed_back)
    assert received == min(1_000_000, sum(sums))


def test_a_day_on_which_all_agree(till):
    owed = till.owe()
    transfer(till, owed.reference, 1_300_000)
    collect(till, till.owe())

    row = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + HOUR)

    assert (row.stated, row.differences.count()) == (True, 0)
    sums = {name: row.figures[name] for name in ("paid", "receipts", "told", "stated", "applied", "paid_by_bank")}
    assert sums == {
        "paid": 2_600_000,
        "receipts": 2_600_000,
        "told": 1_300_000,
        "stated": 1_300_000,
        "applied": 1_300_000,
        "paid_by_bank": 1_300_000,
    }


def test_what_the_bank_never_told_is_found_in_its_statement(till):
    owed = till.owe()
    simulator.switch("wrong")
    transfer(till, owed.reference, 1_300_000)
    assert StatementLine.objects.count() == 0
    simulator.switch("well")

    row = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + HOUR)

    assert Obligation.objects.get(pk=owed.pk).state == "paid"
    assert list(row.differences.values_list("kind", "amount")) == [("not_told", 1_300_000)]
    simulated.tell(NOON + HOUR)
    assert StatementLine.objects.get().told_at is not None
    again = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + 2 * HOUR)
    assert again.differences.count() == 0


def test_differences_are_explained_with_a_reason_and_stay_explained(till):
    transfer(till, "khong ro cua ai", 500_000)
    transfer(till, till.owe().reference, 2_000_000)
    row = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + HOUR)
    found = {one.kind: one for one in row.differences.all()}
    assert {kind: one.amount for kind, one in found.items()} == {"unknown": 500_000, "surplus": 700_000}

    with pytest.raises(PaymentRefusal, match="PM-008"):
        reconcile.explain_difference(difference=found["unknown"], reason="ok", by=till.accountant, at=NOON)
    with pytest.raises(Forbidden):
        reconcile.explain_difference(difference=found["unknown"], reason="Đã hỏi người nộp", by=till.cashier, at=NOON)
    reconcile.explain_difference(difference=found["unknown"], reason="Đã hỏi người nộp", by=till.accountant, at=NOON)
    again = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + 2 * HOUR)

    assert again.differences.filter(resolved_at=None).count() == 1


def test_without_the_bank_a_day_is_compared_and_waits_for_its_statement(till):
    transfer(till, till.owe().reference, 1_300_000)
    simulator.switch("down")

    row = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + HOUR)

    assert (row.stated, list(row.differences.values_list("kind", flat=True))) == (False, ["not_stated"])


def test_each_receipt_lies_in_exactly_one_closing(till):
    collect(till, till.owe(), till.owe(500_000))
    first = closing.close_day(payee=till.payee, by=till.accountant, at=NOON + HOUR)
    transfer(till, till.owe().reference, 1_300_000)
    second = closing.close_day(payee=till.payee, by=till.accountant, at=NOON + 2 * HOUR)

    with pytest.raises(PaymentRefusal, match="PM-016"):
        closing.close_day(payee=till.payee, by=till.accountant, at=NOON + 3 * HOUR)
    assert [first.number, second.number] == ["KS-TH-2026-0001", "KS-TH-2026-0002"]
    assert [(first.first_serial, first.last_serial), (second.first_serial, second.last_serial)] == [(1, 2), (3, 3)]
    assert first.figures["methods"] == [{"method": "CARD", "count": 2, "amount": 1_800_000}]
    assert {share["code"]: share["amount"] for share in first.figures["shares"]} == {
        "kept": 180_000,
        "budget": 1_620_000,
    }
    whole = sum(DailyClosing.objects.values_list("amount", flat=True))
    assert whole == sum(Receipt.objects.values_list("amount", flat=True)) == 3_100_000


def test_who_may_not_close_does_not(till):
    collect(till, till.owe())

    with pytest.raises(Forbidden):
        closing.close_day(payee=till.payee, by=till.cashier, at=NOON)


@pytest.mark.parametrize("table", ["receipt", "payment", "walletmove", "dailyclosing"])
def test_what_is_written_stays(till, table):
    from django.db import DatabaseError, transaction

    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(f"update shared_payments_{table} set amount = 1")
