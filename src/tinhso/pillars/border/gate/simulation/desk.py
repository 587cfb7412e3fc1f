"""Does the steps that fall due: equal ones at one point together, by the officer whose they are.

A step that is refused, because a person was first or a guard says no, is told to who asked: he looks again.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import structlog

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions import amend, declare, fees, move, release, samples, seals, tasks
from tinhso.pillars.border.gate.actions.customs import INSPECTION
from tinhso.pillars.border.gate.flows import TASK, TRIP
from tinhso.pillars.border.gate.models import (
    Amendment,
    ClearanceTask,
    CrossingPoint,
    FeeAssessment,
    Force,
    Hold,
    SlotWindow,
    Trip,
)
from tinhso.pillars.border.gate.models.seals import SealEventKind
from tinhso.pillars.border.gate.queries.holding import areas_at
from tinhso.pillars.border.gate.queries.inspection_seals import waiting_for_seal
from tinhso.pillars.border.gate.queries.samples import waiting_for_sample
from tinhso.pillars.border.gate.rules.goods import PLANT
from tinhso.pillars.border.gate.rules.holding import spread
from tinhso.pillars.border.gate.simulation import handover
from tinhso.pillars.border.gate.simulation.again import again
from tinhso.pillars.border.gate.simulation.checking import FAILS, FAULTS, TREATS
from tinhso.pillars.border.gate.simulation.moves import FIXES, TURNS
from tinhso.pillars.border.gate.simulation.seen import Move

MINUTES_OF_A_DAY = 1440
RELATED = ("declaration", "enterprise", "point", "yard", "tractor", "trailer", "driver__person")
logger = structlog.get_logger(__name__)


@dataclass(slots=True)
class Ask:
    """A step that is asked for at a point; `done` tells afterwards whether it was done."""

    move: Move
    point: str
    done: bool = False


Handler = Callable[[Sequence[Ask], Actor, datetime], Iterable[UUID]]


class Desk:
    """`who` finds the officer of a role at a point; `own` are verbs that need more than the record's id."""

    def __init__(self, who: Callable[[str, str], Actor], own: Mapping[str, Handler] | None = None) -> None:
        self.who = who
        self.own = own or {}
        self.refused: Counter[str] = Counter()
        self.steps = 0

    def do(self, asked: Sequence[Ask], at: datetime, taken: frozenset[tuple[str, str]] = frozenset()) -> None:
        """Do all, in an order that does not depend on chance. `taken`: (point, role) that people play."""
        groups: dict[tuple[str, str, str], list[Ask]] = {}
        for ask in asked:
            if (ask.point, ask.move.role) not in taken:
                groups.setdefault((ask.move.verb, ask.move.role, self._place(ask)), []).append(ask)
        for (verb, role, point), group in groups.items():
            self._do_group(verb, group, self.who(role, point), at)

    @staticmethod
    def _place(ask: Ask) -> str:
        """Who acts for all points does them all at once."""
        return "" if ask.move.role in ("BROKER", "DRIVER", "SYSTEM") else ask.point

    def _do_group(self, verb: str, group: list[Ask], by: Actor, at: datetime) -> None:
        try:
            handle = self.own.get(verb) or handler_of(verb)
            done = again(lambda: set(handle(group, by, at))) or set()
        except Refusal as refusal:
            self._note(verb, refusal.code)
            done = set()
            if len(group) > 1 and verb in ALONE_AFTER_REFUSAL:
                for ask in group:
                    self._do_group(verb, [ask], by, at)
                return
        self.steps += len(done)
        for ask in group:
            ask.done = ask.move.target in done

    def _note(self, verb: str, code: str) -> None:
        self.refused[f"{verb} {code}"] += 1
        logger.debug("simulated step refused", verb=verb, code=code)


def handler_of(verb: str) -> Handler:
    """The handler of a verb; `trip.…` and `task.…` name steps of the two flows."""
    kind, _, step = verb.partition(".")
    if verb == "trip.enter_buffer":
        return _enter_areas
    if kind == "trip":
        return lambda asks, by, at: (
            TRIP.fire_many(
                [ask.move.target for ask in asks],
                step,
                by=by,
                at=at,
                together=False,
                facts={ask.move.target: ask.move.facts for ask in asks},
            ).done
        )
    if kind == "task":
        if step == "pass":
            return _pass
        shared: dict[str, str] = {}
        return lambda asks, by, at: (
            TASK.fire_many([ask.move.target for ask in asks], step, by=by, at=at, together=False, **shared).done
        )
    return HANDLERS[verb]


def _enter_areas(asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
    """Each into the holding area at which it aims, while there is room; who was undeclared stands in his bay."""
    place = CrossingPoint.objects.filter(code=asks[0].point).values_list("pk", flat=True).get()
    areas = areas_at(place, by=by, at=at)
    facts = {ask.move.target: dict(ask.move.facts) for ask in asks}
    aimed = [(trip, told.pop("area")) for trip, told in facts.items() if "area" in told]
    for (trip, _part), area in zip(aimed, spread(areas, [part for _trip, part in aimed]), strict=True):
        if area is None and areas:
            del facts[trip]
        elif area:
            facts[trip]["buffer"] = str(area.id)
    return TRIP.fire_many(list(facts), "enter_buffer", by=by, at=at, together=False, facts=facts).done


def _each(one: Callable[[Ask, Actor, datetime], Any]) -> Handler:
    """A handler that does its asks one by one; a refusal of one leaves the others."""

    def handle(asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
        for ask in asks:
            try:
                one(ask, by, at)
            except Refusal as refusal:
                logger.debug("simulated step refused", verb=ask.move.verb, code=refusal.code)
            else:
                yield ask.move.target

    return handle


def _moving(act: Callable[[Sequence[Move], Actor, datetime], Iterable[UUID]]) -> Handler:
    """A handler that looks at the moves alone."""
    return lambda asks, by, at: act([ask.move for ask in asks], by, at)


def _trip(ask: Ask) -> Trip:
    return Trip.objects.select_related(*RELATED).get(pk=ask.move.target)


def _task(ask: Ask) -> ClearanceTask:
    return ClearanceTask.objects.select_related("trip", "force").get(pk=ask.move.target)


def _trips(asks: Sequence[Ask]) -> list[Trip]:
    found = Trip.objects.select_related(*RELATED).in_bulk([ask.move.target for ask in asks])
    return [found[ask.move.target] for ask in asks]


def _accept(asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
    trips = _trips(asks)
    declare.accept_trips(trips=trips, by=by, at=at)
    return [trip.pk for trip in trips]


def _book(asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
    """Book the hour in which each means to come."""
    midnight = at.astimezone(HANOI).replace(hour=0, minute=0, second=0, microsecond=0)
    until = midnight + timedelta(days=1)
    windows = {
        (code, begins): window
        for code, begins, window in SlotWindow.objects.filter(
            direction="X", begins_at__gte=midnight, begins_at__lt=until
        ).values_list("point__code", "begins_at", "id")
    }
    facts = {}
    for ask in asks:
        hour = midnight + timedelta(hours=int(ask.move.facts["minute"] % MINUTES_OF_A_DAY // 60))
        if (ask.point, hour) in windows:
            facts[ask.move.target] = {"slot": str(windows[ask.point, hour])}
    return TRIP.fire_many(list(facts), "book_slot", by=by, at=at, together=False, facts=facts).done


def _pass(asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
    """Drawn goods are sampled first, opened containers sealed anew; all that is invented, as the whole play is."""
    targets = [ask.move.target for ask in asks]
    found = ClearanceTask.objects.filter(pk__in=targets, kind__in=(PLANT, INSPECTION)).select_related("trip").in_bulk()
    for pk in waiting_for_sample(list(found.values())):
        samples.record_sample(task=found[pk], result="CLEAN", by=by, at=at)
    for pk in waiting_for_seal(list(found.values())):
        trip = found[pk].trip
        seals.key_seal(trip=trip, seal_no=f"HQ-DEMO-{trip.code[3:15]}", kind=SealEventKind.APPLIED, by=by, at=at)
    return TASK.fire_many(targets, "pass", by=by, at=at, together=False, result="PASS").done


def _pay(asks: Sequence[Ask], by: Actor, at: datetime) -> Iterable[UUID]:
    found = FeeAssessment.objects.in_bulk([ask.move.target for ask in asks])
    rows = [found[ask.move.target] for ask in asks]
    return fees.pay_through_bank(fees=rows, by=by, at=at).done


def _amend(ask: Ask, by: Actor, at: datetime) -> None:
    """The firm corrects the number that customs found wrong."""
    trip = _trip(ask)
    number = f"{trip.customs_no[:-1]}{(int(trip.customs_no[-1:] or 0) + 5) % 10}"
    amend.amend_trip(trip=trip, values={"customs_no": number}, reason=FAULTS, by=by, at=at)


HANDLERS: dict[str, Handler] = {
    "submit": _each(lambda ask, by, at: declare.submit_trip(trip=_trip(ask), by=by, at=at)),
    "accept": _accept,
    "fix": _each(
        lambda ask, by, at: declare.request_fix(trip=_trip(ask), fields=["customs_no"], reason=FIXES, by=by, at=at)
    ),
    "resubmit": _each(lambda ask, by, at: declare.resubmit_trip(trip=_trip(ask), changed=["customs_no"], by=by, at=at)),
    "book": _book,
    "red": _each(lambda ask, by, at: tasks.pass_task(task=_task(ask), by=by, at=at, result="RED")),
    "fail": _each(
        lambda ask, by, at: tasks.fail_task(task=_task(ask), reason=FAILS, reason_code="DOC_MISMATCH", by=by, at=at)
    ),
    "treat": _each(lambda ask, by, at: tasks.treat_task(task=_task(ask), reason=TREATS, by=by, at=at)),
    "lift": _each(
        lambda ask, by, at: tasks.lift_hold(
            hold=Hold.objects.select_related("trip").get(pk=ask.move.target), by=by, at=at
        )
    ),
    "reopen": _each(lambda ask, by, at: tasks.reopen_task(task=_task(ask), by=by, at=at)),
    "turn_back": _each(
        lambda ask, by, at: release.turn_back(
            trip=_trip(ask), reason=TURNS, reason_code="OWNER_REQUEST", by=by, at=at, customs_consent="HQ-DEMO"
        )
    ),
    "refused": _each(
        lambda ask, by, at: move.return_in(
            trip=_trip(ask),
            plate=ask.move.facts["plate"],
            load_state=move.REJECTED,
            reason_code="CN_REFUSED_LABEL",
            by=by,
            at=at,
        )
    ),
    "back.loaded": _each(
        lambda ask, by, at: move.return_in(
            trip=_trip(ask), plate=ask.move.facts["plate"], load_state=move.LOADED, by=by, at=at
        )
    ),
    "fault.want": _each(
        lambda ask, by, at: amend.want_amendment(
            trip=_trip(ask), fields=["customs_no"], reason=FAULTS, force=Force.objects.get(code="HAIQUAN"), by=by, at=at
        )
    ),
    "fault.amend": _each(_amend),
    "fault.consent": _each(
        lambda ask, by, at: amend.consent_to(
            amendment=Amendment.objects.select_related("trip").get(pk=ask.move.target), by=by, at=at
        )
    ),
    "pay": _pay,
    "unload.record": _moving(handover.store),
    "unload.onto": _moving(handover.hand_over),
    "unload.confirm": _moving(handover.confirm),
}
ALONE_AFTER_REFUSAL = frozenset({"pay", "accept", "unload.onto", "unload.confirm"})
