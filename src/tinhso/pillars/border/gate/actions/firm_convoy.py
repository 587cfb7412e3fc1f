"""A firm declares once for several vehicles: all of them go, or nothing is left behind and each problem is told."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.pillars.border.gate.actions.convoy import Carrier, add_vehicles, draft_convoy
from tinhso.pillars.border.gate.actions.declare import Draft, send_trips
from tinhso.pillars.border.gate.actions.fees import assess_fees
from tinhso.pillars.border.gate.actions.firm import Intent, draft_for, pair_own
from tinhso.pillars.border.gate.actions.haulage import give_to_carrier
from tinhso.pillars.border.gate.models import Declaration, Enterprise, FeeAssessment, Trip
from tinhso.pillars.border.gate.queries.problems import taken, what_stands_against
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

Problem = dict[str, Any]
"""As on a trip: code, field, text; and `vehicle`, from 1, or 0 where it concerns all of them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Share:
    """One vehicle as the firm gives it, with what it carries of each goods line in kg and packages."""

    intent: Intent
    kg: tuple[int, ...]
    packages: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class ConvoyPreview:
    """What a declaration of several vehicles would meet: problems, or each vehicle's fee and how many are accepted."""

    problems: tuple[Problem, ...] = ()
    fees: tuple[FeeAssessment | None, ...] = ()
    accepted: int = 0

    @property
    def amount(self) -> int:
        """All fees together, in đồng."""
        return sum(fee.amount for fee in self.fees if fee)


class ConvoyRefused(GateRefusal):
    """Some vehicles may not go as they were declared; `facts["problems"]` tells which, and why."""


@transaction.atomic
def declare_convoy(
    *, firm: Enterprise, shares: Sequence[Share], by: Actor, at: datetime, to: Declaration | None = None
) -> list[Trip]:
    """Write down and send one declaration over several vehicles; `to`: more vehicles for one that is spread already.

    Refusal: with all problems of all vehicles, and nothing is left behind.
    """
    drafts = _kept(firm, shares, by, at)
    carriers = [_carrier(draft, share) for draft, share in zip(drafts, shares, strict=True)]
    if to is None:
        trips = draft_convoy(draft=drafts[0], carriers=carriers, by=by, at=at)
    else:
        trips = add_vehicles(declaration=to, draft=drafts[0], carriers=carriers, by=by, at=at)
    _must_be_free(trips)
    _send(trips, by, at)
    for trip, share in zip(trips, shares, strict=True):
        if share.intent.carrier is not None:
            give_to_carrier(trip=trip, carrier=share.intent.carrier, by=by, at=at)
        if share.intent.pair is not None:
            pair_own(trip=trip, other=share.intent.pair, by=by, at=at)
    return trips


def preview_convoy(
    *, firm: Enterprise, shares: Sequence[Share], by: Actor, at: datetime, to: Declaration | None = None
) -> ConvoyPreview:
    """What `declare_convoy` would do now, with the fees; nothing is changed."""
    with transaction.atomic():
        try:
            with transaction.atomic():
                trips = declare_convoy(firm=firm, shares=shares, by=by, at=at, to=to)
            found = _seen(trips, at)
        except Refusal as refusal:
            found = ConvoyPreview(problems=_problems(refusal))
        transaction.set_rollback(True)
    return found


def _must_be_free(trips: Sequence[Trip]) -> None:
    """No vehicle, driver or container is on another live trip; all that are, are told."""
    others = taken(trips)
    _raise_all(
        [_problem(others[trip.pk], number) for number, trip in enumerate(trips, 1) if trip.pk in others], len(trips)
    )


def _send(trips: Sequence[Trip], by: Actor, at: datetime) -> None:
    _low, refused = send_trips(trips=trips, by=by, at=at)
    told = [{**one, "vehicle": number} for number, trip in enumerate(trips, 1) for one in trip.problems]
    for number, trip in enumerate(trips, 1):
        if (refusal := refused.get(trip.pk)) is not None:
            told.append(_problem(what_stands_against(trip, refusal.code, at=at) or refusal, number))
    _raise_all(told, len(trips))


def _seen(trips: Sequence[Trip], at: datetime) -> ConvoyPreview:
    waiting = [trip for trip in trips if trip.state != "accepted"]
    assess_fees(trips=waiting, at=at)
    fees = {fee.trip_id: fee for fee in FeeAssessment.objects.filter(trip__in=trips)}
    return ConvoyPreview(fees=tuple(fees.get(trip.pk) for trip in trips), accepted=len(trips) - len(waiting))


def _kept(firm: Enterprise, shares: Sequence[Share], by: Actor, at: datetime) -> list[Draft]:
    """A draft for each vehicle; what refuses to be kept is told of all of them at once."""
    found: list[Draft] = []
    told: list[Problem] = []
    for number, share in enumerate(shares, 1):
        _try(lambda share=share: found.append(draft_for(firm, share.intent, by, at)), told, number)  # type: ignore[misc]
    _raise_all(told, len(shares))
    return found


def _try(action: Callable[[], None], told: list[Problem], number: int) -> None:
    try:
        with transaction.atomic():
            action()
    except Refusal as refusal:
        told.append(_problem(refusal, number))


def _carrier(draft: Draft, share: Share) -> Carrier:
    if draft.tractor is None:
        raise refuse("BG-475", field="tractor")
    return Carrier(
        tractor=draft.tractor, driver=draft.driver, trailer=draft.trailer, kg=share.kg, packages=share.packages,
        second_container_no=draft.second_container_no, second_container_type=draft.second_container_type,
        second_seal_no=draft.second_seal_no, container_no=draft.container_no,
        container_type=draft.container_type, seal_no=draft.seal_no,
        supervisor=draft.supervisor, reefer_temp=draft.reefer_temp, tir_carnet_no=draft.tir_carnet_no,
        ecmr_ref=draft.ecmr_ref,
    )  # fmt: skip


def _raise_all(told: Sequence[Problem], vehicles: int) -> None:
    if not told:
        return
    problems = tuple(_said_once(told, vehicles))
    first = problems[0]
    plain = first["text"].replace("{", "{{").replace("}", "}}")
    raise ConvoyRefused(plain, code=first["code"], status=422, field=first["field"], problems=problems)


def _said_once(told: Sequence[Problem], vehicles: int) -> Iterable[Problem]:
    """What concerns every vehicle alike is told once, as a problem of the declaration."""
    alike: dict[tuple[str, str, str], set[int]] = {}
    for one in told:
        alike.setdefault((one["code"], one["field"], one["text"]), set()).add(one["vehicle"])
    for (code, field, text), numbers in alike.items():
        of_all = vehicles > 1 and len(numbers) == vehicles
        for number in [0] if of_all else sorted(numbers):
            yield {"code": code, "field": field, "text": text, "vehicle": number}


def _problem(refusal: Refusal, number: int) -> Problem:
    return {"code": refusal.code, "field": refusal.field or "", "text": refusal.for_people(), "vehicle": number}


def _problems(refusal: Refusal) -> tuple[Problem, ...]:
    known: Sequence[Problem] = refusal.facts.get("problems", ())
    return tuple({"vehicle": 0, **one} for one in known) or (_problem(refusal, 0),)
