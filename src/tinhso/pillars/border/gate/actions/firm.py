"""What a firm does for itself: keep vehicles and drivers, declare at one go, see beforehand what would come of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.text import fold
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.actions.convoy import giver_first, pair_trips
from tinhso.pillars.border.gate.actions.declare import Draft, DraftLine, draft_trip, submit_trip
from tinhso.pillars.border.gate.actions.fees import assess_fees
from tinhso.pillars.border.gate.actions.haulage import give_to_carrier
from tinhso.pillars.border.gate.actions.unplated import keep_unplated
from tinhso.pillars.border.gate.models import (
    CrossingPoint,
    Driver,
    Enterprise,
    FeeAssessment,
    Pairing,
    Trip,
    Vehicle,
    VehicleKind,
    Yard,
)
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM
from tinhso.pillars.border.gate.queries.barrier import yard_for
from tinhso.pillars.border.gate.queries.parties import driver_by_paper
from tinhso.pillars.border.gate.rules import containers, identity_papers, plates
from tinhso.pillars.border.gate.rules.codes import refuse


@dataclass(frozen=True, slots=True, kw_only=True)
class NewDriver:
    """A driver as a firm types him in; `number` is the paper's. Without a nationality the paper tells it."""

    name: str
    kind: str
    number: str
    phone: str = ""
    language: str = "vi"
    until: date | None = None
    nationality: str = ""
    licence_no: str = ""
    licence_class: str = ""
    licence_until: date | None = None
    is_shuttle: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Intent:
    """A declaration as a firm gives it: plates as typed, a driver of its own or a new one.

    `vin`: of a new vehicle, which has no plate. `pair`: the firm's own trip with which goods are handed over;
    `handover`: the same as a row names it, by plate or code.
    `carrier`: the transport firm that carries it; without a plate that firm names vehicle and driver.
    """

    kind: str
    regime: str
    point: CrossingPoint
    planned_on: date
    eta: datetime | None
    lines: tuple[DraftLine, ...]
    tractor: str
    trailer: str = ""
    container_no: str = ""
    container_type: str = ""
    second_container_no: str = ""
    second_container_type: str = ""
    second_seal_no: str = ""
    seal_no: str = ""
    customs_no: str = ""
    contract_no: str = ""
    partner: str = ""
    partner_phone: str = ""
    just_in_time: bool = False
    reefer_temp: Decimal | None = None
    tir_carnet_no: str = ""
    ecmr_ref: str = ""
    two_way: bool = False
    inwards: bool = False
    vin: str = ""
    temporary_plate: str = ""
    supervisor: str = ""
    pair: Trip | None = None
    handover: str = ""
    driver: Driver | None = None
    new_driver: NewDriver | None = None
    second_driver: Driver | None = None
    carrier: Enterprise | None = None

    @property
    def vehicle_kind(self) -> str:
        """As what a vehicle that is not known yet is written down; empty where its plate tells it."""
        return VehicleKind.AGV.value if self.kind == "AGV" else ""

    @property
    def waits_for_carrier(self) -> bool:
        """Whether it stays a draft until the carrier has named the vehicle."""
        return self.carrier is not None and not self.tractor and not self.vin


@dataclass(frozen=True, slots=True)
class Preview:
    """What a declaration would meet: problems field by field, or the fee and who accepts it.

    `waits`: nothing yet, for the carrier names the vehicle first.
    """

    problems: tuple[dict[str, Any], ...] = ()
    fee: FeeAssessment | None = None
    accepted: bool = False
    waits: bool = False


def keep_vehicle(*, firm: Enterprise, plate: str, by: Actor, at: datetime, kind: str = "") -> Vehicle:
    """The vehicle with that plate; one not known yet becomes the firm's. Refusals: BG-001, BG-101."""
    read = plates.read(plate)
    known = Vehicle.objects.filter(country=read.country, plate=read.norm).first()
    if known is not None:
        return known
    require(by, MANAGE_FIRM, firm, at)
    vehicle = new_vehicle(firm, read, plate, kind)
    vehicle.save(force_insert=True)
    record("border_gate.vehicle_added", by=by, at=at, kind="border_gate.vehicle", record_id=vehicle.pk)
    return vehicle


def pair_own(*, trip: Trip, other: Trip, by: Actor, at: datetime) -> Pairing:
    """Pair two trips, whichever of them gives the goods. Refusals: BG-297, BG-215."""
    giver, taker = giver_first(trip, other)
    return pair_trips(giver=giver, taker=taker, by=by, at=at)


def keep_driver(*, firm: Enterprise, new: NewDriver, by: Actor, at: datetime) -> Driver:
    """The driver with that paper; one not known yet is written down as the firm's, its own one brought up to date.

    Refusals: BG-008, BG-104, BG-108 for the number, BG-220 when the paper is known under another name.
    """
    known = driver_by_paper(new.kind, new.number)
    if known is not None:
        if fold(known.person.full_name) != fold(new.name):
            raise refuse("BG-220", field="driver_name")
        return _renewed(known, firm, new, by, at)
    require(by, MANAGE_FIRM, firm, at)
    with transaction.atomic():
        person = new_person(new)
        person.save(force_insert=True)
        driver = new_driver(firm, new, person)
        driver.save()
        record("border_gate.driver_added", by=by, at=at, kind="border_gate.driver", record_id=driver.pk)
    return driver


def new_vehicle(firm: Enterprise, read: plates.Plate, typed: str, kind: str = "") -> Vehicle:
    """A vehicle of the firm as it would be written down."""
    return Vehicle(
        country=read.country,
        kind=VehicleKind.TRAILER if read.is_trailer else kind or VehicleKind.TRACTOR,
        plate=read.norm,
        plate_typed=typed[:40],
        owner=firm,
    )


def new_person(new: NewDriver) -> Person:
    """The person that a new driver is."""
    nationality = identity_papers.nationality_of(new.kind, said=new.nationality)
    return Person(
        full_name=new.name,
        nationality=nationality,
        phone=new.phone,
        language="zh-hans" if nationality == "CN" else new.language,
    )


def new_driver(firm: Enterprise, new: NewDriver, person: Person) -> Driver:
    """A driver of the firm as he would be written down. Refusals: BG-008, BG-104, BG-108."""
    driver = Driver(
        person=person,
        employer=firm,
        paper_until=new.until,
        licence_no=new.licence_no,
        licence_class=new.licence_class,
        licence_until=new.licence_until,
        is_shuttle=new.is_shuttle,
    )
    driver.keep_paper(new.kind, new.number)
    return driver


def _renewed(driver: Driver, firm: Enterprise, new: NewDriver, by: Actor, at: datetime) -> Driver:
    """A paper has a new last day, a telephone a new number: the employer says so by typing the driver again."""
    until, phone = new.until or driver.paper_until, new.phone or driver.person.phone
    if driver.employer_id != firm.pk or (until, phone) == (driver.paper_until, driver.person.phone):
        return driver
    require(by, MANAGE_FIRM, firm, at)
    with transaction.atomic():
        driver.paper_until, driver.person.phone = until, phone
        driver.save(update_fields=["paper_until"])
        driver.person.save(update_fields=["phone"])
        record("border_gate.driver_renewed", by=by, at=at, kind="border_gate.driver", record_id=driver.pk)
    return driver


@transaction.atomic
def declare_trip(*, firm: Enterprise, intent: Intent, by: Actor, at: datetime) -> Trip:
    """Write down and send at one go; whatever stands in the way leaves nothing behind.

    Without a vehicle it is written down and given to the carrier.
    """
    trip = draft_trip(draft=draft_for(firm, intent, by, at), by=by, at=at)
    if not intent.waits_for_carrier:
        submit_trip(trip=trip, by=by, at=at)
    if intent.carrier is not None:
        give_to_carrier(trip=trip, carrier=intent.carrier, by=by, at=at)
    if intent.pair is not None:
        pair_own(trip=trip, other=intent.pair, by=by, at=at)
    return trip


def preview(*, firm: Enterprise, intent: Intent, by: Actor, at: datetime) -> Preview:
    """What `declare_trip` would do now, with the fee; nothing is changed."""
    with transaction.atomic():
        found = _tried(firm, intent, by, at)
        transaction.set_rollback(True)
    return found


def _tried(firm: Enterprise, intent: Intent, by: Actor, at: datetime) -> Preview:
    try:
        trip = declare_trip(firm=firm, intent=intent, by=by, at=at)
    except Refusal as refusal:
        return Preview(problems=_problems(refusal))
    if intent.waits_for_carrier:
        return Preview(waits=True)
    accepted = trip.state == "accepted"
    if not accepted:
        assess_fees(trips=[trip], at=at)
    return Preview(fee=FeeAssessment.objects.filter(trip=trip).first(), accepted=accepted)


def _problems(refusal: Refusal) -> tuple[dict[str, Any], ...]:
    known: Sequence[dict[str, Any]] = refusal.facts.get("problems", ())
    return tuple(known) or ({"code": refusal.code, "field": refusal.field or "", "text": refusal.for_people()},)


def draft_for(firm: Enterprise, intent: Intent, by: Actor, at: datetime) -> Draft:
    """The draft of what the firm wants; vehicles and driver not known yet are kept. Refusals as for keeping them."""
    tractor = _tractor(firm, intent, by, at)
    trailer = keep_vehicle(firm=firm, plate=intent.trailer, by=by, at=at) if intent.trailer else None
    new = intent.new_driver
    driver = keep_driver(firm=firm, new=new, by=by, at=at) if new else intent.driver
    yard = yard_for(intent.point.pk)
    return draft_of(firm, intent, tractor=tractor, trailer=trailer, driver=driver, yard=yard)


def _tractor(firm: Enterprise, intent: Intent, by: Actor, at: datetime) -> Vehicle | None:
    if intent.waits_for_carrier:
        return None
    if intent.vin:
        return keep_unplated(firm=firm, vin=intent.vin, temporary_plate=intent.temporary_plate, by=by, at=at)
    return keep_vehicle(firm=firm, plate=intent.tractor, kind=intent.vehicle_kind, by=by, at=at)


def draft_of(
    firm: Enterprise,
    intent: Intent,
    *,
    tractor: Vehicle | None,
    trailer: Vehicle | None,
    driver: Driver | None,
    yard: Yard | None,
    source: str = "WEB",
) -> Draft:
    """The draft of what the firm wants, with vehicles and driver as they are kept."""
    return Draft(
        enterprise=firm,
        kind=intent.kind,
        regime=intent.regime,
        point=intent.point,
        planned_on=intent.planned_on,
        eta=intent.eta,
        tractor=tractor,
        trailer=trailer,
        driver=driver,
        second_driver=intent.second_driver,
        lines=intent.lines,
        yard=yard,
        container_no=containers.read(intent.container_no) if intent.container_no else "",
        container_type=intent.container_type,
        second_container_no=containers.read(intent.second_container_no) if intent.second_container_no else "",
        second_container_type=intent.second_container_type,
        second_seal_no=intent.second_seal_no,
        seal_no=intent.seal_no,
        customs_no=intent.customs_no,
        contract_no=intent.contract_no,
        partner=intent.partner,
        partner_phone=intent.partner_phone,
        just_in_time=intent.just_in_time,
        reefer_temp=intent.reefer_temp,
        tir_carnet_no=intent.tir_carnet_no,
        ecmr_ref=intent.ecmr_ref,
        two_way=intent.two_way,
        inwards=intent.inwards,
        supervisor=intent.supervisor,
        source=source,
    )
