"""Firms, vehicles and drivers as they are looked up; and what of them stands in the way of a declaration."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.dates import show_date, show_moment
from tinhso.pillars.border.gate.models import Driver, Enterprise, Standing, Vehicle
from tinhso.pillars.border.gate.models.parties import paper_digest
from tinhso.pillars.border.gate.queries.lock_reasons import why_locked
from tinhso.pillars.border.gate.rules import identity_papers, plates
from tinhso.pillars.border.gate.rules.codes import refuse

INSPECTION = Bilingual("Đăng kiểm", "The inspection", "车辆检验")
PERMIT = Bilingual("Giấy phép vận tải qua biên giới", "The cross-border permit", "跨境运输许可")
MISSES_COUNT_FOR = timedelta(days=30)
"""No-shows of so long count against a firm (border brief §7.4)."""


def firm_by_tax_code(number: str) -> Enterprise | None:
    """The firm with that tax code (normalised)."""
    return Enterprise.objects.filter(tax_code=number).select_related("agency").first()


def firm_by_number(tax_code: str, uscc: str) -> Enterprise | None:
    """The firm with that tax code, or that Chinese credit code (both normalised)."""
    if tax_code:
        return firm_by_tax_code(tax_code)
    return Enterprise.objects.filter(uscc=uscc).select_related("agency").first() if uscc else None


def vehicle_by_plate(text: str) -> Vehicle | None:
    """The vehicle with that plate, however it is written. Refusals: BG-001, BG-101."""
    plate = plates.read(text)
    return Vehicle.objects.filter(country=plate.country, plate=plate.norm).first()


def driver_by_paper(kind: str, number: str) -> Driver | None:
    """The driver with that paper. Refusals: BG-008, BG-104, BG-108."""
    number = identity_papers.read(kind, number)
    return Driver.objects.filter(paper_digest=paper_digest(kind, number)).select_related("person").first()


def must_not_be_suspended(firm: Enterprise) -> None:
    """Refuse BG-420 while the board has suspended the firm: it declares nothing new; its running trips go on."""
    if firm.standing == Standing.SUSPENDED:
        raise refuse("BG-420", field="enterprise")


def must_be_able_to_book(firm: Enterprise, *, at: datetime) -> None:
    """Refuse BG-420 for a suspended firm, BG-037 while its booking is locked."""
    must_not_be_suspended(firm)
    if firm.standing != Standing.BOOKING_LOCKED or (firm.locked_until is not None and at >= firm.locked_until):
        return
    until = show_moment(firm.locked_until) if firm.locked_until else "…"
    lock = why_locked(firm, at=at)
    raise refuse("BG-037", t=until, n=lock.count, why=lock.why)


def must_fit(vehicle: Vehicle, *, gross_kg: int) -> None:
    """Refuse BG-009 when the load is nothing, or more than the vehicle's papers allow.

    `gross_kg`: of the goods. Where the kerb weight is known it is part of what the loaded vehicle may weigh.
    """
    limit = None if vehicle.max_gross_kg is None else max(vehicle.max_gross_kg - (vehicle.kerb_kg or 0), 0)
    if gross_kg <= 0 or (limit is not None and gross_kg > limit):
        raise refuse("BG-009", field="gross_kg", v=gross_kg, max="…" if limit is None else limit)


def must_be_in_date(vehicle: Vehicle, *, on: date, field: str) -> None:
    """Refuse BG-425 for a vehicle whose inspection or cross-border permit ends before that day; not known is no end."""
    for what, last_day in ((INSPECTION, vehicle.inspected_until), (PERMIT, vehicle.permit_until)):
        if last_day is not None and last_day < on:
            raise refuse("BG-425", field=field, what=what, v=str(vehicle), d=show_date(last_day))


def must_be_allowed_to_drive(driver: Driver, vehicle: Vehicle, *, on: date, shuttle_drivers: bool) -> None:
    """Papers that hold and the rule of nationality. Refusals: BG-007, BG-109.

    A vehicle with a Chinese plate is driven by a Chinese citizen, or by a shuttle driver where the point lets them.
    """
    for last_day in (driver.paper_until, driver.licence_until):
        identity_papers.must_be_valid_on(on, expires_on=last_day)
    shuttle = shuttle_drivers and driver.is_shuttle
    if vehicle.country == "CN" and driver.person.nationality != "CN" and not shuttle:
        raise refuse("BG-109", field="driver")
