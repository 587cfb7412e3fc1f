"""Money comes once, twice, short, late or never; every đồng has its place."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.timers import fire_due_steps
from tinhso.shared.payments import facade
from tinhso.shared.payments.actions import banking, counter, refunds, simulated, withdraw
from tinhso.shared.payments.adapters import simulator
from tinhso.shared.payments.models import Obligation, Payment, Receipt, Refund, StatementLine
from tinhso.shared.payments.rules.codes import PaymentRefusal
from tinhso.shared.payments.tests.conftest import NOON, SOURCE

HOUR = timedelta(hours=1)
WHY = "Nộp nhầm, đề nghị trả lại"


def transfer(till, memo: str, amount: int, manner="once", at=NOON):
    made = simulated.pay(payee=till.payee, amount=amount, memo=memo, payer="Công ty An", manner=manner, at=at)
    simulated.tell(at)
    return made


def again(one: Obligation) -> Obligation:
    return Obligation.objects.select_related("payee").get(pk=one.pk)


def test_a_transfer_pays_and_makes_the_receipt(till):
    owed = till.owe()

    transfer(till, f"CT {owed.reference} nop phi", 1_300_000)

    paid = again(owed)
    receipt = Receipt.objects.get(obligation=owed)
    assert (paid.state, paid.received, paid.method, paid.receipt_no) == ("paid", 1_300_000, "BANK_QR", "TH-2026-000001")
    assert [share["amount"] for share in receipt.text["shares"]] == [130_000, 1_170_000]
    assert receipt.text["words"] == "Một triệu ba trăm nghìn đồng"
    line = StatementLine.objects.get()
    assert (line.standing, line.applied, line.surplus, line.payment.amount) == ("matched", 1_300_000, 0, 1_300_000)


def test_paid_twice_the_second_goes_back(till):
    owed = till.owe()

    transfer(till, owed.reference, 1_300_000, "twice")

    refund = Refund.objects.get()
    assert Payment.objects.count() == 1
    assert Receipt.objects.count() == 1
    assert (refund.cause, refund.amount, refund.state, refund.to_account) == (
        "twice",
        1_300_000,
        "asked",
        simulator.PAYERS_ACCOUNT,
    )
    assert again(owed).state == "paid"


def test_too_much_pays_what_is_owed_and_the_rest_goes_back(till):
    owed = till.owe()

    transfer(till, owed.reference, 1_500_000)

    line = StatementLine.objects.get()
    assert (line.standing, line.applied, line.surplus) == ("over", 1_300_000, 200_000)
    assert (again(owed).state, Refund.objects.get().amount) == ("paid", 200_000)


def test_short_stays_open_with_what_is_missing_and_the_rest_pays(till):
    owed = till.owe()

    transfer(till, owed.reference, 1_300_000, "short")
    short = again(owed)
    transfer(till, owed.reference, short.missing, at=NOON + HOUR)

    assert (short.state, short.received, short.missing) == ("open", 1_299_000, 1_000)
    assert Receipt.objects.get().amount == 1_300_000
    assert sum(Payment.objects.values_list("amount", flat=True)) == 1_300_000
    assert again(owed).state == "paid"


def test_late_money_of_what_was_withdrawn_goes_back(till):
    owed = till.owe()
    transfer(till, owed.reference, 1_300_000, "late")

    withdraw.cancel_obligations(source=SOURCE, record_ids=[owed.record_id], at=NOON + HOUR)
    assert StatementLine.objects.count() == 0
    simulated.tell(NOON + 3 * HOUR)

    assert (again(owed).state, again(owed).received) == ("cancelled", 0)
    assert (Refund.objects.get().cause, Refund.objects.get().amount) == ("late", 1_300_000)


def test_never_is_reminded_and_expires_with_time(till):
    owed = till.owe(due_at=NOON + 48 * HOUR, expires_at=NOON + 72 * HOUR)
    transfer(till, owed.reference, 1_300_000, "never")

    fire_due_steps(NOON + 25 * HOUR)
    reminded = again(owed)
    fire_due_steps(NOON + 73 * HOUR)

    assert (reminded.state, reminded.remind_at) == ("open", None)
    assert (again(owed).state, StatementLine.objects.count()) == ("expired", 0)


def test_a_part_of_what_expired_is_proposed_once(till):
    owed = till.owe(expires_at=NOON + HOUR)
    transfer(till, owed.reference, 300_000)
    fire_due_steps(NOON + 2 * HOUR)

    for _ in range(2):
        refunds.propose_for_expired(obligation_id=owed.pk, at=NOON + 2 * HOUR)

    assert (Refund.objects.get().cause, Refund.objects.get().amount) == ("part", 300_000)


def test_unknown_money_is_kept_until_somebody_finds_whose_it_is(till):
    owed = till.owe()
    transfer(till, "nop phi xe 12C-123.45", 1_300_000)
    line = StatementLine.objects.get()
    assert (line.standing, line.surplus, again(owed).state) == ("unknown", 1_300_000, "open")

    banking.match_money(line=line, reference=owed.reference.lower(), by=till.accountant, at=NOON + HOUR)

    assert again(owed).state == "paid"
    with pytest.raises(PaymentRefusal, match="PM-020"):
        banking.match_money(line=line, reference=owed.reference, by=till.accountant, at=NOON + HOUR)


def test_money_on_an_account_that_nobody_knows_is_kept_too(till):
    stray = simulator.incoming(
        bank_bin="970499", account_no="999", amount=5, memo=till.owe().reference, payer="?", at=NOON
    )

    banking.take_transfers([stray], told=True, at=NOON)

    assert StatementLine.objects.get(account=None).standing == "unknown"


def test_the_counter_takes_cash_only_with_a_reason(till):
    owed = till.owe()
    ask = {"obligation_ids": [owed.pk], "by": till.cashier, "at": NOON}

    with pytest.raises(PaymentRefusal, match="PM-009"):
        counter.collect(**ask, method="CASH_EXCEPTION", reason="  ngắn  ")
    with pytest.raises(PaymentRefusal, match="PM-010"):
        counter.collect(**ask, method="TREASURY")
    with pytest.raises(PaymentRefusal, match="PM-011"):
        counter.collect(**ask, method="BANK_QR")
    receipt = counter.collect(**ask, method="CASH_EXCEPTION", reason="Máy quẹt thẻ hỏng từ sáng")[0]

    assert (receipt.number, again(owed).state) == ("TH-2026-000001", "paid")
    with pytest.raises(StepRefused, match="PM-002"):
        counter.collect(**ask, method="CARD")


def test_a_cashier_of_another_place_and_a_stranger_take_nothing(till):
    owed = till.owe(place_id=None)

    for actor in (till.cashier, till.stranger):
        with pytest.raises(StepRefused, match="PM-004"):
            counter.collect(obligation_ids=[owed.pk], method="CARD", by=actor, at=NOON)

    assert again(owed).state == "open"


def test_numbers_follow_without_gaps_when_one_is_refused(till):
    first, second = till.owe(), till.owe(place_id=None)
    with pytest.raises(StepRefused):
        counter.collect(obligation_ids=[first.pk, second.pk], method="CARD", by=till.cashier, at=NOON)

    counter.collect(obligation_ids=[first.pk], method="CARD", by=till.cashier, at=NOON)

    assert again(first).receipt_no == "TH-2026-000001"


def test_a_refund_takes_two_people_and_the_bank(till):
    owed = till.owe()
    transfer(till, owed.reference, 1_300_000)
    facade.request_refund(source=SOURCE, record_id=owed.record_id, reason=WHY, by=till.accountant, at=NOON)
    refund = Refund.objects.get()

    with pytest.raises(StepRefused, match="PM-007"):
        refunds.approve_refund(refund=refund, by=till.accountant, at=NOON)
    other = type(till.accountant)(till.stranger.id, "person", "Kế toán trưởng")
    grant(other, "payments_accountant")
    refunds.approve_refund(refund=refund, by=other, at=NOON)
    refunds.send_refunds(NOON + HOUR)

    assert (again(owed).state, Refund.objects.get().state) == ("refunded", "settled")
    simulated.tell(NOON + HOUR)
    out = StatementLine.objects.get(amount__lt=0)
    assert (out.amount, out.standing) == (-1_300_000, "out")


def test_the_bank_is_away_or_refuses_and_the_refund_is_not_lost(till):
    owed = till.owe()
    transfer(till, owed.reference, 1_500_000)
    refund = Refund.objects.get()
    refunds.approve_refund(refund=refund, by=till.accountant, at=NOON)

    simulator.switch("down")
    refunds.send_refunds(NOON)
    away = Refund.objects.get().state
    simulator.switch("wrong")
    refunds.send_refunds(NOON)

    assert (away, Refund.objects.get().state) == ("approved", "failed")


def test_a_refused_refund_leaves_the_obligation_paid(till):
    owed = till.owe()
    counter.collect(obligation_ids=[owed.pk], method="CARD", by=till.cashier, at=NOON)
    facade.request_refund(source=SOURCE, record_id=owed.record_id, reason=WHY, by=till.cashier, at=NOON)
    assert again(owed).state == "refunding"

    refunds.reject_refund(refund=Refund.objects.get(), reason="Không đủ căn cứ trả lại", by=till.accountant, at=NOON)

    assert again(owed).state == "paid"


def test_the_counter_hands_back_what_it_took(till):
    owed = till.owe()
    counter.collect(obligation_ids=[owed.pk], method="CARD", by=till.cashier, at=NOON)
    refund = refunds.ask_refund(obligation_id=owed.pk, reason=WHY, by=till.cashier, at=NOON)
    refunds.approve_refund(refund=refund, by=till.accountant, at=NOON)

    refunds.hand_over(refund=refund, note="Đã trả tận tay người nộp", by=till.cashier, at=NOON)

    assert again(owed).state == "refunded"
    with pytest.raises(StepRefused):
        refunds.ask_refund(obligation_id=owed.pk, reason=WHY, by=till.cashier, at=NOON)


def test_two_open_obligations_never_share_a_reference(till):
    till.owe(reference="HNX26061000001")

    with pytest.raises(StepRefused, match="PM-017"):
        till.owe(reference="HNX26061000001")


def test_a_guard_in_sql_asks_whether_it_is_paid(till):
    from django.db import connection

    owed = till.owe()

    def paid() -> bool:
        with connection.cursor() as cursor:
            cursor.execute("select shared_payments_paid(%s, %s)", [SOURCE, owed.record_id])
            return bool(cursor.fetchone()[0])

    before = paid()
    transfer(till, owed.reference, 1_300_000)
    assert (before, paid()) == (False, True)


def test_many_are_paid_at_once(till):
    owed = [till.owe(at=NOON) for _ in range(5)]

    stood = facade.pay_by_simulated_bank(source=SOURCE, record_ids=[one.record_id for one in owed], at=NOON)

    assert {one.state for one in stood.values()} == {"paid"}
    assert sorted(Receipt.objects.values_list("serial", flat=True)) == [1, 2, 3, 4, 5]
    assert SYSTEM.id in set(Receipt.objects.values_list("issued_by", flat=True))
