"""What the driver of one trip reads: where he stands, what comes next, and the whole way with its times."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.clock import BEIJING
from tinhso.kernel.base.dates import show_span, show_time
from tinhso.pillars.border.gate.flows import STATES
from tinhso.pillars.border.gate.flows.overlays import UNDONE
from tinhso.pillars.border.gate.models import ClearanceTask, Hold, Trip, UndeclaredArrival, Yard
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.law import goods_today
from tinhso.pillars.border.gate.queries.mending import is_mended_by_driver
from tinhso.pillars.border.gate.queries.queue import explained, places_in_queue
from tinhso.pillars.border.gate.queries.ramps import turn_of
from tinhso.pillars.border.gate.queries.secrecy import public_reason_of
from tinhso.pillars.border.gate.queries.stoppages import kept_calls
from tinhso.pillars.border.gate.rules import plates, ways
from tinhso.pillars.border.gate.rules.goods import LISTED
from tinhso.pillars.border.gate.rules.kinds import COMES_EMPTY
from tinhso.pillars.border.gate.rules.queue import Place

ON_THE_WAY = "border_gate.call_acknowledged"
TONES = {"at_buffer": "wait", "released": "done", "crossed_out": "done", "completed": "done", "returned_in": "done"}
STOPPED = ("cancelled", "expired", "no_show", "turned_back", "seized")


@dataclass(frozen=True, slots=True)
class Stop:
    """One stop of the way, as the step strip wants it: done, now, stop or to come."""

    name: str
    state: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class Standing:
    """Where a trip stands for its driver: one state, one sentence; a place in the queue when he waits."""

    trip: Trip
    tone: str
    title: str
    text: str
    place: Place | None = None
    why: str = ""
    called: bool = False
    left: str = ""
    kept: str = ""
    acknowledged_at: datetime | None = None
    may_mend: bool = False
    way: list[Stop] = field(default_factory=list)

    @property
    def may_depart(self) -> bool:
        return self.trip.state == "accepted" and comes_from_inland(self.trip)


def comes_from_inland(trip: Trip) -> bool:
    """Whether it sets out in Viet Nam; transit does so when it goes outwards."""
    return ways.way_of(trip.kind, direction=trip.direction)[0] == ways.ROAD


def standing(trip: Trip, *, at: datetime) -> Standing:
    """The trip as its driver sees it; some six queries, none of which grows with the queue."""
    place = places_in_queue(point=trip.point, at=at).get(trip.code) if trip.state == "at_buffer" else None
    hold = _hold(trip) if trip.holds else ""
    called = trip.state == "called"
    mends = is_mended_by_driver(trip)
    return Standing(
        trip=trip,
        tone="stop" if hold or trip.state in STOPPED else TONES.get(trip.state, "run"),
        title=_("Held by a force") if hold else _title(trip),
        text=hold or (_("Correct what an officer asks for and send it again.") if mends else _next(trip)),
        place=place,
        why=explained(trip, place) if place else "",
        called=called,
        left=_left(trip, at) if called else "",
        kept=kept_calls([trip]).get(trip.pk, ""),
        acknowledged_at=acknowledged(trip) if called else None,
        may_mend=mends,
        way=way(trip, place),
    )


def acknowledged(trip: Trip) -> datetime | None:
    """When the driver answered the call that stands."""
    return answers({trip.pk: trip.called_at}).get(trip.pk) if trip.called_at else None


def answers(calls: dict[UUID, datetime]) -> dict[UUID, datetime]:
    """The last answer to each call, by trip; `calls` are the trips with the moments of their calls. One query.

    Without a version, as an answer is no step: so the trail's index of such entries finds it.
    """
    rows = Entry.objects.filter(record_id__in=calls, version=None, action=ON_THE_WAY).order_by("at")
    return {trip: at for trip, at in rows.values_list("record_id", "at") if trip and at >= calls[trip]}


def both_times(at: datetime) -> str:
    """15:40 Hà Nội, 16:40 Bắc Kinh: gate notices speak of both."""
    return _("%(hanoi)s Hanoi, %(beijing)s Beijing") % {
        "hanoi": show_time(at),
        "beijing": f"{at.astimezone(BEIJING):%H:%M}",
    }


def buffer_of(trip: Trip) -> str:
    """The holding area in which the vehicle stands, to which it was sent, or else the largest one of its point."""
    yard = (
        trip.buffer
        if trip.buffer_id
        else Yard.objects.filter(point_id=trip.point_id, level="buffer").order_by("-capacity").first()
    )
    return yard_name(yard) if yard else _("the holding area")


def waits_in(trip: Trip) -> str:
    """Where it waits for its call: who came undeclared stands at the gate, in its bay; the others in the holding area.

    One query.
    """
    if not trip.undeclared or not trip.buffer_at:
        return buffer_of(trip)
    bay = UndeclaredArrival.objects.filter(trip=trip).values_list("bay", flat=True).first()
    if bay and trip.yard:
        return _("bay %(bay)s, %(yard)s") % {"bay": bay, "yard": yard_name(trip.yard)}
    return str(title_of("point", trip.point.code))


def yard_name(yard: Yard | None) -> str:
    """A yard within a sentence, as drivers call it."""
    if yard is None:
        return _("the yard")
    if get_language() == "zh-hans" and yard.name_zh:
        return yard.name_zh
    name = yard.short
    return f"{name[:1].lower()}{name[1:]}" if name.startswith("Bãi ") else name


def subject(trip: Trip) -> str:
    """What the trip is, in one line: Xuất khẩu thanh long tươi qua Hữu Nghị."""
    title = goods_named(trip)
    goods = (title[:1].lower() + title[1:] if get_language() == "vi" else title) or _("no goods")
    words = {"X": _("Export of %(goods)s through %(gate)s"), "N": _("Import of %(goods)s through %(gate)s")}
    told = words.get(trip.direction, _("Transit of %(goods)s through %(gate)s"))
    return told % {"goods": goods, "gate": title_of("point", trip.point.code)}


def goods_named(trip: Trip) -> str:
    """The goods as the reader calls them: as declared in Vietnamese, else by the table of usual goods.

    What that table does not know is left as it was declared.
    """
    if not trip.goods_title or get_language() == "vi":
        return trip.goods_title
    line = trip.declaration.lines.first()
    usual = goods_today().kind(line.hs6) if line else None
    return str(usual.name) if usual and len(usual.code) >= LISTED else trip.goods_title


def _title(trip: Trip) -> str:
    if trip.state == "at_buffer":
        return _("Waiting to be called in %(yard)s") % {"yard": waits_in(trip)}
    if trip.state == "in_yard":
        return _("Being checked in %(yard)s") % {"yard": yard_name(trip.yard)}
    title = str(STATES[trip.state])
    return title[:1].upper() + title[1:]


def _next(trip: Trip) -> str:
    told = _NEXT.get(trip.state)
    if not comes_from_inland(trip):
        told = _NEXT_FROM_ABROAD.get(trip.state, told)
    return told(trip) if told else ""


def _unpaid(trip: Trip) -> bool:
    return trip.fee_state not in ("paid", "waived", "deferred", "not_owed")


def _checks(trip: Trip) -> str:
    """What is still open: checks of forces, the fee, the unloading."""
    kinds = ClearanceTask.objects.filter(trip=trip, state__in=UNDONE).select_related("force").order_by("due_at", "kind")
    names = [str(task.title) for task in kinds]
    if _unpaid(trip):
        names.append(_("infrastructure fee"))
    handing = f"{_to_ramp(trip)} {_handing(trip)}".strip()
    if names:
        told = _("Still to come: %(list)s.") % {"list": ", ".join(names)}
        return f"{handing} {told}".strip()
    if handing:
        return handing
    return _("All checks are done. Wait in the cab for the customs' release.")


def _to_ramp(trip: Trip) -> str:
    """Where the goods are inspected, or that the driver waits for a bay with a ramp."""
    turn = turn_of(trip)
    if turn is None or turn.ended_at:
        return ""
    if not turn.bay:
        return _("Stay in your bay: all bays with a ramp are taken, the yard calls you to the inspection.")
    facts = {"bay": turn.bay, "yard": yard_name(turn.yard)}
    return _("Drive to bay %(bay)s with a ramp, %(yard)s, for the inspection.") % facts


def _handing(trip: Trip) -> str:
    """With which vehicles goods are still to be handed over, as the firm said."""
    if trip.kind in COMES_EMPTY and not trip.loaded_kg:
        found = trip.givers.values_list("giver__tractor_plate", flat=True)
        told, unknown = _("Take the goods over from %(plates)s."), _("The yard tells you whose goods you take over.")
    elif trip.kind == "EXP_XFER" and trip.balance_kg:
        found = trip.takers.values_list("taker__tractor_plate", flat=True)
        told, unknown = _("Hand the goods over to %(plates)s."), _("The yard tells you to whom the goods go.")
    else:
        return ""
    names = [plates.show(plate) for plate in found]
    return told % {"plates": ", ".join(names)} if names else unknown


def _release(trip: Trip) -> str:
    if trip.released_to == "inland":
        return _("Drive out through barrier 1 and show this code.")
    until = both_times(trip.release_expires_at) if trip.release_expires_at else "–"
    return _("Drive to the line and show this code before %(until)s.") % {"until": until}


def _out(trip: Trip) -> str:
    if trip.kind != "EXP_VN":
        return _("This trip ends here.")
    if trip.two_way:
        return _("Come back loaded through the same point; the firm declares the goods of the way back before that.")
    return _("Come back through the same point, and show this code again at the line.")


_WORK: dict[str, Any] = {
    "IMP_CN": gettext_lazy("Checks and unloading"),
    "AGV": gettext_lazy("Checks and unloading"),
    "EXP_XFER": gettext_lazy("Hands the goods over in %(yard)s"),
    "CN_EMPTY_IN": gettext_lazy("Takes goods over in %(yard)s"),
    "IMP_VN_PICKUP": gettext_lazy("Takes goods over in %(yard)s"),
}
_NEXT: dict[str, Any] = {
    "draft": lambda trip: _("The firm has not sent the declaration yet."),
    "submitted": lambda trip: _("The management board looks at the declaration. You need not do anything."),
    "fix_requested": lambda trip: _("The firm or the help desk has to correct the declaration. Do not set out yet."),
    "accepted": lambda trip: (
        _("Set out when you are ready, to %(place)s. Your turn counts from there.") % {"place": buffer_of(trip)}
    ),
    "en_route": lambda trip: _("Drive to %(place)s and show this code at its barrier.") % {"place": buffer_of(trip)},
    "at_buffer": lambda trip: _("Stay in the cab and keep the telephone on."),
    "arrived": lambda trip: _("Drive to %(yard)s.") % {"yard": _bay(trip)},
    "crossed_in": lambda trip: _("Drive to %(yard)s.") % {"yard": _bay(trip)},
    "in_yard": _checks,
    "released": _release,
    "crossed_out": _out,
    "returned_in": lambda trip: _("Drive out through barrier 1. The border guard closes the trip."),
    "completed": lambda trip: _("Nothing is left to do. Thank you."),
    "cancelled": lambda trip: _("The trip is called off. This code opens no barrier."),
    "expired": lambda trip: _("The trip was not used in time. Ask the firm for a new one."),
    "no_show": lambda trip: _("The hour was not kept. Ask the firm for a new trip."),
    "turned_back": lambda trip: _("The vehicle goes back inland. Ask the firm what comes next."),
    "seized": lambda trip: _("A force has seized the vehicle. Ask at its counter."),
}
_NEXT_FROM_ABROAD: dict[str, Any] = {
    "accepted": lambda trip: (
        _("Drive to the line at markers %(markers)s and show this code.") % {"markers": trip.point.markers}
    ),
}


def _bay(trip: Trip) -> str:
    yard = yard_name(trip.yard)
    return _("bay %(bay)s, %(yard)s") % {"bay": trip.bay, "yard": yard} if trip.bay else yard


def _hold(trip: Trip) -> str:
    """Which force holds it and why, as far as the reason is public."""
    hold = Hold.objects.filter(trip=trip, state="active").select_related("force").order_by("created_at").first()
    if hold is None:
        return ""
    return _("%(force)s: %(reason)s. Ask at its counter.") % {"force": hold.force, "reason": public_reason(hold)}


def public_reason(hold: Hold) -> str:
    """The reason as an owner may read it; a secret one is told as official reasons only."""
    reason = public_reason_of(hold)
    return str(reason) if reason else _("Held for official reasons").lower()


def _left(trip: Trip, at: datetime) -> str:
    left = trip.call_expires_at - at if trip.call_expires_at else timedelta()
    return show_span(left) if left > timedelta() else ""


def way(trip: Trip, place: Place | None = None) -> list[Stop]:
    """The stops of the whole way for the tall strip."""
    rows = _rows(trip, place)
    passed = [bool(at) for _name, at, _note in rows]
    now = next((number for number, done in enumerate(passed) if not done), len(rows))
    here = "stop" if trip.state in STOPPED else "now"
    ended = trip.state == "completed"
    return [
        Stop(name, "done" if at or ended else (here if number == now else ""), show_time(at) if at else note)
        for number, (name, at, note) in enumerate(rows)
    ]


def _rows(trip: Trip, place: Place | None) -> list[tuple[str, datetime | None, str]]:
    """From where it comes, through the yard, to where it goes: each kind of trip has these three parts."""
    begins = _from_inland(trip, place) if comes_from_inland(trip) else _from_abroad(trip)
    work = str(_WORK.get(trip.kind) or _("Checks in %(yard)s")) % {"yard": yard_name(trip.yard)}
    return [*begins, (work, trip.released_at, _forces(trip)), *_end(trip)]


def _from_inland(trip: Trip, place: Place | None) -> list[tuple[str, datetime | None, str]]:
    waits = trip.state == "at_buffer"
    expected = _("About %(times)s") % {"times": both_times(place.call_at)} if place else ""
    before = (
        _("Before %(times)s") % {"times": both_times(trip.call_expires_at)}
        if trip.state == "called" and trip.call_expires_at
        else expected
    )
    called_at = trip.called_at if trip.state == "called" or trip.arrived_at else None
    rows: list[tuple[str, datetime | None, str]] = [
        (_("Declaration accepted"), trip.accepted_at, ""),
        (_("Into %(yard)s") % {"yard": waits_in(trip)}, trip.buffer_at, ""),
        (
            _("Called") if called_at else _("Wait for the call"),
            called_at,
            _("Stay in the cab and keep the telephone on.") if waits else "",
        ),
        (_("Through barrier 1"), trip.arrived_at, before),
    ]
    return [rows[0], *rows[3:]] if trip.arrived_at and not trip.buffer_at else rows


def _from_abroad(trip: Trip) -> list[tuple[str, datetime | None, str]]:
    return [
        (_("Declaration accepted"), trip.accepted_at, ""),
        (_("Over the line at markers %(markers)s") % {"markers": trip.point.markers}, trip.crossed_in_at, ""),
        (_("Into %(yard)s") % {"yard": yard_name(trip.yard)}, trip.yard_in_at, ""),
    ]


def _end(trip: Trip) -> list[tuple[str, datetime | None, str]]:
    if ways.way_of(trip.kind, direction=trip.direction)[-1] == ways.INLAND and not trip.crossed_out_at:
        return [(_("Out through barrier 1, inland"), None, "")]
    if not comes_from_inland(trip):
        return [(_("Back over the line"), trip.crossed_out_at, _dwell(trip))]
    line = (_("Over the line at markers %(markers)s") % {"markers": trip.point.markers}, trip.crossed_out_at, "")
    if trip.kind != "EXP_VN":
        return [line]
    back = _("Back in Vietnam, loaded") if trip.two_way else _("Back in Vietnam")
    return [line, (back, trip.returned_at, _back_before(trip))]


def _back_before(trip: Trip) -> str:
    if trip.dwell_deadline is None or not trip.crossed_out_at or trip.returned_at:
        return ""
    return _("Before %(times)s") % {"times": both_times(trip.dwell_deadline)}


def _forces(trip: Trip) -> str:
    if trip.released_at:
        return ""
    kinds = ClearanceTask.objects.filter(trip=trip).order_by("due_at", "kind")
    names = list(dict.fromkeys(str(task.title) for task in kinds))
    text = ", ".join(names)
    return text[:1].upper() + text[1:]


def _dwell(trip: Trip) -> str:
    if trip.dwell_deadline is None or trip.crossed_out_at:
        return ""
    return _("Before %(times)s") % {"times": both_times(trip.dwell_deadline)}


def trip_of_link(record_id: UUID | None) -> Trip | None:
    """The trip that a link speaks of, with what its page shows."""
    rows = Trip.objects.select_related("point", "yard", "driver__person", "declaration", "slot", "enterprise")
    return rows.filter(pk=record_id).first() if record_id else None
