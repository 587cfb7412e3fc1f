"""A firm registers itself: typed in, its telephone proved by a code, sent with its licence, confirmed by the board.

Nothing that a stranger types becomes a firm of the platform; only the board's confirmation makes one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db import IntegrityError, transaction
from django.urls import reverse

from tinhso.kernel.access.actions import give
from tinhso.kernel.access.may import require
from tinhso.kernel.access.models import Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.events.publish import publish
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.identity.actions import make_link, revoke
from tinhso.kernel.identity.models import AccessLink, Person
from tinhso.kernel.organisations.actions import open_agency
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.links import link_with_role
from tinhso.pillars.border.gate.models import CrossingPoint, Enterprise, Registration, Standing
from tinhso.pillars.border.gate.permissions import KEEP_FIRMS, REGISTRANT_ROLE, SEND_REGISTRATION, role_code
from tinhso.pillars.border.gate.queries.parties import firm_by_number
from tinhso.pillars.border.gate.rules import taxcodes
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.registration"
SHORTEST_REASON, LONGEST_REASON = 10, 240
LINK_LIVES = timedelta(days=30)
"""By the real clock; assumed to be time enough to bring what the board asks for."""
FIRM_LINK_LIVES = timedelta(days=90)
"""The first person's way in until an administrator gives an account to him."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FirmTyped:
    """What a firm says of itself: the tax code, or of a Chinese firm its credit code (18 characters)."""

    tax_code: str
    uscc: str = ""
    name: str
    address: str
    contact: str
    phone: str
    email: str
    point: CrossingPoint
    carries: bool = False


@transaction.atomic
def begin_registration(*, typed: FirmTyped, at: datetime, language: str = "vi") -> tuple[Registration, str]:
    """Write down who wants to register, and the token of the link that proves the telephone by a code.

    Refusals: BG-006, BG-107 for the tax code, BG-103 for the Chinese credit code, BG-421 when the firm works here
    already.
    """
    _must_be_new(*_numbers(typed))
    wanted = Registration(holder_id=uuid7(), made_at=at, **_columns(typed))
    wanted.save(force_insert=True)
    _link, token = link_with_role(
        REGISTRANT_ROLE, KIND, wanted.pk, page="border_gate:registration", lives=LINK_LIVES, name=typed.contact,
        phone=typed.phone, language=language, holder_id=wanted.holder_id, by=SYSTEM, at=at,
    )  # fmt: skip
    return wanted, token


@transaction.atomic
def send_registration(*, wanted: Registration, typed: FirmTyped, by: Actor, at: datetime) -> Registration:
    """Send it, or send it again after the board has asked. The telephone stays: another one was not proved.

    Refusals: BG-422 without the licence's file, BG-421, BG-423 when the board has decided, or somebody else's
    registration of the same firm waits.
    """
    require(by, SEND_REGISTRATION, wanted, at)
    row = _locked(wanted)
    if row.state not in (Registration.TYPED, Registration.ASKED):
        raise refuse("BG-423", state=row.get_state_display())
    _must_be_new(*_numbers(typed))
    if not Attachment.objects.filter(kind=KIND, record_id=row.pk).exists():
        raise refuse("BG-422", field="licence")
    for name, value in {**_columns(typed), "phone": row.phone}.items():
        setattr(row, name, value)
    row.state, row.sent_at = Registration.SENT, at
    try:
        with transaction.atomic():
            row.save()
    except IntegrityError:
        raise refuse("BG-421", field=_field(row.uscc), v=row.number) from None
    _tell("sent", row, by, at)
    publish(events.REGISTRATION_SENT, kind=KIND, record_id=row.pk, by=by, at=at)
    return row


@transaction.atomic
def confirm_registration(*, wanted: Registration, by: Actor, at: datetime) -> Enterprise:
    """The firm may work here; who registered it is its first person, with a role over it alone: ENTERPRISE or CARRIER.

    Refusals: BG-423 when it does not wait, BG-421 when the firm came in another way meanwhile.
    """
    row = _waiting(wanted, by, at)
    _must_be_new(row.tax_code, row.uscc)
    firm = _enterprise(row, by, at)
    Person.objects.create(id=row.holder_id, full_name=row.contact, phone=row.phone, email=row.email)
    role = Role.objects.get(code=role_code("CARRIER" if row.carries else "ENTERPRISE"))
    give(role=role, holder_id=row.holder_id, where=Where(agency=firm.pk), by=by, at=at)
    row.enterprise = firm
    _decide(row, Registration.CONFIRMED, "", by, at)
    return firm


@transaction.atomic
def ask_registrant(*, wanted: Registration, reason: str, by: Actor, at: datetime) -> Registration:
    """What is lacking goes back to who registers, in words. Refusals: BG-423, BG-038."""
    return _decide(_waiting(wanted, by, at), Registration.ASKED, checked_reason(reason), by, at)


@transaction.atomic
def reject_registration(*, wanted: Registration, reason: str, by: Actor, at: datetime) -> Registration:
    """It is not registered, with the reason; a new registration may be typed. Refusals: BG-423, BG-038."""
    return _decide(_waiting(wanted, by, at), Registration.REJECTED, checked_reason(reason), by, at)


def checked_reason(text: str) -> str:
    """A reason as it is kept. Refusal: BG-038 under ten characters."""
    said = text.strip()[:LONGEST_REASON]
    if len(said) < SHORTEST_REASON:
        raise refuse("BG-038", field="reason")
    return said


@transaction.atomic
def link_for_firm(*, wanted: Registration, at: datetime) -> str:
    """The token of the link by which the first person of a confirmed firm comes in; the links before are closed."""
    for link in AccessLink.objects.filter(record_id=wanted.pk, revoked_at=None):
        revoke(credential=link, by=SYSTEM, at=at)
    _link, token = make_link(
        name=wanted.contact,
        phone=wanted.phone,
        expires_at=clock.real() + FIRM_LINK_LIVES,
        holder_id=wanted.holder_id,
        record_kind=KIND,
        record_id=wanted.pk,
        path=reverse("border_gate:carrier" if wanted.carries else "border_gate:firm"),
        by=SYSTEM,
        at=at,
    )
    return token


def _columns(typed: FirmTyped) -> dict[str, object]:
    names = ("name", "address", "contact", "phone", "email", "point", "carries")
    tax_code, uscc = _numbers(typed)
    return {"tax_code": tax_code, "uscc": uscc, **{name: getattr(typed, name) for name in names}}


def _numbers(typed: FirmTyped) -> tuple[str, str]:
    """Tax code and credit code in normal form, of which a firm has one."""
    if typed.uscc and not typed.tax_code:
        return "", taxcodes.read_chinese(typed.uscc)
    return taxcodes.read(typed.tax_code), ""


def _field(uscc: str) -> str:
    return "uscc" if uscc else "tax_code"


def _must_be_new(tax_code: str, uscc: str) -> None:
    """A firm that is only waiting to be confirmed may be registered; any other is known."""
    known = firm_by_number(tax_code, uscc)
    if known is not None and known.standing != Standing.PENDING:
        raise refuse("BG-421", field=_field(uscc), v=tax_code or uscc)


def _locked(wanted: Registration) -> Registration:
    return Registration.objects.select_for_update(of=("self",)).select_related("point").get(pk=wanted.pk)


def _waiting(wanted: Registration, by: Actor, at: datetime) -> Registration:
    require(by, KEEP_FIRMS, wanted, at)
    row = _locked(wanted)
    if row.state != Registration.SENT:
        raise refuse("BG-423", state=row.get_state_display())
    return row


def _enterprise(row: Registration, by: Actor, at: datetime) -> Enterprise:
    firm = firm_by_number(row.tax_code, row.uscc)
    if firm is None:
        day = at.astimezone(HANOI).date()
        agency = open_agency(code=f"FIRM-{row.number}", name=row.name, kind="firm", valid_from=day, by=by, at=at)
        firm = Enterprise(agency=agency, tax_code=row.tax_code, uscc=row.uscc)
    firm.address, firm.representative = row.address, row.contact
    firm.phone, firm.email = row.phone, row.email
    firm.standing = Standing.ACTIVE
    firm.save()
    record("border_gate.firm_confirmed", by=by, at=at, kind="border_gate.enterprise", record_id=firm.pk)
    return firm


def _decide(row: Registration, state: str, reason: str, by: Actor, at: datetime) -> Registration:
    row.state, row.reason, row.decided_at, row.decided_by = state, reason, at, by.id
    row.save()
    _tell(state, row, by, at, reason=reason)
    publish(events.REGISTRATION_DECIDED, kind=KIND, record_id=row.pk, by=by, at=at, state=state, reason=reason)
    return row


def _tell(what: str, row: Registration, by: Actor, at: datetime, **facts: str) -> None:
    record(f"border_gate.registration_{what}", by=by, at=at, kind=KIND, record_id=row.pk, number=row.number, **facts)
