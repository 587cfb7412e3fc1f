"""Parts go back: never more than came, shares and closings to the đồng; any order of moves loses nothing."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection, transaction
from django.db.models import Sum
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing.people import grant
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.shared.payments import facade
from tinhso.shared.payments.actions import banking, closing, counter, reconcile, refunds, simulated, withdraw
from tinhso.shared.payments.adapters import simulator
from tinhso.shared.payments.adapters.bank import Transfer
from tinhso.shared.payments.models import DailyClosing, Obligation, Payment, Receipt, Refund, StatementLine
from tinhso.shared.payments.permissions import ACCOUNTANT
from tinhso.shared.payments.queries.closing import stays
from tinhso.shared.payments.rules import shares
from tinhso.shared.payments.rules.codes import PaymentRefusal
from tinhso.shared.payments.tests.conftest import NOON, SOURCE, TODAY
from tinhso.shared.payments.tests.test_money import WHY, again, transfer

HOUR = timedelta(hours=1)


def paid(till, amount: int = 1_300_000) -> Obligation:
    owed = till.owe(amount)
    transfer(till, owed.reference, amount)
    return again(owed)


def ask(till, owed: Obligation, amount: int | None = None, by: Actor | None = None) -> Refund:
    return refunds.ask_refund(obligation_id=owed.pk, reason=WHY, by=by or till.cashier, at=NOON, amount=amount)


def send(till, refund: Refund, at=NOON) -> None:
    refunds.approve_refund(refund=refund, by=till.accountant, at=at)
    refunds.send_refunds(at)
    simulated.tell(at)


def test_a_part_goes_back_and_the_rest_stays_paid(till):
    owed = paid(till)

    refund = ask(till, owed, 300_000)
    asked = again(owed)
    send(till, refund)

    stands = facade.obligation(owed.pk)
    assert (asked.state, asked.going_back, asked.given_back) == ("paid", 300_000, 0)
    assert (stands.state, stands.given_back, stands.going_back, stands.left) == ("paid", 300_000, 0, 1_000_000)
    assert {one["code"]: one["amount"] for one in Refund.objects.get().shares} == {"kept": 30_000, "budget": 270_000}
    assert StatementLine.objects.get(amount__lt=0).amount == -300_000


def test_all_parts_together_are_the_whole_and_then_it_is_given_back(till):
    owed = paid(till)

    for part in (1, 299_999, None):
        send(till, ask(till, owed, part))

    done = again(owed)
    assert (done.state, done.given_back, done.left) == ("refunded", 1_300_000, 0)
    rows = [{one["code"]: one["amount"] for one in row} for row in Refund.objects.values_list("shares", flat=True)]
    assert (sum(row["kept"] for row in rows), sum(row["budget"] for row in rows)) == (130_000, 1_170_000)


@pytest.mark.parametrize("amount", [0, -5, 1_000_001])
def test_no_more_goes_back_than_is_left(till, amount):
    owed = paid(till)
    ask(till, owed, 300_000)

    with pytest.raises(PaymentRefusal, match="PM-025"):
        ask(till, owed, amount)

    assert Refund.objects.count() == 1


def test_the_database_itself_refuses_more_than_came(till):
    owed = paid(till)
    ask(till, owed, 1_000_000)
    wrong = {"payee": till.payee, "agency_id": owed.agency_id, "obligation": owed, "cause": "paid", "reason": WHY}

    from tinhso.shared.payments.flows import REFUND

    with pytest.raises(Exception, match="more would go back than came") as told, transaction.atomic():
        REFUND.create(Refund(**wrong, amount=300_001, way="BANK"), by=SYSTEM, at=NOON)
    assert told.value.diag.constraint_name == "shared_payments_refunds_within_payment"
    with connection.cursor() as cursor:
        cursor.execute("select conname from pg_constraint where conrelid = 'shared_payments_obligation'::regclass")
        assert ("shared_payments_never_more_back_than_came",) in cursor.fetchall()


def test_a_refused_part_leaves_all_and_another_may_be_asked(till):
    owed = paid(till)
    first = ask(till, owed, 300_000)
    rest = ask(till, owed)
    assert again(owed).state == "refunding"

    refunds.reject_refund(refund=first, reason="Không đủ căn cứ trả lại", by=till.accountant, at=NOON)
    send(till, rest)

    assert (again(owed).state, again(owed).given_back, again(owed).left) == ("paid", 1_000_000, 300_000)
    send(till, ask(till, owed))
    assert again(owed).state == "refunded"


def test_who_asked_takes_it_back_until_it_is_approved_and_nobody_else(till):
    owed = paid(till)
    first, second = ask(till, owed, 300_000), ask(till, owed, 200_000)
    other = Actor(uuid7(), "person", "Khác")
    grant(other, ACCOUNTANT)
    refunds.approve_refund(refund=second, by=till.accountant, at=NOON)

    with pytest.raises(StepRefused, match="PM-026"):
        refunds.withdraw_refund(refund=first, reason="Tôi muốn vậy", by=other, at=NOON)
    refunds.withdraw_refund(refund=first, reason="Nhập nhầm số tiền", by=till.cashier, at=NOON)
    with pytest.raises(StepRefused, match="PM-002"):
        refunds.withdraw_refund(refund=second, reason="Nhập nhầm số tiền", by=till.cashier, at=NOON)

    assert (again(owed).going_back, again(owed).left) == (200_000, 1_100_000)


def test_a_closing_tells_what_stays_after_parts_went_back(till):
    owed = paid(till, 1_000_001)
    send(till, ask(till, owed, 333_333))
    transfer(till, owed.reference, 7_000)
    send(till, Refund.objects.get(cause="twice"), NOON + HOUR)

    closed = closing.close_day(payee=till.payee, by=till.accountant, at=NOON + 2 * HOUR)

    closed.refresh_from_db()
    assert (closed.figures["refunds"]["count"], closed.figures["refunds"]["amount"]) == (1, 333_333)
    assert closed.figures["others"] == {"count": 1, "amount": 7_000}
    whole, rest = stays(closed.figures, closed.amount)
    assert (whole, sum(amount for _vi, _en, amount in rest)) == (666_668, 666_668)
    assert {vi: amount for vi, _en, amount in rest} == {"Để lại": 66_666, "Ngân sách": 600_002}
    entry = Entry.objects.get(action="shared_payments.close_day")
    assert closed.digest in entry.payload
    assert closing.digest_of(DailyClosing.objects.get()) == closed.digest


def test_a_day_with_parts_given_back_agrees(till):
    owed = paid(till)
    send(till, ask(till, owed, 300_000))

    row = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + HOUR)

    assert (list(row.differences.values_list("kind", "amount")), row.figures["given_back"]) == ([], 300_000)


def test_money_that_goes_out_without_a_refund_is_found(till):
    gone = simulator.incoming(
        bank_bin="970499", account_no=till.payee.account_no, amount=-50_000, memo="phi dich vu", payer="", at=NOON
    )
    simulator.put([gone], tells_at=NOON)
    simulated.tell(NOON)

    row = reconcile.reconcile_day(payee=till.payee, day=TODAY, by=till.accountant, at=NOON + HOUR)

    assert list(row.differences.values_list("kind", "amount")) == [("stray_out", 50_000)]


def test_late_and_second_money_may_be_given_to_another_obligation(till):
    first, second = paid(till), till.owe()
    transfer(till, first.reference, 1_300_000)
    line = StatementLine.objects.get(standing="twice")

    with pytest.raises(PaymentRefusal, match="PM-020"):
        banking.match_money(line=line, reference=second.reference, by=till.accountant, at=NOON)
    refunds.reject_refund(
        refund=Refund.objects.get(), reason="Người nộp xin nộp cho xe khác", by=till.accountant, at=NOON
    )
    banking.match_money(line=line, reference=second.reference, by=till.accountant, at=NOON)

    line.refresh_from_db()
    assert (again(second).state, line.standing, line.surplus) == ("paid", "matched", 0)


@settings(max_examples=200, deadline=None)
@given(st.integers(1, 10**9), st.data())
def test_shares_of_parts_are_the_shares_of_the_whole(whole, data):
    first = data.draw(st.integers(0, whole))
    told = [{"code": "kept", "amount": first}, {"code": "budget", "amount": whole - first}]
    gone, sums = 0, [0, 0]
    while gone < whole:
        part = data.draw(st.integers(1, whole - gone)) if whole - gone > 1 and len(sums) < 12 else whole - gone
        rows = shares.of_part(told, gone=gone, part=part)
        assert sum(row["amount"] for row in rows) == part
        assert all(row["amount"] >= 0 for row in rows)
        for place, row in enumerate(rows):
            sums[place] += row["amount"]
        gone += part
        sums.append(0)
    assert sums[:2] == [first, whole - first]


MOVES = st.lists(
    st.tuples(
        st.sampled_from(
            ["pay", "short", "twice", "late", "counter", "part", "whole", "refuse", "take_back", "approve", "send",
             "dearer", "withdraw", "match", "close"]
        ),
        st.integers(1, 1_500_000),
    ),
    min_size=3,
    max_size=14,
)  # fmt: skip


class Story:
    """What people may do with one payer's money, in any order; refusals are part of it."""

    def __init__(self, till) -> None:
        self.till, self.at = till, NOON
        self.owed = [till.owe(1_000_000)]
        self.asked = 1_000_000

    def do(self, kind: str, amount: int) -> None:
        self.at += timedelta(minutes=1)
        try:
            with transaction.atomic():
                getattr(self, kind)(amount)
        except (PaymentRefusal, StepRefused):
            pass

    @property
    def last(self) -> Obligation:
        return again(self.owed[-1])

    def pay(self, amount: int) -> None:
        self._transfer(self.last.missing or amount)

    def short(self, amount: int) -> None:
        self._transfer(amount)

    def twice(self, amount: int) -> None:
        self._transfer(self.last.amount, "twice")

    def late(self, amount: int) -> None:
        self._transfer(self.last.amount, "late")

    def counter(self, amount: int) -> None:
        counter.collect(obligation_ids=[self.last.pk], method="CARD", by=self.till.cashier, at=self.at)

    def part(self, amount: int) -> None:
        one = self.owed[amount % len(self.owed)]
        refunds.ask_refund(obligation_id=one.pk, reason=WHY, by=self.till.cashier, at=self.at, amount=amount)

    def whole(self, amount: int) -> None:
        one = self.owed[amount % len(self.owed)]
        refunds.ask_refund(obligation_id=one.pk, reason=WHY, by=self.till.cashier, at=self.at)

    def refuse(self, amount: int) -> None:
        if found := Refund.objects.filter(state="asked").order_by("id").first():
            refunds.reject_refund(refund=found, reason="Không đủ căn cứ trả lại", by=self.till.accountant, at=self.at)

    def take_back(self, amount: int) -> None:
        if found := Refund.objects.filter(state="asked").order_by("-id").first():
            refunds.withdraw_refund(refund=found, reason="Nhập nhầm số tiền", by=self.till.cashier, at=self.at)

    def approve(self, amount: int) -> None:
        for one in Refund.objects.filter(state="asked", way="BANK")[: 1 + amount % 2]:
            refunds.approve_refund(refund=one, by=self.till.accountant, at=self.at)

    def send(self, amount: int) -> None:
        refunds.send_refunds(self.at)
        simulated.tell(self.at)
        for one in Refund.objects.filter(state="approved", way="COUNTER"):
            refunds.hand_over(refund=one, note="Đã trả tận tay người nộp", by=self.till.cashier, at=self.at)

    def dearer(self, amount: int) -> None:
        """A correction after payment: what is dearer is owed besides."""
        if self.last.state in ("paid", "refunding", "refunded"):
            self.owed.append(self.till.owe(amount, at=self.at))
            self.asked += amount

    def withdraw(self, amount: int) -> None:
        withdraw.cancel_obligations(source=SOURCE, record_ids=[self.last.record_id], at=self.at)

    def match(self, amount: int) -> None:
        if found := StatementLine.objects.filter(surplus__gt=0, applied=0).first():
            banking.match_money(line=found, reference=self.last.reference, by=self.till.accountant, at=self.at)

    def close(self, amount: int) -> None:
        closing.close_day(payee=self.till.payee, by=self.till.accountant, at=self.at)

    def _transfer(self, amount: int, manner="once") -> None:
        transfer(self.till, self.last.reference, amount, manner, self.at)


def total(rows, name: str = "amount") -> int:
    return int(rows.aggregate(whole=Sum(name))["whole"] or 0)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(MOVES)
def test_in_any_order_what_is_owed_is_receipts_less_refunds_and_debts(till, moves):
    """Sum of obligations = receipts − refunds + debts, and of all that came nothing is lost."""
    with transaction.atomic():
        story = Story(till)
        for kind, amount in moves:
            story.do(kind, amount)
        simulated.tell(NOON + 5 * HOUR)

        mine = Obligation.objects.filter(pk__in=[one.pk for one in story.owed])
        receipted, back = total(Receipt.objects.filter(obligation__in=mine)), total(mine, "given_back")
        debts = total(mine.filter(state="open"))
        ended = mine.filter(state__in=("cancelled", "expired"))
        assert story.asked - total(ended) - back == receipted - back + debts
        assert total(mine, "received") == total(Payment.objects.filter(obligation__in=mine))
        settled = Refund.objects.filter(obligation__in=mine, cause="paid", state="settled")
        assert back == total(settled) == sum(one["amount"] for row in settled for one in row.shares)
        for one in mine:
            going = one.refunds.filter(cause="paid", state__in=("asked", "approved", "sent", "failed"))
            assert (one.going_back, one.left >= 0) == (total(going), True)
            assert (one.state == "refunded") == (one.amount == one.given_back)
        came = StatementLine.objects.filter(amount__gt=0)
        assert total(came) == total(came, "applied") + total(came, "surplus")
        assert total(came, "applied") == total(Payment.objects.filter(line__in=came))
        out = StatementLine.objects.filter(amount__lt=0)
        assert -total(out) == total(Refund.objects.filter(way="BANK", state="settled"))
        closed = DailyClosing.objects.filter(payee=till.payee)
        assert total(closed) + _not_closed(till) == total(Receipt.objects.filter(payee=till.payee))
        transaction.set_rollback(True)


def _not_closed(till) -> int:
    last = DailyClosing.objects.filter(payee=till.payee).order_by("last_year", "last_serial").last()
    rows = Receipt.objects.filter(payee=till.payee)
    return total(rows.filter(serial__gt=last.last_serial) if last else rows)


def approved(till, amount: int = 1_300_000) -> Refund:
    """Money that nobody owed, to go back over the bank, approved."""
    transfer(till, "khong ro", amount)
    other = Actor(uuid7(), "person", "Kế toán thứ hai")
    grant(other, ACCOUNTANT)
    refund = refunds.ask_refund_of_line(line=StatementLine.objects.get(), reason=WHY, by=other, at=NOON)
    return refunds.approve_refund(refund=refund, by=till.accountant, at=NOON)


def test_a_refund_that_failed_is_ordered_anew_once_it_is_approved_again(till, monkeypatch):
    refund, orders = approved(till), []
    monkeypatch.setattr(simulator.SimulatedBank, "give_back", lambda _bank, order, at: orders.append(order.key) or "T1")
    monkeypatch.setattr(simulator.SimulatedBank, "outcome", lambda _bank, key: "failed" if key == orders[0] else "done")

    refunds.send_refunds(NOON)
    failed = Refund.objects.get(pk=refund.pk)
    assert failed.state == "failed"
    refunds.approve_refund(refund=failed, by=till.accountant, at=NOON + HOUR)
    refunds.send_refunds(NOON + HOUR)

    assert len(set(orders)) == 2
    assert Refund.objects.get(pk=refund.pk).state == "settled"


def test_money_that_found_its_owner_meanwhile_does_not_go_back_too(till):
    owed = till.owe(1_300_000)
    transfer(till, "khong ro", 1_300_000)
    line = StatementLine.objects.get()
    banking.match_money(line=line, reference=owed.reference, by=till.accountant, at=NOON)

    with pytest.raises(PaymentRefusal, match="PM-020"):  # `line` is as it was before
        refunds.ask_refund_of_line(line=line, reason=WHY, by=till.cashier, at=NOON)


def test_two_banks_may_number_alike(till):
    here, other = till.payee.bank_bin, "999999"
    both = [
        Transfer(bank_bin=bank, account_no=till.payee.account_no, bank_txn="N1", amount=amount, booked_at=NOON)
        for bank, amount in ((here, 5), (other, 7))
    ]

    fresh = banking.take_transfers(both, told=True, at=NOON)

    assert sorted(row.amount for row in fresh) == [5, 7]
