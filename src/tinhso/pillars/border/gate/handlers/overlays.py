"""Who is told of checks, holds and fees (border brief §10): owner and driver, and the force whose work it is."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from tinhso.kernel.base.money import vnd
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.kinds import NoticeKind
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.flows import LIVE
from tinhso.pillars.border.gate.flows.overlays import DEFERRED
from tinhso.pillars.border.gate.handlers import fee_notices, officers, overlay_words
from tinhso.pillars.border.gate.handlers.audience import DRIVER, ENTERPRISE, LEADER
from tinhso.pillars.border.gate.handlers.telling import Told, is_heard, tell, trip_of
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, FeeDifference, Hold

OWNER = (DRIVER, ENTERPRISE)


@subscribe(events.HOLD_PLACED, name="border_gate.tell_held")
def tell_held(event: Event) -> None:
    """Which force, never why: reasons may be secret."""
    _tell_of_hold(event, Told(overlay_words.HELD, OWNER, lasts=True))


@subscribe(events.HOLD_LIFTED, name="border_gate.tell_freed")
def tell_freed(event: Event) -> None:
    _tell_of_hold(event, Told(overlay_words.FREED, OWNER, lasts=True))


@subscribe("border_gate.hold_overridden", name="border_gate.tell_overridden")
def tell_overridden(event: Event) -> None:
    """The force whose hold a leader lifted is told as well."""
    _tell_of_hold(event, Told(overlay_words.FREED_BY_ORDER, OWNER, lasts=True), officers.OVERRIDDEN)


@subscribe("border_gate.task_reopened", name="border_gate.tell_reopened")
def tell_reopened(event: Event) -> None:
    """A check that was finished is to be done again, as after a field was amended: its force is told."""
    task = _task(event)
    if task is not None:
        _tell(task.trip_id, event, [Told(officers.REOPENED, (task.force.code,), lasts=True)], check=str(task.title))


@subscribe("border_gate.task_passed", name="border_gate.tell_passed")
def tell_passed(event: Event) -> None:
    """The commonest event of all: whether anybody wants to know is asked first."""
    told = Told(overlay_words.CHECK_PASSED, (ENTERPRISE,), lasts=True)
    firms = ClearanceTask.objects.filter(pk=event.record_id).values("trip__agency_id")
    task = _task(event) if is_heard([told], firms, at=event.at) else None
    if task is not None:
        _tell(task.trip_id, event, [told], force=str(task.force))


@subscribe("border_gate.task_failed", name="border_gate.tell_failed")
def tell_failed(event: Event) -> None:
    task = _task(event)
    if task is not None:
        _tell(task.trip_id, event, [Told(overlay_words.CHECK_FAILED, OWNER, lasts=True)], force=str(task.force))


@subscribe("border_gate.task_treated", name="border_gate.tell_treated")
def tell_treated(event: Event) -> None:
    """The vehicle stays until its goods are treated and checked again."""
    task = _task(event)
    if task is not None:
        _tell(task.trip_id, event, [Told(overlay_words.TO_BE_TREATED, OWNER, lasts=True)], force=str(task.force))


@subscribe(events.FEE_ASSESSED, name="border_gate.tell_fee_due")
def tell_fee_due(event: Event) -> None:
    _tell_of_fee(event, "assessed", [Told(overlay_words.FEE_DUE, (ENTERPRISE,), lasts=True)])


@subscribe(events.FEE_PAID, name="border_gate.tell_fee_paid")
def tell_fee_paid(event: Event) -> None:
    _tell_of_fee(event, "paid", [Told(overlay_words.FEE_PAID, (ENTERPRISE,), lasts=True)])


@subscribe("border_gate.fee_waiver_proposed", name="border_gate.tell_waiver_proposed")
def tell_waiver_proposed(event: Event) -> None:
    """It waits for a leader's word."""
    _tell_of_fee(event, "assessed", [Told(officers.WAIVER_PROPOSED, (LEADER,), lasts=True)])


@subscribe(events.FEE_DIFFERS, name="border_gate.tell_difference")
def tell_difference(event: Event) -> None:
    """The firm reads what its correction costs or brings back."""
    row = FeeDifference.objects.filter(pk=event.payload["difference"]).select_related("fee").first()
    if row is None or (row.before, row.after) != (event.payload["before"], event.payload["after"]):
        return  # changed once more: told by the next
    is_deferred = row.fee.state == DEFERRED
    kind = fee_notices.FEE_DEARER if row.amount > 0 else fee_notices.FEE_CHEAPER
    _tell_of_difference(event, row, fee_notices.FEE_OWED_ANEW if is_deferred else kind)


@subscribe(events.FEE_EVEN, name="border_gate.tell_difference_settled")
def tell_difference_settled(event: Event) -> None:
    row = FeeDifference.objects.filter(pk=event.payload["difference"]).first()
    if row is not None and row.amount:
        _tell_of_difference(event, row, fee_notices.FEE_REST_PAID if row.amount > 0 else fee_notices.FEE_PART_BACK)


def _tell_of_difference(event: Event, row: FeeDifference, kind: NoticeKind) -> None:
    money = {name: vnd(abs(getattr(row, name))) for name in ("before", "after", "amount")}
    _tell(row.trip_id, event, [Told(kind, (ENTERPRISE,), lasts=True)], receipt=row.document_no, **money)


@subscribe("border_gate.fee_refunded", name="border_gate.tell_refunded")
def tell_refunded(event: Event) -> None:
    _tell_of_fee(event, "refunded", [Told(overlay_words.FEE_REFUNDED, (ENTERPRISE,), lasts=True)])


def _tell_of_hold(event: Event, owner: Told, force: NoticeKind | None = None) -> None:
    """`force`: what its own officers read. Of a trip that has ended nobody waits for the hold any more."""
    hold = Hold.objects.filter(pk=event.record_id, trip__state__in=LIVE).select_related("force").first()
    if hold is not None:
        about = [owner, *([Told(force, (hold.force.code,), lasts=True)] if force else [])]
        _tell(hold.trip_id, event, about, force=str(hold.force), document=hold.document_no)


def _tell_of_fee(event: Event, state: str, about: Sequence[Told]) -> None:
    rows = FeeAssessment.objects.filter(pk=event.record_id, state=state)
    fee = rows.first() if is_heard(about, rows.values("trip__agency_id"), at=event.at) else None
    if fee is not None:
        _tell(fee.trip_id, event, about, amount=vnd(fee.amount), receipt=fee.receipt_no, document=fee.document_no)


def _task(event: Event) -> ClearanceTask | None:
    return ClearanceTask.objects.filter(pk=event.record_id).select_related("force").first()


def _tell(trip_id: Any, event: Event, about: Sequence[Told], **facts: Any) -> None:
    trip = trip_of(trip_id)
    if trip is not None:
        tell(trip, event, about, **facts)
