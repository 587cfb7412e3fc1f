"""Which steps the API does through the gate's own actions, so that a machine's step is worth a page's.

A step without an action is not offered.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date, datetime
from typing import Annotated, Any, Literal, Required, Unpack
from uuid import UUID

from pydantic import AwareDatetime, ConfigDict, Field
from pydantic_core import to_jsonable_python
from typing_extensions import TypedDict

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.workflow.flow import Flow
from tinhso.pillars.border.gate.actions import (
    amend,
    bookings,
    corrections,
    declare,
    destroyed,
    fees,
    fresh_claims,
    move,
    noted,
    orders,
    release,
    tasks,
    transfers,
)
from tinhso.pillars.border.gate.actions.for_others import say_consent
from tinhso.pillars.border.gate.actions.move import Sighting
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.models import ClearanceTask, FeeAssessment, Trip
from tinhso.pillars.border.gate.permissions import STEPS
from tinhso.pillars.border.gate.queries.destroyed import lines_by_number
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules.codes import refuse

Bay = Annotated[str, Field(max_length=8)]
LoadState = Literal["EMPTY", "LOADED", "REJECTED"]
Number = Annotated[str, Field(max_length=40)]
Why = Annotated[str, Field(max_length=240)]
NotPassed = Literal["FAIL", "RETURN", "DESTROY"]
Forces = Annotated[list[Annotated[str, Field(max_length=12)]], Field(max_length=20)]
Reason = Annotated[str, Field(max_length=400)]
Weight = Annotated[int, Field(gt=0, le=200_000)]
Codes = Annotated[list[Annotated[str, Field(max_length=40)]], Field(max_length=20)]
Regime = Literal["EXPORT", "IMPORT", "TEMP_IMP_REEXP", "TEMP_EXP_REIMP", "TRANSIT", "BORDER_TRANSFER", "BONDED"]
Method = Literal["CARD", "TREASURY", "CASH_EXCEPTION"]


def accept(trip: Trip, *, by: Actor, at: datetime) -> None:
    """Accept: tasks and fee are opened beside it."""
    declare.accept_trips(trips=[trip], by=by, at=at)


def book_slot(trip: Trip, *, slot: UUID | None = None, by: Actor, at: datetime) -> None:
    """Take a place in the hour `slot`, or move to it; without one the place is given back."""
    if slot is None:
        bookings.give_up_slot(trip=trip, by=by, at=at)
    else:
        bookings.book_slot(trip=trip, slot_id=slot, by=by, at=at)


def enter_yard(trip: Trip, *, by: Actor, at: datetime, bay: Bay = "", **seen: Unpack[Sighting]) -> None:
    """Into the yard; without `bay` the first free one is given."""
    move.enter_yard(trip=trip, bay=bay, by=by, at=at, **seen)


def return_in(
    trip: Trip,
    *,
    plate: str,
    load_state: LoadState,
    by: Actor,
    at: datetime,
    reason_code: Annotated[str, Field(max_length=24)] = "",
    **seen: Unpack[Sighting],
) -> None:
    """Back into Vietnam; what must be checked then is opened. REJECTED wants the reason of the Chinese side."""
    move.return_in(trip=trip, plate=plate, load_state=load_state, reason_code=reason_code, by=by, at=at, **seen)


def released(step: str) -> Callable[..., None]:
    """The release of that name. Refusal: BG-023 when another release is the trip's."""

    def let_go(trip: Trip, *, by: Actor, at: datetime) -> None:
        if release.release_step(trip) != step:
            raise refuse("BG-023", event=STEPS[step][0], state=trip.get_state_title())
        release.release_trip(trip=trip, by=by, at=at)

    return let_go


def fail(
    task: ClearanceTask,
    *,
    reason: str,
    reason_code: str,
    by: Actor,
    at: datetime,
    result: NotPassed | None = None,
    minutes_no: Number = "",
    witnesses: Forces | None = None,
) -> None:
    """Not passed: the force holds the vehicle. Without a result the first with which such a check does not pass."""
    failing = law_at(task.created_at).book.failing(task.kind)
    chosen: str = result or (failing[0] if failing else "")
    if chosen not in failing:
        raise refuse("BG-254", field="result")
    destroyed: dict[str, Any] = {"minutes_no": minutes_no, "witnesses": witnesses or []}
    tasks.fail_task(task=task, result=chosen, reason=reason, reason_code=reason_code, by=by, at=at, **destroyed)


def not_fresh(task: ClearanceTask, *, reason: Reason, by: Actor, at: datetime) -> None:
    """Goods declared as fresh are none: the trip falls into the class of ordinary goods, once."""
    fresh_claims.disprove_fresh(task=task, reason=reason, by=by, at=at)


def destroy(
    task: ClearanceTask,
    *,
    goods: Annotated[list[Destroyed], Field(min_length=1, max_length=99)],
    minutes_no: Number,
    witnesses: Forces,
    by: Actor,
    at: datetime,
) -> None:
    """Goods were destroyed by the record of that number, before other forces; so much less is on the vehicle."""
    lines = lines_by_number(task.trip)
    kg_of = {lines.get(one["line"], 0): one["kg"] for one in goods}
    destroyed.destroy_goods(task=task, kg_of=kg_of, minutes_no=minutes_no, witnesses=witnesses, by=by, at=at)


def propose_waiver(fee: FeeAssessment, *, document_no: Number, by: Actor, at: datetime) -> None:
    """Ask a leader to collect nothing, by the document of that number."""
    fees.propose_waiver(fee=fee, document_no=document_no, by=by, at=at)


def waive(fee: FeeAssessment, *, document_no: Number, by: Actor, at: datetime) -> None:
    """Collect nothing, by the document of that number."""
    fees.waive_fee(fee=fee, document_no=document_no, by=by, at=at)


def defer(fee: FeeAssessment, *, document_no: Number, by: Actor, at: datetime) -> None:
    """Let the vehicle go before it has paid, by the document of that number."""
    fees.defer_fee(fee=fee, document_no=document_no, by=by, at=at)


def refund(fee: FeeAssessment, *, document_no: Number = "", by: Actor, at: datetime) -> None:
    """Give back what was paid; without a document only when the trip was cancelled before it arrived."""
    fees.refund_fee(fee=fee, document_no=document_no, by=by, at=at)


def pay(
    fee: FeeAssessment, *, method: Method, reason: Why = "", document_no: Number = "", by: Actor, at: datetime
) -> None:
    """Take the money at the counter; cash wants a reason, the Treasury its document."""
    fees.pay_fee(fee=fee, method=method, reason=reason, document_no=document_no, by=by, at=at)


EXACT = ConfigDict(extra="forbid", allow_inf_nan=False, json_schema_extra=wco.named)


class Destroyed(TypedDict):
    """`line`: the number of the goods line; `kg`: how much of it was destroyed."""

    __pydantic_config__ = EXACT  # type: ignore[misc]

    line: int
    kg: Weight


class Person(TypedDict):
    """A driver of the trip's own firm."""

    __pydantic_config__ = EXACT  # type: ignore[misc]

    id: UUID


class Container(TypedDict):
    """Number and ISO 6346 size-type code."""

    __pydantic_config__ = EXACT  # type: ignore[misc]

    number: Annotated[str, Field(max_length=20)]
    type: Annotated[str, Field(max_length=4)]


class Second(TypedDict, total=False):
    """The second container, with its own seal."""

    __pydantic_config__ = EXACT  # type: ignore[misc]

    number: Required[Annotated[str, Field(max_length=20)]]
    type: Required[Annotated[str, Field(max_length=4)]]
    seal: Annotated[str, Field(max_length=24)]


Degrees = Annotated[str | int | float | None, Field(description="°C to a tenth; null for none")]


class Line(TypedDict, total=False):
    """What of a goods line may be changed; each field takes its own of these. The goods group follows from the code."""

    __pydantic_config__ = EXACT  # type: ignore[misc]

    hs6: Annotated[str, Field(max_length=8)]
    title: Annotated[str, Field(max_length=160)]
    origin: Annotated[str, Field(max_length=2)]
    gross_kg: Weight
    net_kg: Weight | None
    packages: Annotated[int, Field(ge=0, le=100_000)]
    package_kind: Annotated[str, Field(max_length=2, description="UNECE Rec 21; empty for none")]
    quantity: Annotated[
        str | int | float | None, Field(description="two decimals at most, null for none; goes with its unit")
    ]
    unit: Annotated[str, Field(max_length=3, description="of the quantity: UNECE Rec 20; empty for none")]
    value: Annotated[int, Field(gt=0, le=10**12, description="whole units of the currency; null for none")] | None
    currency: Annotated[str, Field(max_length=3, description="of the value: ISO 4217; empty for none")]
    growing_areas: Codes
    packing_houses: Codes
    certificate_no: Number
    temperature_c: Degrees
    dangerous_un_no: Annotated[str, Field(max_length=12)]


Lines = Annotated[dict[Annotated[str, Field(pattern="^[0-9]{1,3}$")], Line], Field(max_length=50)]


class Part(TypedDict, total=False):
    """What the vehicle carries of a goods line; 0 kg: nothing."""

    __pydantic_config__ = EXACT  # type: ignore[misc]

    kg: Required[Annotated[int, Field(ge=0, le=200_000)]]
    packages: Annotated[int, Field(ge=0, le=100_000)]


LineNumber = Annotated[str, Field(pattern="^[0-9]{1,3}$")]
Outs = Annotated[dict[LineNumber, Line | None], Field(max_length=50)]
"""Goods lines taken out (null) or added whole: code, name and gross weight at least."""


class Values(TypedDict, total=False):
    """The fields of tables/corrections.csv with their new values; goods lines by their number."""

    __pydantic_config__ = EXACT  # type: ignore[misc]

    goods: Lines
    weight: Lines
    packages: Lines
    value: Lines
    quantity: Lines
    certificate: Lines
    temperature: Lines
    un_number: Lines
    reefer_temp: Degrees
    tir: Annotated[str, Field(max_length=20)]
    ecmr: Annotated[str, Field(max_length=40)]
    lines: Outs
    share: Annotated[dict[LineNumber, Part], Field(max_length=50)]
    back: Outs
    customs_no: Annotated[str, Field(pattern="^[0-9]{12}$")]
    channel: Literal[0, 1, 2, 3]
    contract: Number
    partner: Annotated[str, Field(max_length=120)]
    partner_phone: Annotated[str, Field(max_length=24)]
    regime: Regime
    seal: Annotated[str, Field(max_length=24)]
    note: Annotated[str, Field(max_length=240)]
    container: Container
    second_container: Second | None
    tractor: Annotated[str, Field(max_length=24)]
    trailer: Annotated[str, Field(max_length=24)]
    driver: Person
    second_driver: Person | None
    supervisor: Annotated[str, Field(min_length=1, max_length=80)]
    phone: Annotated[str, Field(pattern=r"^\+?[0-9]{9,15}$")]
    point: Annotated[str, Field(max_length=16)]
    yard: Annotated[str, Field(max_length=16)]
    planned_on: date
    eta: AwareDatetime
    two_way: bool
    just_in_time: bool
    kind: Annotated[Literal["EXP_VN", "EXP_XFER"], Field(description="from one of these two to the other")]
    vin: Annotated[str, Field(max_length=24, description="of a new vehicle")]
    temporary_plate: Annotated[str, Field(max_length=17, description="of a new vehicle; empty for none")]


def amend_fields(trip: Trip, *, values: Values, reason: Reason, by: Actor, at: datetime) -> None:
    """Change any field of an accepted trip alone; beyond barrier 1 the force in charge is asked for its consent."""
    amend.amend_trip(trip=trip, values=to_jsonable_python(values), reason=reason, by=by, at=at)


def submit(trip: Trip, *, consent: bool = False, by: Actor, at: datetime) -> None:
    """Send the declaration. The help desk says with `consent` that he for whom it declares agrees."""
    say_consent(trip=trip, consent=consent, by=by, at=at)
    declare.submit_trip(trip=trip, by=by, at=at)


def resubmit(trip: Trip, *, values: Values, consent: bool = False, by: Actor, at: datetime) -> None:
    """Send the correction that was asked for; a field of `fix_fields` without a new value stands as it was declared.

    The help desk says with `consent` that he for whom it was declared agrees.
    """
    corrections.correct_trip(trip=trip, values=to_jsonable_python(values), consent=consent, by=by, at=at)


TRIP_STEPS: dict[str, Callable[..., Any]] = {
    "submit": submit,
    "accept": accept,
    "request_fix": declare.request_fix,
    "resubmit": resubmit,
    "amend": amend_fields,
    "book_slot": book_slot,
    "cancel": declare.cancel_trip,
    "leave_undeclared": noted.leave_undeclared,
    "depart": move.depart,
    "enter_buffer": move.enter_buffer,
    "arrive": move.arrive,
    "cross_in": move.cross_in,
    "yard_in": enter_yard,
    "release_out": released("release_out"),
    "release_inland": released("release_inland"),
    "release_empty_back": released("release_empty_back"),
    "revoke_release": release.revoke_release,
    "cross_out": move.cross_out,
    "leave_inland": move.leave_inland,
    "return_in": return_in,
    "close_return": move.close_return,
    "turn_back": release.turn_back,
    "yard_redirect": orders.redirect_yard,
    "divert": orders.divert_trip,
    "choose_point": bookings.choose_point,
    "seize": orders.seize_trip,
    "unseize": orders.give_back,
    "return_foreign": orders.return_foreign,
}
TASK_STEPS: dict[str, Callable[..., Any]] = {
    "take": tasks.take_task,
    "pass": tasks.pass_task,
    "fail": fail,
    "treat": tasks.treat_task,
    "repeat": tasks.repeat_task,
    "recheck": tasks.recheck_task,
    "reopen": tasks.reopen_task,
    "drop": tasks.drop_task,
    "not_fresh": not_fresh,
    "destroy": destroy,
}
TRANSFER_STEPS: dict[str, Callable[..., Any]] = {
    "sign": transfers.sign_transfer,
    "confirm": transfers.confirm_transfer,
    "send_back": transfers.send_back_transfer,
    "drop": transfers.drop_transfer,
}
HOLD_STEPS: dict[str, Callable[..., Any]] = {"lift": tasks.lift_hold, "override": tasks.override_hold}
FEE_STEPS: dict[str, Callable[..., Any]] = {
    "pay": pay,
    "propose_waiver": propose_waiver,
    "waive": waive,
    "defer": defer,
    "replace": fees.replace_fee,
    "refund": refund,
}


def left_out(flow: Flow, through: Mapping[str, object]) -> frozenset[str]:
    """Steps without an action here, which are not offered: their flow alone would take any facts.

    The queue calls whom its order names; a transfer is done by its two
    signatures; the rest is the platform's own.
    """
    return frozenset(flow.step_names()) - through.keys()
