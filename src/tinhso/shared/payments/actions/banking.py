"""What the bank tells is taken once: money finds its obligation or wallet, what nobody owes is proposed for refund."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet

from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.events.publish import publish
from tinhso.shared.payments import events
from tinhso.shared.payments.actions import hearing
from tinhso.shared.payments.actions.locks import locked
from tinhso.shared.payments.actions.refunds import propose_for_lines, settle_sent
from tinhso.shared.payments.actions.settle import Money, settle
from tinhso.shared.payments.actions.wallets import top_up
from tinhso.shared.payments.adapters import choice
from tinhso.shared.payments.adapters.bank import Transfer, Unreachable
from tinhso.shared.payments.models import Obligation, PayeeAccount, StatementLine
from tinhso.shared.payments.queries.matching import Owner, owners_of
from tinhso.shared.payments.rules import matching, messages, signatures
from tinhso.shared.payments.rules.codes import refuse

LINE_KIND = "shared_payments.line"


def take_message(*, body: bytes, timestamp: str, nonce: str, signature: str, at: datetime) -> dict[str, int]:
    """A signed message of the bank: how many transactions were new and how many known.

    The same message again is answered as it was and does nothing. Refusals: PM-013, PM-014, PM-027 another message
    with a nonce that was used.
    """
    now = clock.real()
    signed = {"timestamp": timestamp, "nonce": nonce, "body": body, "signature": signature, "now": now}
    if not any(signatures.is_signed(secret=secret, **signed) for secret in choice.secrets()):  # type: ignore[arg-type]
        raise refuse("PM-013")
    transfers = messages.read(body)
    with transaction.atomic():
        heard, is_new = hearing.hear(nonce=nonce, timestamp=timestamp, body=body, now=now)
        if not is_new:
            return dict(heard.answer)
        fresh = take_transfers(transfers, told=True, at=at)
        return hearing.answered(heard, {"taken": len(fresh), "known": len(transfers) - len(fresh)})


@transaction.atomic
def take_transfers(transfers: Sequence[Transfer], *, told: bool, at: datetime) -> list[StatementLine]:
    """Put in what is new and let it pay; what is known already changes nothing. Returns the new lines."""
    accounts = {(one.bank_bin, one.account_no): one for one in _accounts(transfers)}
    rows = {_name(one): _line(one, accounts.get((one.bank_bin, one.account_no)), told, at) for one in transfers}
    # A row that another transaction is writing is waited for: one of both finds it there.
    StatementLine.objects.bulk_create(sorted(rows.values(), key=_name), ignore_conflicts=True)
    kept = StatementLine.objects.filter(pk__in=[row.pk for row in rows.values()]).values_list("pk", flat=True)
    stay = set(kept)
    fresh = [row for row in rows.values() if row.pk in stay]
    _apply([row for row in fresh if row.amount > 0 and row.account], at)
    for row in fresh:
        if row.amount < 0:
            settle_sent(bank_bin=row.bank_bin, bank_txn=row.bank_txn, at=at)
        elif row.standing == matching.UNKNOWN:
            publish(
                events.MONEY_UNKNOWN,
                kind=LINE_KIND,
                record_id=row.pk,
                by=SYSTEM,
                at=at,
                amount=row.amount,
                memo=row.memo,
            )
    if told and len(fresh) < len(rows):
        known = set(rows) - {_name(row) for row in fresh}
        _known(known).filter(told_at=None).update(told_at=at)
    return fresh


def read_statement(*, payee: PayeeAccount, day: date, at: datetime) -> int:
    """Read the bank's statement of the day; what it never told of is taken now. Refusal: PM-015."""
    since = datetime.combine(day, time(0), HANOI)
    try:
        transfers = list(choice.bank().statement(payee.account_no, since, since + timedelta(days=1)))
    except Unreachable:
        raise refuse("PM-015") from None
    with transaction.atomic():
        take_transfers([one for one in transfers if one.amount], told=False, at=at)
        _mark_stated(transfers, at)
    return len(transfers)


@transaction.atomic
def match_money(*, line: StatementLine, reference: str, by: Actor, at: datetime) -> StatementLine:
    """The accountant has found whose the money is, of which nothing has paid anything yet.

    Refusals: PM-020 accounted for already, PM-021 nobody's open reference.
    """
    row = StatementLine.objects.select_for_update().get(pk=line.pk)
    if row.amount <= 0 or row.surplus != row.amount or row.refunds.exclude(state="rejected").exists():
        raise refuse("PM-020")
    wanted = reference.strip().upper()
    found = Obligation.objects.filter(reference=wanted, state="open")
    obligation = found.filter(payee=row.account_id).first() if row.account_id else found.first()
    if obligation is None:
        raise refuse("PM-021", field="reference", v=wanted)
    _settle_line(row, locked([obligation.pk])[0], at)
    record("shared_payments.match_money", by=by, at=at, kind=LINE_KIND, record_id=row.pk, reference=wanted)
    return row


def _apply(lines: Sequence[StatementLine], at: datetime) -> None:
    """In rounds, so that of several transfers to one obligation the first pays and the next is too much."""
    owners = owners_of(lines)
    wallets = [(line, owner.wallet) for line in lines if (owner := owners.get(line.pk)) and owner.wallet]
    for line, wallet in wallets:
        top_up(wallet=wallet, line=line, at=at)
        line.standing, line.applied, line.surplus = matching.TOP_UP, line.amount, 0
    rest = [line for line in lines if (owner := owners.get(line.pk)) and owner.obligation_id]
    held = {one.pk: one for one in locked(_ids(owners.values()))}
    while rest:
        now: dict[object, StatementLine] = {}
        for line in rest:
            now.setdefault(owners[line.pk].obligation_id, line)
        _round([(line, held[owners[line.pk].obligation_id]) for line in now.values()], at)  # type: ignore[index]
        done = {line.pk for line in now.values()}
        rest = [line for line in rest if line.pk not in done]
    _write([line for line in lines if line.pk in owners])
    propose_for_lines([line for line in lines if line.standing in matching.OWED_BACK], at=at)


def _round(pairs: Sequence[tuple[StatementLine, Obligation]], at: datetime) -> None:
    moneys = []
    for line, obligation in pairs:
        verdict = matching.judge(came=line.amount, state=obligation.state, missing=obligation.missing)
        line.standing, line.applied, line.surplus = verdict.standing, verdict.applied, verdict.surplus
        line.obligation = obligation
        if verdict.applied:
            moneys.append(Money(obligation, verdict.applied, "BANK_QR", line))
    if moneys:
        settle(moneys, by=SYSTEM, at=at)


def _settle_line(row: StatementLine, obligation: Obligation, at: datetime) -> None:
    _round([(row, obligation)], at)
    _write([row])
    propose_for_lines([row] if row.standing in matching.OWED_BACK else [], at=at)


def _write(lines: Sequence[StatementLine]) -> None:
    if lines:
        StatementLine.objects.bulk_update(lines, ["standing", "applied", "surplus", "obligation"], batch_size=500)


def _mark_stated(transfers: Sequence[Transfer], at: datetime) -> None:
    amounts = {_name(one): one.amount for one in transfers}
    rows = list(_known(amounts).filter(stated_at=None))
    for row in rows:
        row.stated_at, row.stated_amount = at, amounts[_name(row)]
    StatementLine.objects.bulk_update(rows, ["stated_at", "stated_amount"], batch_size=500)


def _name(one: Transfer | StatementLine) -> tuple[str, str]:
    """Two banks may number alike: a transaction is its bank's."""
    return one.bank_bin, one.bank_txn


def _known(names: Iterable[tuple[str, str]]) -> QuerySet[StatementLine]:
    """The lines of these transactions."""
    wanted = Q(pk=None)
    by_bank: dict[str, list[str]] = {}
    for bank_bin, bank_txn in names:
        by_bank.setdefault(bank_bin, []).append(bank_txn)
    for bank_bin, numbers in by_bank.items():
        wanted |= Q(bank_bin=bank_bin, bank_txn__in=numbers)
    return StatementLine.objects.filter(wanted)


def _accounts(transfers: Iterable[Transfer]) -> list[PayeeAccount]:
    numbers = {one.account_no for one in transfers}
    return list(PayeeAccount.objects.filter(account_no__in=numbers))


def _ids(owners: Iterable[Owner]) -> set[UUID]:
    return {owner.obligation_id for owner in owners if owner.obligation_id}


def _line(one: Transfer, account: PayeeAccount | None, told: bool, at: datetime) -> StatementLine:
    incoming = one.amount > 0
    return StatementLine(
        account=account,
        agency_id=account.agency_id if account else None,
        bank_bin=one.bank_bin,
        account_no=one.account_no,
        bank_txn=one.bank_txn,
        amount=one.amount,
        memo=one.memo[:240],
        from_bin=one.from_bin,
        from_account=one.from_account,
        from_name=one.from_name,
        booked_at=one.booked_at,
        told_at=at if told else None,
        standing=matching.UNKNOWN if incoming else matching.OUT,
        surplus=one.amount if incoming else 0,
    )
