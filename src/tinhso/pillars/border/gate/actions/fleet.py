"""Vehicles and drivers of many declarations at once: those known are found, new ones become the firm's."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from tinhso.kernel.access.may import may
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.text import fold
from tinhso.kernel.identity.models import Person
from tinhso.pillars.border.gate.actions.firm import NewDriver, new_driver, new_person, new_vehicle
from tinhso.pillars.border.gate.models import Driver, Enterprise, Vehicle
from tinhso.pillars.border.gate.models.parties import paper_digest
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

Paper = tuple[str, str]
LICENCE = ("licence_no", "licence_class", "licence_until")


def keep_vehicles(*, firm: Enterprise, typed: Iterable[tuple[str, str]], by: Actor, at: datetime) -> dict[str, Vehicle]:
    """The vehicles with these plates, by plate in normal form; without the right to add, unknown ones are left out.

    `typed`: the plate, and the kind of a vehicle that is not known yet (empty where the plate tells it).
    """
    wanted = {plate.norm: (plate, text, kind) for text, kind in typed for plate in (plates.read(text),)}
    found = {one.plate: one for one in Vehicle.objects.filter(plate__in=list(wanted))}
    known = {norm: found[norm] for norm in wanted if norm in found}
    missing = [one for norm, one in sorted(wanted.items()) if norm not in known]
    if missing and may(by, MANAGE_FIRM, firm, at):
        made = Vehicle.objects.bulk_create(new_vehicle(firm, *one) for one in missing)
        known |= {one.plate: one for one in made}
        _tell("border_gate.vehicles_added", [one.pk for one in made], firm, by, at)
    return known


def keep_drivers(
    *, firm: Enterprise, typed: Iterable[NewDriver], by: Actor, at: datetime
) -> tuple[dict[Paper, Driver], dict[Paper, GateRefusal]]:
    """The drivers with these papers, by kind and number; and why not: BG-220 for another name, BG-347 for no right."""
    wanted = {(new.kind, new.number): new for new in typed}
    known = _known(wanted)
    wrong = {
        paper: refuse("BG-220", field="driver_name")
        for paper, driver in known.items()
        if fold(driver.person.full_name) != fold(wanted[paper].name)
    }
    missing = [new for paper, new in wanted.items() if paper not in known]
    right = may(by, MANAGE_FIRM, firm, at)
    if right:
        _renew([(known[paper], wanted[paper]) for paper in known if paper not in wrong], firm, by, at)
        known |= _added(missing, firm, by, at)
    else:
        wrong |= {(new.kind, new.number): refuse("BG-347", field="driver_name", v=new.name) for new in missing}
    return {paper: driver for paper, driver in known.items() if paper not in wrong}, wrong


def _known(wanted: Mapping[Paper, NewDriver]) -> dict[Paper, Driver]:
    papers = {paper_digest(*paper): paper for paper in wanted}
    rows = Driver.objects.filter(paper_digest__in=list(papers)).select_related("person")
    return {papers[bytes(driver.paper_digest)]: driver for driver in rows}


def _added(missing: Sequence[NewDriver], firm: Enterprise, by: Actor, at: datetime) -> dict[Paper, Driver]:
    if not missing:
        return {}
    people = Person.objects.bulk_create(new_person(new) for new in missing)
    made = Driver.objects.bulk_create(
        new_driver(firm, new, person) for new, person in zip(missing, people, strict=True)
    )
    _tell("border_gate.drivers_added", [one.pk for one in made], firm, by, at)
    return {(new.kind, new.number): driver for new, driver in zip(missing, made, strict=True)}


def _renew(pairs: Sequence[tuple[Driver, NewDriver]], firm: Enterprise, by: Actor, at: datetime) -> None:
    """A paper or licence has a new last day, a telephone a new number; only of the firm's own drivers."""
    changed = [driver for driver, new in pairs if driver.employer_id == firm.pk and _renewed(driver, new)]
    if changed:
        Driver.objects.bulk_update(changed, ["paper_until", *LICENCE])
        Person.objects.bulk_update([driver.person for driver in changed], ["phone"])
        _tell("border_gate.drivers_renewed", [one.pk for one in changed], firm, by, at)


def _renewed(driver: Driver, new: NewDriver) -> bool:
    """Put in what was typed; what was left empty stays. Whether anything is another."""
    told = {"paper_until": new.until, **{name: getattr(new, name) for name in LICENCE}}
    other = {name: value for name, value in told.items() if value and value != getattr(driver, name)}
    for name, value in other.items():
        setattr(driver, name, value)
    phone = new.phone or driver.person.phone
    other_phone, driver.person.phone = phone != driver.person.phone, phone
    return bool(other) or other_phone


def _tell(action: str, ids: Sequence[object], firm: Enterprise, by: Actor, at: datetime) -> None:
    told = [str(one) for one in ids]
    record(action, by=by, at=at, kind="border_gate.enterprise", record_id=firm.pk, ids=told)
