"""Declare before moving: draft, check, submit, accept. A firm says things once; the rules do the rest."""

from __future__ import annotations

import secrets
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.numbering.actions import take_many
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.kernel.workflow.rows import write_columns
from tinhso.pillars.border.gate.actions.fees import assess_fees, settle_called_off
from tinhso.pillars.border.gate.actions.noted import declare_arrivals, join_queues
from tinhso.pillars.border.gate.actions.tasks import open_tasks
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.flows.states import DRAFT, SUBMITTED
from tinhso.pillars.border.gate.models import (
    CrossingPoint,
    Declaration,
    Driver,
    Enterprise,
    FalseClaim,
    GoodsLine,
    SecondContainer,
    Trip,
    Vehicle,
    Yard,
)
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.codes import registry_for
from tinhso.pillars.border.gate.queries.containers import with_seconds
from tinhso.pillars.border.gate.queries.law import Law, law_on
from tinhso.pillars.border.gate.queries.mandates import brokers_of
from tinhso.pillars.border.gate.queries.problems import problems_of, rule_line, what_stands_against
from tinhso.pillars.border.gate.queries.risk import risk_of
from tinhso.pillars.border.gate.rules import priority, tripcodes
from tinhso.pillars.border.gate.rules.codes import GateRefusal, catalogue, refuse
from tinhso.pillars.border.gate.rules.corrections import by_field
from tinhso.pillars.border.gate.rules.limits import TOLERANCE, stay_code
from tinhso.pillars.border.gate.rules.transfers import HANDS_OVER

BY_ORDER = "order"
EXPORTS = frozenset({"EXP_VN", "EXP_XFER", "CN_EMPTY_IN"})
TURNS_OUT = {"IMP_CN": "CN_EMPTY_IN", "EXP_VN": "EXP_XFER"}
"""As what a vehicle was noted, and what it may say that it is."""
FILLED = (
    "enterprise", "agency_id", "yard", "trailer", "driver", "trailer_plate", "driver_name", "container_no",
    "container_type", "seal_no", "goods_title", "goods_group", "gross_kg", "balance_kg", "customs_no", "two_way",
    "dwell_limit_h", "tolerance_percent", "supervisor", "eta", "planned_on", "expires_at", "second_driver", "note",
    "reefer_temp", "tir_carnet_no", "ecmr_ref",
)  # fmt: skip
OF_DECLARATION = (
    "enterprise", "regime", "planned_on", "customs_no", "channel", "contract_no", "partner", "partner_phone",
    "just_in_time",
)  # fmt: skip
AS_TOLD = ("seal_no", "reefer_temp", "tir_carnet_no", "ecmr_ref", "customs_no", "source", "note")
"""What a draft and its declaration, a draft and its trip call by one name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DraftLine:
    """One kind of goods as the firm gives it. Weights in kg.

    `package_kind`: UNECE Rec 21; `unit`: Rec 20; `currency`: ISO 4217.
    """

    hs6: str
    title: str
    group: str
    gross_kg: int
    packages: int = 0
    package_kind: str = ""
    net_kg: int | None = None
    quantity: Decimal | None = None
    unit: str = ""
    value: int | None = None
    currency: str = ""
    origin: str = "VN"
    growing_areas: tuple[str, ...] = ()
    packing_houses: tuple[str, ...] = ()
    certificate_no: str = ""
    temperature_c: Decimal | None = None
    dangerous_un_no: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Draft:
    """All that a firm gives for one vehicle: what, with what, who drives, where and when.

    `inwards`: transit that comes over the line. `supervisor`: who answers for a driverless vehicle. Without a
    tractor it stays a draft until the carrier names one.
    """

    enterprise: Enterprise | None
    kind: str
    regime: str
    point: CrossingPoint
    planned_on: date
    tractor: Vehicle | None
    driver: Driver | None
    lines: tuple[DraftLine, ...] = ()
    eta: datetime | None = None
    trailer: Vehicle | None = None
    yard: Yard | None = None
    container_no: str = ""
    container_type: str = ""
    second_container_no: str = ""
    second_container_type: str = ""
    second_seal_no: str = ""
    seal_no: str = ""
    customs_no: str = ""
    channel: int = 0
    contract_no: str = ""
    partner: str = ""
    partner_phone: str = ""
    just_in_time: bool = False
    reefer_temp: Decimal | None = None
    tir_carnet_no: str = ""
    ecmr_ref: str = ""
    two_way: bool = False
    inwards: bool = False
    supervisor: str = ""
    source: str = "WEB"
    order_no: str = ""
    second_driver: Driver | None = None
    note: str = ""
    steps: dict[str, Any] = field(default_factory=dict)


def direction_of(kind: str, *, inwards: bool = False) -> str:
    """X when the vehicle's business is export or transit outwards, else N."""
    if kind == "TRANSIT":
        return tripcodes.IMPORT if inwards else tripcodes.EXPORT
    return tripcodes.EXPORT if kind in EXPORTS else tripcodes.IMPORT


def expiry_of(planned_on: date) -> datetime:
    """When a trip that nobody has moved expires: so long after its planned day begins as the rules of the day say."""
    return datetime.combine(planned_on, datetime.min.time(), HANOI) + law_on(planned_on).number("expiry_h").span


def stay_hours(kind: str, planned_on: date, *, two_way: bool) -> int:
    """How many hours such a trip may stay on the other side, by the limits of that day."""
    return law_on(planned_on).number(stay_code(kind, two_way=two_way)).value


def balance_of(kind: str, gross_kg: int) -> int:
    """What a vehicle of that kind has to unload before it leaves, in kg."""
    return gross_kg if kind in HANDS_OVER else 0


def draft_trip(*, draft: Draft, by: Actor, at: datetime) -> Trip:
    """Write down a declaration and its trip; nothing is checked yet but its form."""
    return draft_trips(drafts=[draft], by=by, at=at)[0]


@transaction.atomic
def draft_trips(*, drafts: Sequence[Draft], by: Actor, at: datetime, step: str = "create", **facts: Any) -> list[Trip]:
    """Many drafts at once, set-based: a firm's spreadsheet, or a day of the simulation."""
    codes = codes_for(drafts, by, at)
    declarations = declarations_for(drafts, codes, by, at)
    Declaration.objects.bulk_create(declarations)
    lines = [lines_of(draft, declaration) for draft, declaration in zip(drafts, declarations, strict=True)]
    GoodsLine.objects.bulk_create([line for some in lines for line in some])
    trips = [
        trip_of(draft, code, declaration, some)
        for draft, code, declaration, some in zip(drafts, codes, declarations, lines, strict=True)
    ]
    made = TRIP.create_many(trips, by=by, at=at, step=step, **facts)
    keep_second_containers(zip(made, drafts, strict=True))
    return made


@transaction.atomic
def fill_draft(*, trip: Trip, draft: Draft, by: Actor, at: datetime) -> Trip:
    """Put into a trip that is still a draft what its driver declares on the spot: a vehicle that came undeclared.

    Submitting is a step of its own. A Chinese vehicle turns out to come empty, a Vietnamese one to be unloaded in the
    yard: then it is of that kind; its code keeps the letter under which it was noted. Refusals: BG-023 when it is no
    draft any more; Forbidden as for submitting.
    """
    require(by, step_permission("submit"), on=trip, at=at)
    stored = Trip.objects.select_for_update(of=("self",)).select_related("declaration").get(pk=trip.pk)
    if stored.state != DRAFT:
        raise refuse("BG-023", step="submit", state=stored.get_state_title())
    declaration = stored.declaration
    for name in OF_DECLARATION:
        setattr(declaration, name, getattr(draft, name))
    declaration.save()
    declaration.lines.all().delete()
    lines = lines_of(draft, declaration)
    GoodsLine.objects.bulk_create(lines)
    filled = trip_of(draft, stored.code, declaration, lines)
    for name in FILLED:
        setattr(stored, name, getattr(filled, name))
    if filled.kind == TURNS_OUT.get(stored.kind):
        stored.kind, stored.direction = filled.kind, filled.direction
    stored.save()
    SecondContainer.objects.filter(trip=stored).delete()
    keep_second_containers([(stored, draft)])
    record("border_gate.draft_filled", by=by, at=at, kind=TRIP.name, record_id=stored.pk)
    return stored


def check_trips(*, trips: Sequence[Trip], at: datetime, times: bool = True) -> None:
    """Look for problems, class and risk, and keep them on the trips; guards read what stands there.

    `times`: whether day and hour are to lie ahead.
    """
    lines = _lines_of(trips)
    with_seconds(trips)
    disproved = _disproved(trips)
    registry = registry_for([line for some in lines.values() for line in some], at=at)
    for trip in trips:
        own = lines.get(trip.declaration_id, [])
        trip.problems = problems_of(trip, own, at=at, times=times, registry=registry)
        if trip.priority_basis != BY_ORDER:
            found = class_of(trip, own, law_on(trip.planned_on), false_claim=trip.pk in disproved)
            trip.priority, trip.priority_basis = found.name, found.basis
        trip.risk = risk_of(trip)
    write_columns(trips, ["problems", "priority", "priority_basis", "risk"])


def submit_trip(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """Send the declaration; what no rule doubts is accepted at once. Raises the first problem as a refusal."""
    check_trips(trips=[trip], at=at)
    raise_first(trip)
    try:
        with transaction.atomic():
            TRIP.fire(trip, "submit", by=by, at=at)
            declare_arrivals(trips=[trip], at=at)
    except StepRefused as refusal:
        told = what_stands_against(trip, refusal.code, at=at)
        if told is None:
            raise
        raise StepRefused(told, step=refusal.step, state=refusal.state, guard=refusal.guard) from refusal
    if trip.risk == "low":
        accept_trips(trips=[trip], at=at)
        join_queues(trips=[trip], at=at)
    return trip


def submit_trips(*, trips: Sequence[Trip], by: Actor, at: datetime) -> list[Trip]:
    """Send many; returns those that were accepted. Trips with problems stay drafts."""
    return send_trips(trips=trips, by=by, at=at)[0]


def send_trips(*, trips: Sequence[Trip], by: Actor, at: datetime) -> tuple[list[Trip], Mapping[UUID, StepRefused]]:
    """Send many: those that were accepted, and what the database refused, by id. Trips with problems stay drafts."""
    check_trips(trips=trips, at=at)
    with transaction.atomic():
        free = [trip for trip in trips if not trip.problems]
        outcome = TRIP.fire_many(free, "submit", by=by, at=at, together=False)
        sent = [trip for trip in trips if trip.pk in outcome.done]
        for trip in sent:
            trip.state, trip.version = SUBMITTED, outcome.done[trip.pk]
        declare_arrivals(trips=sent, at=at)
    low = [trip for trip in sent if trip.risk == "low"]
    accept_trips(trips=low, at=at)
    join_queues(trips=low, at=at)
    return low, outcome.refused


def accept_trips(*, trips: Sequence[Trip], at: datetime, by: Actor = SYSTEM) -> None:
    """Accept: from here on the trip has its QR, its tasks by rule and its fee."""
    step = "auto_accept" if by is SYSTEM else "accept"
    with transaction.atomic():
        done = TRIP.fire_many(trips, step, by=by, at=at)
        for trip in trips:
            trip.state, trip.version, trip.accepted_at = "accepted", done.done[trip.pk], at
        open_tasks(trips=trips, at=at)
        assess_fees(trips=trips, at=at)


def request_fix(
    *, trip: Trip, fields: Sequence[str], reason: str, by: Actor, at: datetime, reason_code: str = "DOC_MISMATCH"
) -> Trip:
    """Ask the firm to mend named fields, with a reason that it reads. Refusals: BG-203 for no field of the table."""
    if not set(fields) <= by_field().keys():
        raise refuse("BG-203", field="fields")
    return TRIP.fire(trip, "request_fix", by=by, at=at, fields=list(fields), reason=reason, reason_code=reason_code)


def resubmit_trip(*, trip: Trip, changed: Sequence[str], by: Actor, at: datetime) -> Trip:
    """Send the correction: only listed fields may have changed. A vehicle noted since then is declared by it."""
    check_trips(trips=[trip], at=at)
    raise_first(trip)
    with transaction.atomic():
        TRIP.fire(trip, "resubmit", by=by, at=at, changed=list(changed))
        declare_arrivals(trips=[trip], at=at, corrected=True)
    if trip.risk == "low":
        accept_trips(trips=[trip], at=at)
        join_queues(trips=[trip], at=at)
    return trip


def cancel_trip(*, trip: Trip, by: Actor, at: datetime) -> Trip:
    """Call the trip off before it has arrived; its hour and its fee are given back with it."""
    with transaction.atomic():
        TRIP.fire(trip, "cancel", by=by, at=at)
        settle_called_off(trip_id=trip.pk, at=at)
    return trip


def raise_first(trip: Trip) -> None:
    """Refuse with the first problem that stands on the trip, in its own words, and all of them with it."""
    if trip.problems:
        first = trip.problems[0]
        plain = first["text"].replace("{", "{{").replace("}", "}}")
        status = int(catalogue()[first["code"]]["http"])
        told = {"field": first["field"], "text": first["text"], "problems": trip.problems}
        raise GateRefusal(plain, code=first["code"], status=status, **told)


def class_of(trip: Trip, lines: Sequence[GoodsLine], law: Law, *, false_claim: bool = False) -> priority.Class:
    """The class of a trip that no order puts first, and its basis, by these rules."""
    told = tuple(rule_line(line, law.goods) for line in lines)
    tax_code = trip.enterprise.tax_code if trip.enterprise else ""
    claim = priority.Claim(
        lines=told,
        direction=trip.direction,
        just_in_time=trip.declaration.just_in_time,
        named=any(row.names(tax_code, told) for row in law.waited_for),
        preferred_firm=trip.enterprise is not None and trip.enterprise.preferred,
        false_claim=false_claim,
    )
    return priority.classify(claim)


def _disproved(trips: Sequence[Trip]) -> set[UUID]:
    """Whose goods a quarantine has found not fresh: a correction brings the class not back. Drafts have no checks."""
    known = [trip.pk for trip in trips if trip.accepted_at is not None]
    return set(FalseClaim.objects.filter(trip_id__in=known).values_list("trip_id", flat=True)) if known else set()


def _lines_of(trips: Sequence[Trip]) -> dict[Any, list[GoodsLine]]:
    found: dict[Any, list[GoodsLine]] = {}
    for line in GoodsLine.objects.filter(declaration_id__in=[trip.declaration_id for trip in trips]):
        found.setdefault(line.declaration_id, []).append(line)
    return found


def codes_for(drafts: Sequence[Draft], by: Actor, at: datetime) -> list[str]:
    """One serial number for each, gap-free per point, direction and day."""
    wanted: dict[tuple[str, str, date], int] = {}
    for draft in drafts:
        key = (draft.point.code[:2], direction_of(draft.kind, inwards=draft.inwards), draft.planned_on)
        wanted[key] = wanted.get(key, 0) + 1
    first = {
        key: take_many(f"border_gate.trip.{key[0]}{key[1]}{key[2]:%m%d}", key[2].year, count, by=by, at=at)
        for key, count in sorted(wanted.items())
    }
    codes = []
    for draft in drafts:
        key = (draft.point.code[:2], direction_of(draft.kind, inwards=draft.inwards), draft.planned_on)
        codes.append(tripcodes.make(point=key[0], direction=key[1], day=key[2], serial=first[key]))
        first[key] += 1
    return codes


def declarations_for(drafts: Sequence[Draft], codes: Sequence[str], by: Actor, at: datetime) -> list[Declaration]:
    """One for each draft, in memory; the broker stands on it when the actor declares by a mandate."""
    brokers = brokers_of(by=by, firms={draft.enterprise.pk for draft in drafts if draft.enterprise}, at=at)
    return [_declaration(draft, code, brokers, by, at) for draft, code in zip(drafts, codes, strict=True)]


def _declaration(draft: Draft, code: str, brokers: Mapping[UUID, UUID], by: Actor, at: datetime) -> Declaration:
    return Declaration(
        id=uuid7(),
        code=f"TK{code}",
        broker_id=brokers.get(draft.enterprise.pk) if draft.enterprise else None,
        point=draft.point,
        created_at=at,
        created_by=by.id,
        **{name: getattr(draft, name) for name in OF_DECLARATION},
    )


def lines_of(draft: Draft, declaration: Declaration) -> list[GoodsLine]:
    return [
        GoodsLine(
            declaration=declaration,
            number=number,
            hs6=line.hs6,
            title=line.title,
            group=line.group,
            packages=line.packages,
            package_kind=line.package_kind,
            net_kg=line.net_kg,
            gross_kg=line.gross_kg,
            quantity=line.quantity,
            unit=line.unit,
            value=line.value,
            currency=line.currency,
            origin=line.origin,
            growing_areas=list(line.growing_areas),
            packing_houses=list(line.packing_houses),
            certificate_no=line.certificate_no,
            temperature_c=line.temperature_c,
            dangerous_un_no=line.dangerous_un_no,
        )
        for number, line in enumerate(draft.lines, start=1)
    ]


def keep_second_containers(told: Iterable[tuple[Trip, Draft]]) -> None:
    """Write down the second containers of drafts; each stands on its trip in memory too."""
    SecondContainer.objects.bulk_create(
        [
            SecondContainer(
                trip=trip,
                number=draft.second_container_no,
                type=draft.second_container_type,
                seal_no=draft.second_seal_no,
            )
            for trip, draft in told
            if draft.second_container_no
        ]
    )


def trip_of(draft: Draft, code: str, declaration: Declaration, lines: Sequence[GoodsLine]) -> Trip:
    """The trip of a draft, not stored yet."""
    gross = sum(line.gross_kg for line in lines)
    return Trip(
        code=code,
        declaration=declaration,
        enterprise=draft.enterprise,
        agency_id=draft.enterprise.pk if draft.enterprise else None,
        kind=draft.kind,
        direction=direction_of(draft.kind, inwards=draft.inwards),
        point=draft.point,
        yard=draft.yard,
        tractor=draft.tractor,
        trailer=draft.trailer,
        driver=draft.driver,
        second_driver=draft.second_driver,
        tractor_plate=draft.tractor.known_by if draft.tractor else "",
        trailer_plate=draft.trailer.plate if draft.trailer else "",
        driver_name=draft.driver.person.full_name if draft.driver else "",
        container_no=draft.container_no,
        container_type=draft.container_type if draft.container_no else "",
        goods_title=", ".join(line.title for line in lines)[:160],
        goods_group=lines[0].group if lines else "EMPTY",
        gross_kg=gross,
        balance_kg=balance_of(draft.kind, gross),
        two_way=draft.two_way,
        dwell_limit_h=stay_hours(draft.kind, draft.planned_on, two_way=draft.two_way),
        tolerance_percent=law_on(draft.planned_on).number(TOLERANCE).value,
        supervisor=draft.supervisor[:80],
        planned_on=draft.planned_on,
        eta=draft.eta,
        expires_at=expiry_of(draft.planned_on),
        nonce=secrets.token_hex(8),
        **{name: getattr(draft, name) for name in AS_TOLD},
    )
