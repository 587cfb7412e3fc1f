"""A firm's telephone, mailbox and address after its registration: a new telephone counts once its code came back."""

from __future__ import annotations

from dataclasses import astuple, dataclass
from datetime import datetime, timedelta

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.publish import publish
from tinhso.kernel.identity.actions import make_link, open_link, revoke, send_code
from tinhso.kernel.identity.models import AccessLink, Account, Person
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.models import ContactChange, Enterprise, Registration
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM
from tinhso.pillars.border.gate.rules.codes import refuse

KIND = "border_gate.contact_change"
FIRM_KIND = "border_gate.enterprise"
CODE_WAITS = timedelta(hours=1)
"""By the real clock; assumed to be time enough to fetch the other telephone."""
ASKED_AN_HOUR = 5
"""So many new numbers may be tried: each gets a message."""
TAIL = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Contact:
    """Where a firm is reached; the telephone as the gateway dials it."""

    phone: str
    email: str
    address: str


@transaction.atomic
def ask_contact(*, firm: Enterprise, contact: Contact, by: Actor, at: datetime, language: str = "vi") -> ContactChange:
    """Write down the new contact. With the telephone that is known it holds at once, with another after its code.

    Refusals: BG-284 when nothing is new, BG-601 after five in an hour; Forbidden for who does not keep the firm.
    """
    require(by, MANAGE_FIRM, firm, at)
    row = Enterprise.objects.select_for_update(of=("self",)).get(pk=firm.pk)
    if astuple(contact) == (row.phone, row.email, row.address):
        raise refuse("BG-284", field="phone")
    asked = ContactChange.objects.filter(enterprise=row, asked_at__gt=at - timedelta(hours=1))
    if asked.count() >= ASKED_AN_HOUR:
        raise refuse("BG-601", field="phone", n=ASKED_AN_HOUR)
    change = ContactChange(enterprise=row, asked_at=at, asked_by=by.id)
    change.phone, change.email, change.address = astuple(contact)
    if contact.phone == row.phone:
        return _applied(change, by, at)
    link, _token = make_link(
        name=by.name, phone=contact.phone, expires_at=clock.real() + CODE_WAITS, record_kind=KIND,
        record_id=change.pk, language=language, by=by, at=at,
    )  # fmt: skip
    change.link_id = link.pk
    change.save(force_insert=True)
    _tell(change, "contact_asked", by, at)
    return change


def send_contact_code(*, change: ContactChange, by: Actor, at: datetime) -> str:
    """Send a code to the new telephone; gives it back for the demo's page. Raises Invalid for too many in an hour."""
    return send_code(link=_link_of(change, by, at))


def confirm_contact(*, change: ContactChange, code: str, by: Actor, at: datetime) -> ContactChange:
    """The code came back: from now on notices and codes go to the new telephone.

    Raises Invalid for a wrong or old code, of which each is counted. Refusal: BG-423 when it holds already.
    """
    link = _link_of(change, by, at)
    with acting_as(link.actor()):  # whoever holds the telephone has opened it
        open_link(link=link, code=code)
    with transaction.atomic():
        revoke(credential=link, by=by, at=at)
        return _applied(ContactChange.objects.select_for_update(of=("self",)).get(pk=change.pk), by, at)


def _link_of(change: ContactChange, by: Actor, at: datetime) -> AccessLink:
    """The link that carries the code; nobody comes in by it, for its token is kept nowhere."""
    require(by, MANAGE_FIRM, change, at)
    if change.confirmed_at is not None or change.link_id is None:
        raise refuse("BG-423", state=change.get_state_title())
    return AccessLink.objects.get(pk=change.link_id)


def _applied(change: ContactChange, by: Actor, at: datetime) -> ContactChange:
    firm = Enterprise.objects.select_for_update(of=("self",)).get(pk=change.enterprise_id)
    names = ("phone", "email", "address")
    changed = sorted(name for name in names if getattr(firm, name) != getattr(change, name))
    for name in changed:
        setattr(firm, name, getattr(change, name))
    firm.save(update_fields=changed)
    _reach_first_person(firm)
    change.confirmed_at = at
    change.save()
    record("border_gate.firm_contact_changed", by=by, at=at, kind=FIRM_KIND, record_id=firm.pk, changed=changed)
    _tell(change, "contact", by, at)
    return change


def _reach_first_person(firm: Enterprise) -> None:
    """Who registered the firm and comes by its link is reached where the firm is; one with an account by his own."""
    first = Registration.objects.filter(enterprise=firm).values("holder_id")
    mine = Person.objects.filter(id__in=first).exclude(id__in=Account.objects.values("person_id"))
    holders = list(mine.values_list("id", flat=True))
    Person.objects.filter(id__in=holders).update(phone=firm.phone, email=firm.email)
    AccessLink.objects.filter(holder_id__in=holders, revoked_at=None).update(phone=firm.phone)


def _tell(change: ContactChange, what: str, by: Actor, at: datetime) -> None:
    """Of the new number its last digits alone: the message also goes where the firm was reached before."""
    publish(
        events.FIRM_CHANGED,
        kind=FIRM_KIND,
        record_id=change.enterprise_id,
        by=by,
        at=at,
        change=what,
        reason=change.phone[-TAIL:],
    )
