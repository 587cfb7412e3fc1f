"""Marks of the tax force on firms: set by it, lifted by it or by a leader's order; checks of trips follow at once."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef

from tinhso.kernel.access.may import may, require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.events.publish import publish
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.orders import number_of, reason_of
from tinhso.pillars.border.gate.actions.registration import checked_reason
from tinhso.pillars.border.gate.actions.tasks import open_missing
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.flows.overlays import OPEN
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE
from tinhso.pillars.border.gate.models import ClearanceTask, Enterprise, Force, TaxMark, Trip
from tinhso.pillars.border.gate.permissions import LIFT_MARK, MARK_FIRM
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.tasks import forces_of
from tinhso.pillars.border.gate.queries.tax_marks import CHECK, marked, marking_forces, standing
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.limits import MARK_HOLDS

KIND = "border_gate.enterprise"
REASON = "TAX"


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """What is asked: why, by which document, on which days. `last_day` is the last one on which it holds."""

    reason_code: str
    document_no: str
    first_day: date
    last_day: date | None = None


@transaction.atomic
def mark_firm(*, firm: Enterprise, mark: Mark, by: Actor, at: datetime) -> TaxMark:
    """Mark a firm. Trips before their release get the check at once, or on the first day when that is later.

    Raises Forbidden. Refusals: BG-024 for another force, BG-251 for the reason, BG-216 without a document, BG-681
    for the days, BG-680 while such a mark stands.
    """
    require(by, MARK_FIRM, at=at)
    force = own_force(by, at)
    reason = reason_of(mark.reason_code, REASON)
    number = number_of(mark.document_no, code="BG-216", field="document_no")
    today = at.astimezone(HANOI).date()
    until = _end_of(mark, today, law_at(at).number(MARK_HOLDS).span)
    Enterprise.objects.select_for_update(no_key=True, of=("self",)).get(pk=firm.pk)
    if standing(today).filter(firm=firm, reason_code=reason.code).exists():
        raise refuse("BG-680", field="reason_code", v=reason.label)
    days = {"valid_from": mark.first_day, "valid_until": until}
    row = TaxMark.objects.create(
        firm=firm, force=force, reason_code=reason.code, document_no=number, **days, set_by=by.id, set_at=at
    )
    facts = {"mark": row.pk.hex, "reason_code": reason.code, "document_no": number, "force": force.code}
    told = {name: str(day) for name, day in days.items() if day}
    record("border_gate.firm_tax_marked", by=by, at=at, kind=KIND, record_id=firm.pk, **facts, **told)
    publish(events.FIRM_TAX_MARKED, kind=KIND, record_id=firm.pk, by=by, at=at, mark=row.pk.hex)
    follow_marks(firm=firm, at=at)
    return row


@transaction.atomic
def lift_mark(*, mark: TaxMark, reason: str, document_no: str, by: Actor, at: datetime) -> TaxMark:
    """Take the mark off: the force that set it, or a leader, who names his document. Checks nobody has begun go.

    Done twice changes nothing. Raises Forbidden. Refusals: BG-024 for another force, BG-216 for a leader without a
    document, BG-038 for the reason.
    """
    require(by, LIFT_MARK, at=at)
    row = TaxMark.objects.select_for_update(of=("self",)).select_related("firm", "force").get(pk=mark.pk)
    if row.lifted_at is not None:
        return row
    own = may(by, MARK_FIRM, at=at) and row.force in forces_of(by=by, at=at)
    if not own and may(by, MARK_FIRM, at=at):
        raise refuse("BG-024", field="force", f=row.force.short)
    said, number = checked_reason(reason), document_no.strip()
    if number or not own:
        number = number_of(number, code="BG-216", field="document_no")
    row.lifted_by, row.lifted_at, row.lift_reason = by.id, at, said
    row.lift_document_no, row.by_order = number, not own
    row.save(update_fields=["lifted_by", "lifted_at", "lift_reason", "lift_document_no", "by_order"])
    facts = {"mark": row.pk.hex, "reason": said, "document_no": number, "by_order": row.by_order}
    record("border_gate.firm_tax_unmarked", by=by, at=at, kind=KIND, record_id=row.firm_id, **facts)
    publish(events.FIRM_TAX_UNMARKED, kind=KIND, record_id=row.firm_id, by=by, at=at, mark=row.pk.hex)
    follow_marks(firm=row.firm, at=at)
    return row


@transaction.atomic
def follow_marks(*, firm: Enterprise, at: datetime) -> None:
    """Open the tax check of the firm's trips before release where a mark holds, drop idle ones where none does."""
    trips = list(Trip.objects.filter(enterprise=firm, is_live=True, state__in=BEFORE_RELEASE))
    if marked([firm.pk], at=at):
        open_missing(trips=trips, kinds={CHECK}, at=at)
        return
    idle = ClearanceTask.objects.filter(trip__in=trips, kind=CHECK, state=OPEN)
    TASK.fire_many(list(idle), "unneed", by=SYSTEM, at=at)


def follow_turning_marks(*, at: datetime) -> int:
    """Trips under way of firms of which a mark has begun or ended by that day follow it; how many firms.

    No day is missed, however long nobody asked; again without harm.
    """
    begun = TaxMark.objects.filter(valid_from__lte=at.astimezone(HANOI).date(), lifted_at=None)
    under_way = Trip.objects.filter(enterprise=OuterRef("pk"), is_live=True, state__in=BEFORE_RELEASE)
    firms = Enterprise.objects.filter(Exists(under_way), pk__in=begun.values("firm"))
    for firm in firms:
        follow_marks(firm=firm, at=at)
    return len(firms)


def own_force(by: Actor, at: datetime) -> Force:
    """The actor's force that works the check of marked firms. Refusal: BG-024."""
    known = marking_forces(at)
    found = next((force for force in forces_of(by=by, at=at) if force in known), None)
    if found is None:
        raise refuse("BG-024", field="force")
    return found


def _end_of(mark: Mark, today: date, longest: timedelta) -> date | None:
    """The day after the last one. Refusal: BG-681 for days that are over, in the wrong order or too far apart."""
    until = mark.last_day + timedelta(days=1) if mark.last_day else None
    too_late = mark.first_day - today > longest or (until is not None and until - mark.first_day > longest)
    if mark.first_day < today or (until is not None and until <= mark.first_day) or too_late:
        field = "last_day" if mark.first_day >= today else "first_day"
        raise refuse("BG-681", field=field, d=show_date(today), n=longest.days)
    return until
