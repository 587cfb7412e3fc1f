"""The reconciliation list: a person decides what becomes of an event that could not be done by itself."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import require, visible
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Invalid, Stale
from tinhso.kernel.web.offline.declare import OfflineApp
from tinhso.kernel.web.offline.enrol import KIND as DEVICE_KIND
from tinhso.kernel.web.offline.inbox import do, drain, gap_of, officer_of
from tinhso.kernel.web.offline.models import EventState, OfflineDevice, OfflineEvent, Resolution

KIND = "kernel_web.offline_event"
SHORTEST = 10


def to_reconcile(*, app: OfflineApp, by: Actor, at: datetime) -> QuerySet[OfflineEvent]:
    """Events that wait for a decision of `by`, the oldest first."""
    rows = OfflineEvent.objects.filter(device__app=app.name, state=EventState.WAITING)
    return visible(rows, by, app.resolve, at).select_related("device__device").order_by("received_at", "seq")


@transaction.atomic
def resolve(*, app: OfflineApp, event: OfflineEvent, how: str, reason: str, by: Actor, at: datetime) -> OfflineEvent:
    """Decide: do it now, keep it as a record, or call it a duplicate. The event itself stays as it was sent.

    Raises Forbidden, Invalid (no reason), Stale (decided already) or what the room refuses again.
    """
    require(by, app.resolve, on=Where(place=event.place_id), at=at)
    if how not in Resolution.values or len(reason.strip()) < SHORTEST:
        raise Invalid(_("give a reason of at least 10 characters"), field="reason")
    row = OfflineEvent.objects.select_for_update(of=("self",)).select_related("device__device").get(pk=event.pk)
    if row.state != EventState.WAITING:
        raise Stale
    if how == Resolution.APPLY:
        refusal = do(row, officer_of(row), at, again=True)
        if refusal is not None:
            raise refusal
    else:
        row.record_id = app.about(row)
    row.state, row.resolution, row.reason = EventState.RESOLVED, how, reason.strip()
    row.resolved_by, row.settled_at = by.id, at
    row.save(update_fields=["state", "code", "why", "record_id", "resolution", "reason", "resolved_by", "settled_at"])
    told = {"how": how, "reason": row.reason, "of": row.record_id}
    record("kernel_web.resolve_event", by=by, at=at, kind=KIND, record_id=row.pk, **told)
    return row


def pass_gap(*, app: OfflineApp, device: OfflineDevice, reason: str, by: Actor, at: datetime) -> None:
    """The missing events will not come: go on with what lies behind them. If they do come, they wait for a person."""
    require(by, app.resolve, on=Where(place=device.place_id), at=at)
    if len(reason.strip()) < SHORTEST:
        raise Invalid(_("give a reason of at least 10 characters"), field="reason")
    with transaction.atomic():
        locked = OfflineDevice.objects.select_for_update().get(pk=device.pk)
        gap = gap_of(locked)
        if gap is None:
            raise Stale
        OfflineDevice.objects.filter(pk=device.pk).update(next_seq=gap[1] + 1)
        told = {"first": gap[0], "last": gap[1], "reason": reason.strip()}
        record("kernel_web.pass_gap", by=by, at=at, kind=DEVICE_KIND, record_id=device.pk, **told)
    drain(device=device, at=at)
