"""What the payments' room is asked for a fee: to be paid, to be withdrawn, to be given back."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.pillars.border.gate.models import Enterprise, FeeAssessment, Trip
from tinhso.pillars.border.gate.rules import limits, plates
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.fee_words import formula
from tinhso.shared.payments import facade as payments
from tinhso.shared.payments.contracts import Paid, Share, Wanted, Words

PAYEE, SOURCE = "border_gate.fee", "border_gate.fee"
BROUGHT_BACK = "CV"  # behind the trip's code: the fee of the way out may still be to be paid
CALLED_OFF = "Hủy lượt xe trước khi đến cửa khẩu"


def ask(fees: Sequence[FeeAssessment], *, at: datetime) -> list[FeeAssessment]:
    """Ask for the fees in the caller's transaction; a transfer names the trip's code."""
    names = _with_wallets(fees, at)
    payments.create_obligations(wanted=[wanted(fee, names=names) for fee in fees], at=at)
    return list(fees)


def ask_again(fee: FeeAssessment, *, at: datetime) -> None:
    """A deferred fee is asked of the firm that the trip has now, as corrections left it."""
    changes = list(fee.differences.order_by("made_at", "id"))
    kept = fee.kept + sum(one.kept for one in changes)
    budget = fee.budget + sum(one.budget for one in changes)
    ground = changes[-1].explanation if changes else fee.explanation
    details = tuple(Words(vi=vi, en=en) for vi, en in formula(ground))
    other = {"amount": kept + budget, "shares": shares_of(fee, kept=kept, budget=budget), "details": details}
    payments.create_obligation(wanted=wanted(fee, names=_with_wallets([fee], at), **other), at=at)


def withdraw(fee: FeeAssessment, *, at: datetime) -> None:
    """The fee is not to be paid any more. Refusal: BG-273 when the money has just come."""
    payments.cancel_obligations(source=SOURCE, record_ids=[fee.pk], at=at)
    stands = standing(fee)
    if stands and stands.state in ("paid", "refunding"):
        raise refuse("BG-273")


def ask_anew(fee: FeeAssessment, fresh: FeeAssessment, *, at: datetime) -> None:
    """A deferred fee is owed in another amount: the same debt, asked for once more. Refusal: BG-273."""
    withdraw(fee, at=at)
    if not fresh.amount:
        return
    details = tuple(Words(vi=vi, en=en) for vi, en in formula(fresh.explanation))
    shares = shares_of(fresh, kept=fresh.kept, budget=fresh.budget)
    one = wanted(fee, names=names_of([fee]), amount=fresh.amount, shares=shares, details=details)
    payments.create_obligation(wanted=one, at=at)


def standing(fee: FeeAssessment) -> Paid | None:
    """How the fee stands as money."""
    return payments.obligation_state(source=SOURCE, record_id=fee.pk)


def facts(paid: Paid) -> dict[str, str]:
    """What the fee keeps of its payment."""
    return {"receipt_no": paid.receipt_no, "method": paid.method}


def paid_facts(standings: dict[UUID, Paid]) -> dict[UUID, dict[str, str]]:
    return {fee_id: facts(paid) for fee_id, paid in standings.items()}


def names_of(fees: Sequence[FeeAssessment]) -> dict[UUID, str]:
    """Names of the firms that owe them."""
    return {firm.pk: firm.agency.name for firm in _firms(fees)}


def wanted(fee: FeeAssessment, *, names: dict[UUID, str], **other: Any) -> Wanted:
    """What is asked for the fee; `other` fields of the contract stand in for the fee's own."""
    trip: Trip = fee.trip
    plate = plates.show(trip.tractor_plate)
    vi, en = (", hàng chở về", ", goods brought back") if fee.leg == 2 else ("", "")
    asked = {
        "payee": PAYEE,
        "source": SOURCE,
        "record_id": fee.pk,
        "reference": reference_of(fee),
        "amount": fee.amount,
        "title": Words(
            vi=f"Phí sử dụng công trình hạ tầng cửa khẩu, xe {plate}{vi}",
            en=f"Fee for the use of the border gate's infrastructure, vehicle {plate}{en}",
        ),
        "shares": shares_of(fee, kept=fee.kept, budget=fee.budget),
        "details": tuple(Words(vi=vi, en=en) for vi, en in formula(fee.explanation)),
        "payer_name": names.get(trip.agency_id, "") if trip.agency_id else "",
        "payer_id": trip.agency_id,
        "place_id": fee.point_id,
        "is_demo": fee.is_demo,
    }
    return Wanted(**asked | other)


def reference_of(fee: FeeAssessment) -> str:
    """What a transfer names: the trip's code, and a mark behind it for the goods brought back."""
    code: str = fee.trip.code
    return f"{code}{BROUGHT_BACK}" if fee.leg == 2 else code


def shares_of(fee: FeeAssessment, *, kept: int, budget: int) -> tuple[Share, Share]:
    """Who gets how much of an amount for it, by the share that held when the fee was assessed."""
    percent = int(fee.explanation.get("kept_percent", limits.first()[limits.KEPT].value))
    centre = Words(vi=f"Trung tâm Quản lý cửa khẩu giữ lại {percent} %", en=f"Kept by the gate's centre, {percent} %")
    rest = Words(vi=f"Nộp ngân sách {100 - percent} %", en=f"To the budget, {100 - percent} %")
    return Share(code="kept", title=centre, amount=kept), Share(code="budget", title=rest, amount=budget)


def _with_wallets(fees: Sequence[FeeAssessment], at: datetime) -> dict[UUID, str]:
    """Names of the firms that owe them, each with a wallet from now on."""
    firms = _firms(fees)
    wallets = {firm.pk: f"VI{firm.tax_code}".replace("-", "") for firm in firms if firm.tax_code}
    payments.open_wallets(payee=PAYEE, references=wallets, at=at)
    return {firm.pk: firm.agency.name for firm in firms}


def _firms(fees: Sequence[FeeAssessment]) -> list[Enterprise]:
    ids = {fee.trip.agency_id for fee in fees}
    return list(Enterprise.objects.filter(pk__in=ids).select_related("agency"))
