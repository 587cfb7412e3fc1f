"""A vehicle that comes undeclared: noted with one tap, declared on the spot by a short link, counted against its firm.

The link needs no code by message, for often no telephone is known: who holds it may declare this one vehicle and see
where its trip stands, nothing else. It is shown at the barrier, sent to the driver, and given to the yard or importer.
"""

from __future__ import annotations

import hashlib
from base64 import b32encode
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.utils.crypto import salted_hmac

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.text import fold
from tinhso.kernel.events.publish import publish
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.declare import Draft, DraftLine, draft_trips, fill_draft, submit_trip
from tinhso.pillars.border.gate.actions.filing import add_file
from tinhso.pillars.border.gate.actions.for_others import named_or_registered, say_consent
from tinhso.pillars.border.gate.actions.namings import note_naming
from tinhso.pillars.border.gate.actions.noted import declarer, lapse_if_over, leave_other_points, let_declare
from tinhso.pillars.border.gate.flows import TRIP
from tinhso.pillars.border.gate.models import (
    AheadDeclaration,
    CrossingPoint,
    Driver,
    Trip,
    UndeclaredArrival,
    Vehicle,
)
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.barrier import yard_for
from tinhso.pillars.border.gate.queries.filing import ARRIVAL, PHOTO
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.parties import driver_by_paper
from tinhso.pillars.border.gate.queries.undeclared import driver_before, standing_undeclared
from tinhso.pillars.border.gate.queries.yard import free_undeclared_bay
from tinhso.pillars.border.gate.rules import identity_papers, plates
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.kinds import EITHER

__all__ = ["declarer"]  # the link's actor, beside what makes the link
SIGNS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Answers:
    """What is declared on the spot. Six things; the rest only when the goods or a driver not known yet ask for it.

    An empty `paper_no`: the driver of the vehicle's trip before, of the same name. Weight in kg. `empty`: a Chinese
    vehicle comes for goods of the yard and brings none. `unloads`: a Vietnamese one is unloaded in the yard, it does
    not cross the line. `firm_name`, `firm_phone`: of a firm not known here yet.
    """

    tax_code: str
    driver_name: str
    goods: tuple[str, str, str] = ("", "", "")
    gross_kg: int = 0
    empty: bool = False
    unloads: bool = False
    firm_name: str = ""
    firm_phone: str = ""
    paper_kind: str = ""
    paper_no: str = ""
    paper_until: date | None = None
    phone: str = ""
    language: str = "vi"
    nationality: str = ""
    growing_areas: tuple[str, ...] = field(default=())
    packing_houses: tuple[str, ...] = field(default=())


@transaction.atomic
def record_undeclared(
    *, plate: str, point: CrossingPoint, by: Actor, at: datetime, goods_guess: str = "", phone: str = "", bay: str = "",
    special: bool = False, photo: UploadedFile | None = None, offline: Mapping[str, Any] | None = None,
) -> UndeclaredArrival:  # fmt: skip
    """One tap: a vehicle without a declaration goes to its own bay, the lane is free, a trip waits to be declared.

    A vehicle that waits here already is not noted twice: its link holds on, and so does its stay. `special`: the
    officer has seen that the plate is a special one, and takes it all the same, with a photo (border brief 5.1); his
    word is kept in the audit. `offline`: what a device tells that noted it without network; it names the photo's
    digest, the photo follows.
    Refusals: BG-001 for a plate that is none, BG-101 for a special one without the officer's word, BG-442 for one
    without a photo, and those of `add_file`.
    """
    read = plates.read_special(plate) if special else plates.read(plate)
    named = photo is not None or bool(offline and offline.get("photo"))
    if read.special and not named:
        raise refuse("BG-442", field="photo")
    foreign = read.country == "CN" or read.special == "china_special"
    step = "walk_up_line" if foreign else "walk_up"
    require(by, step_permission(step), Where(place=point.pk), at)
    vehicle = kept_vehicle(read, plate)
    known = standing_undeclared([read.norm]).filter(point=point).last()
    if known is not None and not lapse_if_over(arrival=known, at=at):
        return _noted_again(known, phone, photo, by, at)
    draft = _walk_up(vehicle, point, foreign=foreign, at=at)
    trip = draft_trips(drafts=[draft], by=by, at=at, step=step, **({"offline": dict(offline)} if offline else {}))[0]
    arrival = UndeclaredArrival(
        trip=trip, point=point, plate=read.norm, seen_at=at, seen_by=by.id, goods_guess=goods_guess, phone=phone,
        bay=bay or ("" if foreign else free_undeclared_bay(point.pk)),
        link_until=clock.real() + law_at(at).number("quick_link_h").span,
    )  # fmt: skip
    arrival.link_digest = link_digest(link_code(arrival))
    arrival.save(force_insert=True)
    _keep_photo(arrival, photo, by, at)
    if read.special:
        record("border_gate.special_plate", by=by, at=at, kind=TRIP.name, record_id=trip.pk, plate=read.norm)
    let_declare(arrival=arrival, by=by, at=at)
    leave_other_points(arrival=arrival, at=at)
    return arrival


def _walk_up(vehicle: Vehicle, point: CrossingPoint, *, foreign: bool, at: datetime) -> Draft:
    return Draft(
        enterprise=vehicle.owner,
        kind="IMP_CN" if foreign else "EXP_VN",
        regime="IMPORT" if foreign else "EXPORT",
        point=point,
        planned_on=at.astimezone(HANOI).date(),
        tractor=vehicle,
        driver=None,
        yard=yard_for(point.pk),
        source="WALK_UP",
    )


def kept_vehicle(read: plates.Plate, typed: str) -> Vehicle:
    """The vehicle of that plate, known or new, kept from others: two taps on it come one after the other."""
    vehicle, _made = Vehicle.objects.get_or_create(
        country=read.country, plate=read.norm, defaults={"kind": "TRACTOR", "plate_typed": typed[:40]}
    )
    return Vehicle.objects.select_for_update(of=("self",), no_key=True).select_related("owner").get(pk=vehicle.pk)


def link_code(arrival: UndeclaredArrival) -> str:
    """What stands in the short link: 60 bits that follow from our key, so that it can be shown again; not stored."""
    whole = salted_hmac("border_gate.undeclared", str(arrival.pk), algorithm="sha256").digest()
    return b32encode(whole).decode()[:SIGNS]


def link_digest(code: str) -> bytes:
    """By what a link is found."""
    return hashlib.sha256(code.upper().encode()).digest()


@transaction.atomic
def send_link(*, arrival: UndeclaredArrival, phone: str, by: Actor, at: datetime) -> None:
    """Note the driver's telephone; the link is sent there."""
    require(by, step_permission("walk_up"), on=arrival.trip, at=at)
    arrival.phone = phone
    arrival.save(update_fields=["phone"])
    publish(events.LINK_WANTED, kind=TRIP.name, record_id=arrival.trip_id, by=by, at=at)


@transaction.atomic
def declare_with(
    *, arrival: UndeclaredArrival, answers: Answers, by: Actor, at: datetime, consent: bool = False
) -> Trip:
    """Complete the draft with the answers and send it; the firm hears that it was named. `consent`: who helps the
    driver says that he agrees.

    Refusals: BG-482 without it, BG-270 for a firm that is not known here, BG-220 for another's paper, BG-007 for a
    paper without a last day, and each problem that any declaration would meet.
    """
    require(by, step_permission("submit"), on=arrival.trip, at=at)
    trip = arrival.trip
    say_consent(trip=trip, consent=consent, by=by, at=at)
    firm = named_or_registered(
        tax_code=answers.tax_code, name=answers.firm_name, phone=answers.firm_phone, point=trip.point, by=by, at=at
    )
    draft = Draft(
        enterprise=firm,
        point=trip.point,
        planned_on=at.astimezone(HANOI).date(),
        tractor=trip.tractor or Vehicle(),
        driver=driver_named(arrival, answers, by, at),
        yard=trip.yard or yard_for(trip.point_id),
        source="WALK_UP",
        **load_of(answers, foreign=trip.kind == "IMP_CN"),
    )
    if answers.phone:
        arrival.phone = answers.phone
        arrival.save(update_fields=["phone"])
    declared = declare_on_the_spot(arrival=arrival, draft=draft, by=by, at=at)
    note_naming(trip=declared, firm=firm, by=by, at=at)
    return declared


def load_of(answers: Answers, *, foreign: bool) -> dict[str, Any]:
    """Kind, regime and goods of a draft.

    Refusals: BG-583 for a Vietnamese vehicle that is said to come empty, BG-760 for a Chinese one said to be unloaded.

    Who comes empty names no goods (group EMPTY): what he takes over was declared by its exporter (border brief 6.4).
    """
    if answers.empty and not foreign:
        raise refuse("BG-583", field="empty")
    if answers.unloads and foreign:
        raise refuse("BG-760", field="unloads")
    if answers.empty:
        return {"kind": "CN_EMPTY_IN", "regime": "EXPORT", "lines": ()}
    code, title, group = answers.goods
    line = DraftLine(
        hs6=code,
        title=title,
        group=group,
        gross_kg=answers.gross_kg,
        origin="CN" if foreign else "VN",
        growing_areas=answers.growing_areas,
        packing_houses=answers.packing_houses,
    )
    kind, regime = ("IMP_CN", "IMPORT") if foreign else (EITHER[answers.unloads], "EXPORT")
    return {"kind": kind, "regime": regime, "lines": (line,)}


@transaction.atomic
def declare_on_the_spot(*, arrival: UndeclaredArrival, draft: Draft, by: Actor, at: datetime) -> Trip:
    """Fill the draft and send it; with that the arrival counts against the firm that it turns out to be."""
    trip = fill_draft(trip=arrival.trip, draft=draft, by=by, at=at)
    return submit_trip(trip=trip, by=by, at=at)


def _noted_again(
    arrival: UndeclaredArrival, phone: str, photo: UploadedFile | None, by: Actor, at: datetime
) -> UndeclaredArrival:
    require(by, step_permission("walk_up"), on=arrival.trip, at=at)
    arrival.link_until = clock.real() + law_at(at).number("quick_link_h").span
    arrival.seen_again_at = max(at, arrival.seen_again_at or arrival.seen_at)
    arrival.save(update_fields=["link_until", "seen_again_at"])
    if phone and phone != arrival.phone:
        send_link(arrival=arrival, phone=phone, by=by, at=at)
    _keep_photo(arrival, photo, by, at)
    return arrival


def _keep_photo(arrival: UndeclaredArrival, photo: UploadedFile | None, by: Actor, at: datetime) -> None:
    if photo is not None:
        add_file(upload=photo, kind=ARRIVAL, record_id=arrival.pk, purpose=PHOTO, by=by, at=at)


def driver_named(arrival: UndeclaredArrival | AheadDeclaration, answers: Answers, by: Actor, at: datetime) -> Driver:
    """The driver by his paper, or the one of the trip before. What is known of him is not changed by a link."""
    if not answers.paper_no:
        before = driver_before(arrival)
        if before is None or fold(before.person.full_name) != fold(answers.driver_name):
            raise refuse("BG-271", field="paper_no")
        return before
    known = driver_by_paper(answers.paper_kind, answers.paper_no)
    if known is None:
        return _new_driver(arrival, answers, by, at)
    if fold(known.person.full_name) != fold(answers.driver_name):
        raise refuse("BG-220", field="driver_name")
    return known


def _new_driver(arrival: UndeclaredArrival | AheadDeclaration, answers: Answers, by: Actor, at: datetime) -> Driver:
    if answers.paper_until is None:
        raise refuse("BG-272", field="paper_until")
    country = plates.read(arrival.plate).country
    person = Person.objects.create(
        full_name=answers.driver_name,
        nationality=identity_papers.nationality_of(answers.paper_kind, said=answers.nationality, plate_country=country),
        phone=answers.phone,
        language=answers.language,
    )
    driver = Driver(person=person, paper_until=answers.paper_until)
    driver.keep_paper(answers.paper_kind, answers.paper_no)
    driver.save()
    record("border_gate.driver_added", by=by, at=at, kind="border_gate.driver", record_id=driver.pk)
    return driver
