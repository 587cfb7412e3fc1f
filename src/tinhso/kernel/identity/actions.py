"""Keys, links and one-time codes: made, sent, checked, revoked. Their moments are the real clock's."""

from __future__ import annotations

from datetime import datetime, timedelta
from uuid import UUID

from django.db import models, transaction
from django.db.models import F
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity import adapters, credentials, remembered
from tinhso.kernel.identity.models import AccessLink, Account, ApiKey, Device

CODE_LIVES = timedelta(minutes=5)
CODES_PER_HOUR = 5
FAILURES_ALLOWED = 10  # since the link was last opened; ten guesses of a million


@transaction.atomic
def make_key(
    *,
    name: str,
    expires_at: datetime | None,
    holder_id: UUID | None = None,
    certificate: bytes | None = None,
    by: Actor,
    at: datetime,
) -> tuple[ApiKey, str]:
    """A key for a machine and its text, which is shown once and kept nowhere. Name the holder to change a key.

    `certificate`: the digest of the only certificate with which the key opens anything.
    """
    text = credentials.new_key()
    key = ApiKey.objects.create(
        holder_id=holder_id or uuid7(),
        name=name,
        prefix=text[: credentials.PREFIX_LENGTH],
        digest=credentials.digest(text),
        certificate=certificate,
        expires_at=expires_at,
        created_by=by.id,
    )
    _tell("identity.key_made", key, by=by, at=at, holder=str(key.holder_id))
    return key, text


@transaction.atomic
def make_link(
    *,
    name: str,
    phone: str,
    expires_at: datetime,
    holder_id: UUID | None = None,
    record_kind: str = "",
    record_id: UUID | None = None,
    language: str = "vi",
    path: str = "/",
    by: Actor,
    at: datetime,
) -> tuple[AccessLink, str]:
    """A link for someone without an account, and the token for its address, which is kept nowhere.

    What the holder may do is granted apart, usually for `record_id` alone. `path` is the page that opens.
    """
    if not phone:
        raise Invalid(_("give a phone number: the code is sent there"), field="phone")
    secret = credentials.new_token()
    link = AccessLink.objects.create(
        holder_id=holder_id or uuid7(),
        name=name,
        phone=phone,
        language=language,
        path=path,
        record_kind=record_kind,
        record_id=record_id,
        token_digest=credentials.digest(secret),
        expires_at=expires_at,
        created_by=by.id,
    )
    _tell("identity.link_made", link, by=by, at=at, holder=str(link.holder_id))
    return link, credentials.LINK_SIGNER.sign(secret)


def send_code(*, link: AccessLink) -> str:
    """Send a new code to the phone of the link; the code before it is void. Gives the code back for the demo's page.

    Raises Invalid when the link is closed or asked for too many codes in an hour.
    """
    now = clock.real()
    code = credentials.new_code()
    recent = models.Q(code_sent_at__gt=now - timedelta(hours=1))
    values = {"code_digest": credentials.code_digest(link.id, code), "code_expires_at": now + CODE_LIVES}
    open_links = AccessLink.objects.filter(
        pk=link.pk, revoked_at=None, expires_at__gt=now, attempts__lt=FAILURES_ALLOWED
    )
    # The hour begins with its first code: code_sent_at stays put while codes_sent counts.
    sent = open_links.filter(recent, codes_sent__lt=CODES_PER_HOUR).update(codes_sent=F("codes_sent") + 1, **values)
    fresh = models.Q(code_sent_at=None) | ~recent
    sent = sent or open_links.filter(fresh).update(codes_sent=1, code_sent_at=now, **values)
    if not sent:
        raise Invalid(_("no more codes for now: try again in an hour, or ask for a new link"), code="too-many-codes")
    adapters.sender().send(phone=link.phone, code=code, language=link.language)
    return code


def open_link(*, link: AccessLink, code: str) -> AccessLink:
    """Take the code, once. Raises Invalid when it is wrong, too old or used, and when too many were wrong."""
    now = clock.real()
    counted = AccessLink.objects.filter(
        pk=link.pk, revoked_at=None, expires_at__gt=now, attempts__lt=FAILURES_ALLOWED
    ).update(attempts=F("attempts") + 1)
    if not counted:
        raise Invalid(_("this link no longer opens: ask for a new one"), code="link-closed")
    opened = AccessLink.objects.filter(
        pk=link.pk, code_digest=credentials.code_digest(link.id, code), code_expires_at__gt=now
    ).update(attempts=0, code_digest=None, code_expires_at=None, opened_at=now)
    if not opened:
        raise Invalid(_("the code is wrong or too old: check it, or send a new one"), code="wrong-code", field="code")
    link.refresh_from_db()
    record("identity.link_opened", by=link.actor(), at=now, kind=link._meta.label_lower, record_id=link.id)
    return link


def note_signed_in(*, account: Account) -> None:
    """Leave a trace of a sign-in. The platform records it: the request itself is still nobody's."""
    _tell("identity.signed_in", account, by=SYSTEM, at=clock.real(), person=str(account.person_id))


@transaction.atomic
def revoke(*, credential: ApiKey | AccessLink | Device, by: Actor, at: datetime) -> None:
    """Close a key, link or device from the next request on; a busy machine's key within a second, see `remembered`.

    Closing again changes nothing.
    """
    closed = type(credential).objects.filter(pk=credential.pk, revoked_at=None).update(revoked_at=clock.real())
    remembered.forget()
    if closed:
        _tell("identity.revoked", credential, by=by, at=at)
    credential.refresh_from_db()


def _tell(action: str, row: models.Model, *, by: Actor, at: datetime, **facts: str) -> None:
    record(action, by=by, at=at, kind=row._meta.label_lower, record_id=row.pk, **facts)
