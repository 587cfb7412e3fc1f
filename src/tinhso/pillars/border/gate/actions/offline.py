"""An event that a device recorded without network is done afterwards, by the same actions, at its own time.

What has moved on meanwhile is not overwritten: such an event waits on the reconciliation list (BG-033).
"""

from __future__ import annotations

from datetime import datetime
from typing import Any
from uuid import UUID

from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.events.publish import publish
from tinhso.kernel.web.offline.declare import Applied
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.conflicts import conflict, facts_of, list_at
from tinhso.pillars.border.gate.actions.offline_desks import apply_desk
from tinhso.pillars.border.gate.actions.passages import Seen, pass_barrier
from tinhso.pillars.border.gate.actions.undeclared import record_undeclared
from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import ControlPoint, Trip
from tinhso.pillars.border.gate.queries.barrier import live_trip_of, step_at
from tinhso.pillars.border.gate.queries.reference import signing_key
from tinhso.pillars.border.gate.rules import offline, plates
from tinhso.pillars.border.gate.rules.codes import refuse

PASS, REFUSED, UNDECLARED = "pass", "refused", "undeclared"
TEXT = 200


def apply_event(event: OfflineEvent, by: Actor, at: datetime) -> Applied:
    """Do what was recorded, by who recorded it, at the moment when it happened. Refusal: BG-033, with the cause."""
    return _done(event, by, again=False)


def apply_again(event: OfflineEvent, by: Actor, at: datetime) -> Applied:
    """The same on the board's word, after the trip's last step: history never runs backwards."""
    return _done(event, by, again=True)


def about(event: OfflineEvent) -> UUID | None:
    """The trip of which a device spoke, for what the board keeps without doing it; none when no trip has that code."""
    code = str(event.payload.get("trip") or "")
    return Trip.objects.filter(code=code).values_list("pk", flat=True).first() if code else None


def alarm(device: OfflineDevice, what: str, facts: Any, at: datetime) -> None:
    """Tell the board that numbers of a device are missing, or that an event waits for its decision."""
    name = events.DEVICE_GAP if what == "gap" else events.DEVICE_EVENT_WAITS
    told = {"device": device.device.name, "place": str(device.place_id), **facts}
    publish(name, kind="border_gate.device", record_id=device.pk, by=SYSTEM, at=at, **told)


def sign_list(body: bytes) -> tuple[str, bytes]:
    """The gate's signature over a list: the key's id and the signature."""
    key = signing_key()
    return bytes(key.key_id).hex(), key.private_key().sign(body)


def _done(event: OfflineEvent, by: Actor, *, again: bool) -> Applied:
    if event.payload.get("desk"):
        return apply_desk(event, by, again=again)
    barrier = _barrier(event)
    if event.kind == PASS:
        return _passed(event, barrier, by, again=again)
    if event.kind == UNDECLARED:
        return _undeclared(event, barrier, by, again=again)
    if event.kind == REFUSED:
        return _refused(event, barrier, by)
    raise refuse("BG-330", step=event.kind)


def _barrier(event: OfflineEvent) -> ControlPoint:
    found = ControlPoint.every.select_related("point").filter(
        code=str(event.payload.get("barrier")), point_id=event.place_id
    )
    barrier = found.first()
    if barrier is None or barrier.code not in event.device.spots:
        raise refuse("BG-025", a=event.device, b=event.payload.get("barrier"))
    return barrier


def _passed(event: OfflineEvent, barrier: ControlPoint, by: Actor, *, again: bool) -> Applied:
    told = event.payload
    trip = Trip.objects.filter(code=str(told.get("trip"))).select_related("point").first()
    if trip is None:
        raise conflict(event, refuse("BG-214"))
    step = str(told.get("step"))
    if step not in offline.ALLOWED:
        raise refuse("BG-330", step=step)
    moved_on = _stands_since(trip) > event.occurred_at and not again
    if moved_on or step_at(barrier, trip) != step:
        raise conflict(event, refuse("BG-023", event=step, state=trip.get_state_title()))
    if not again and _wants_radio(event, step):
        raise refuse("BG-332", n=_age(event))
    at = max(event.occurred_at, trip.state_since)
    seen = Seen(
        plate=str(told.get("plate") or ""),
        qr=str(told.get("qr") or ""),
        confirmed=True,
        area=str(told.get("area") or "")[:8],
        offline=facts_of(event),
    )
    try:
        passage = pass_barrier(barrier=barrier, seen=seen, by=by, at=at)
    except Refusal as refusal:
        raise conflict(event, refusal) from refusal
    if passage.refusal is not None:
        raise conflict(event, passage.refusal, passage.explanation)
    return Applied(trip.pk)


def _stands_since(trip: Trip) -> datetime:
    """Since when it is where it is: a call that was given more time is the same call."""
    return trip.called_at if trip.state == CALLED and trip.called_at else trip.state_since


def _undeclared(event: OfflineEvent, barrier: ControlPoint, by: Actor, *, again: bool) -> Applied:
    """Unless the vehicle turns out to have been declared meanwhile: then a person looks."""
    plate, special = str(event.payload.get("plate") or ""), event.payload.get("special") is True
    live = live_trip_of((plates.read_special if special else plates.read)(plate).norm)
    if live is not None and not again:
        raise conflict(event, refuse("BG-012", v=plates.show(live.tractor_plate), trip=live.shown_code()))
    try:
        found = record_undeclared(
            plate=plate,
            point=barrier.point,
            by=by,
            at=event.occurred_at,
            goods_guess=str(event.payload.get("goods") or "")[:120],
            phone=str(event.payload.get("phone") or "")[:20],
            special=special,
            offline=facts_of(event),
        )
    except Refusal as refusal:
        raise conflict(event, refusal) from refusal
    return Applied(found.trip_id)


def _refused(event: OfflineEvent, barrier: ControlPoint, by: Actor) -> Applied:
    """Who was turned away is kept: forged codes show up where they are tried."""
    told = event.payload
    code = str(told.get("code") or "")[:32]
    trip = Trip.objects.filter(code=str(told.get("trip") or "")).first()
    facts = {"code": code, "control_point": barrier.code, "plate": str(told.get("plate") or "")[:24]}
    record("border_gate.refuse_passage", by=by, at=event.occurred_at, kind="border_gate.trip",
           record_id=trip.pk if trip else None, event=event.pk, **facts)  # fmt: skip
    return Applied(trip.pk if trip else None, changed=False, code=code)


def _wants_radio(event: OfflineEvent, step: str) -> bool:
    old = event.occurred_at - list_at(event) > offline.OLD
    return old and step in offline.OVER_THE_LINE and not event.payload.get("radio")


def _age(event: OfflineEvent) -> int:
    return int((event.occurred_at - list_at(event)).total_seconds() // 60)
