"""What is done for others at the help desk: their consent is said, a firm not known here yet is registered."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.access.may import may, require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.organisations.actions import open_agency
from tinhso.pillars.border.gate.models import CrossingPoint, Enterprise, Standing, Trip
from tinhso.pillars.border.gate.permissions import DECLARE_FOR, step_permission
from tinhso.pillars.border.gate.queries.parties import firm_by_tax_code
from tinhso.pillars.border.gate.rules import taxcodes
from tinhso.pillars.border.gate.rules.codes import refuse

OWN_STEPS = ("cancel", "choose_point")
SHORTEST_NAME, LONGEST_NAME = 3, 200


def speaks_for_himself(by: Actor, where: Trip | Where, at: datetime) -> bool:
    """Whether he is the firm, its broker or the driver: theirs it is to call a trip off or to choose its point.

    Who helps them at the desk holds neither.
    """
    return any(may(by, step_permission(step), where, at) for step in OWN_STEPS)


def say_consent(*, trip: Trip, consent: bool, by: Actor, at: datetime) -> None:
    """He for whom it is declared agrees, as the audit keeps. Refusal: BG-482 without it.

    Who speaks for himself need not say so.
    """
    if speaks_for_himself(by, trip, at):
        return
    if not consent:
        raise refuse("BG-482", field="consent")
    record("border_gate.consent_said", by=by, at=at, kind=Trip.flow.name, record_id=trip.pk)


@transaction.atomic
def register_at_desk(
    *, tax_code: str, name: str, phone: str, point: CrossingPoint, by: Actor, at: datetime
) -> Enterprise:
    """A firm that is not known here, to be confirmed by the board (status PENDING); a known one is left as it is.

    Refusals: BG-006 and BG-107 for the tax code, BG-584 without a name or a telephone.
    """
    require(by, DECLARE_FOR, Where(place=point.pk), at)
    number = taxcodes.read(tax_code)
    known = firm_by_tax_code(number)
    if known is not None:
        return known
    said = " ".join(name.split())
    if not SHORTEST_NAME <= len(said) <= LONGEST_NAME:
        raise refuse("BG-584", field="firm_name")
    if not phone:
        raise refuse("BG-584", field="firm_phone")
    day = at.astimezone(HANOI).date()
    agency = open_agency(code=f"FIRM-{number}", name=said, kind="firm", valid_from=day, by=by, at=at)
    firm = Enterprise.objects.create(agency=agency, tax_code=number, phone=phone, standing=Standing.PENDING)
    _keep(firm.pk, point, by, at)
    return firm


def named_or_registered(
    *, tax_code: str, name: str, phone: str, point: CrossingPoint, by: Actor, at: datetime
) -> Enterprise:
    """The firm of that tax code; with a name it may be a new one. Refusals: BG-270, and those of `register_at_desk`."""
    firm = firm_by_tax_code(tax_code)
    if firm is None and name:
        firm = register_at_desk(tax_code=tax_code, name=name, phone=phone, point=point, by=by, at=at)
    if firm is None:
        raise refuse("BG-270", field="tax_code", v=tax_code)
    return firm


def _keep(firm: UUID, point: CrossingPoint, by: Actor, at: datetime) -> None:
    told = {"point": point.code}
    record("border_gate.firm_registered_at_desk", by=by, at=at, kind="border_gate.enterprise", record_id=firm, **told)
