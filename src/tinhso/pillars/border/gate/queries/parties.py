"""Firms, vehicles and drivers as they are looked up; and what of them stands in the way of a declaration."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.base.dates import show_moment
from tinhso.pillars.border.gate.models import Driver, Enterprise, Mandate, Standing, Vehicle
from tinhso.pillars.border.gate.models.parties import paper_digest
from tinhso.pillars.border.gate.rules import identity_papers, plates
from tinhso.pillars.border.gate.rules.codes import refuse


def firm_by_tax_code(number: str) -> Enterprise | None:
    """The firm with that tax code (normalised)."""
    return Enterprise.objects.filter(tax_code=number).select_related("agency").first()


def vehicle_by_plate(text: str) -> Vehicle | None:
    """The vehicle with that plate, however it is written. Refusals: BG-001, BG-101."""
    plate = plates.read(text)
    return Vehicle.objects.filter(country=plate.country, plate=plate.norm).first()


def vehicles_like(words: str, *, limit: int = 20) -> QuerySet[Vehicle]:
    """Vehicles whose plate holds what was typed, shortest plates first."""
    part = plates.normalise(words)
    return Vehicle.objects.filter(plate__contains=part).order_by("plate")[:limit]


def driver_by_paper(kind: str, number: str) -> Driver | None:
    """The driver with that paper. Refusals: BG-008, BG-104, BG-108."""
    number = identity_papers.read(kind, number)
    return Driver.objects.filter(paper_digest=paper_digest(kind, number)).select_related("person").first()


def may_act_for(*, actor_firm: UUID, principal: UUID, day: date) -> bool:
    """Whether one firm may declare for another: for itself always, for others with a mandate that holds."""
    if actor_firm == principal:
        return True
    mandates = Mandate.objects.filter(broker=actor_firm, principal=principal, revoked_at=None)
    return mandates.filter(valid_from__lte=day, valid_until__gt=day).exists()


def must_be_able_to_book(firm: Enterprise, *, at: datetime, misses: int) -> None:
    """Refuse BG-037 while the firm's booking is locked."""
    locked = firm.standing == Standing.BOOKING_LOCKED
    if locked and (firm.locked_until is None or at < firm.locked_until):
        raise refuse("BG-037", t=firm.locked_until and show_moment(firm.locked_until), n=misses)


def must_fit(vehicle: Vehicle, *, gross_kg: int) -> None:
    """Refuse BG-009 when the load is nothing, or more than the vehicle's papers allow."""
    limit = vehicle.max_gross_kg
    if gross_kg <= 0 or (limit is not None and gross_kg > limit):
        raise refuse("BG-009", field="gross_kg", v=gross_kg, max=limit or "…")


def must_be_allowed_to_drive(driver: Driver, vehicle: Vehicle, *, on: date, shuttle_drivers: bool) -> None:
    """Papers that hold and the rule of nationality. Refusals: BG-007, BG-109.

    A vehicle with a Chinese plate is driven by a Chinese citizen, or by a shuttle driver where the point lets them.
    """
    for last_day in (driver.paper_until, driver.licence_until):
        identity_papers.must_be_valid_on(on, expires_on=last_day)
    shuttle = shuttle_drivers and driver.is_shuttle
    if vehicle.country == "CN" and driver.person.nationality != "CN" and not shuttle:
        raise refuse("BG-109", field="driver")
