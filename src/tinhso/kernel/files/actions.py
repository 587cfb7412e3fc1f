"""Take files in, let them go."""

from __future__ import annotations

import re
import unicodedata
from datetime import date, datetime, timedelta
from pathlib import PurePath
from typing import IO, Any
from uuid import UUID

import structlog
from django.db import connection, transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.files import photos, scan, storage
from tinhso.kernel.files.kinds import ATTACHABLE
from tinhso.kernel.files.models import Attachment, Content
from tinhso.kernel.files.secrets import refuse_secrets
from tinhso.kernel.files.types import LARGEST, FileRefused, sniff, too_large

log = structlog.get_logger("files")

KIND = "kernel_files.attachment"
UNREFERRED_FOR = timedelta(hours=1)

KEEP = """
insert into kernel_files_content (digest, size, media_type, verdict, scanned_at, stored_at)
values (%s::text, %s::bigint, %s::text, %s::text, %s::timestamptz, %s::timestamptz)
on conflict (digest) do update set stored_at = excluded.stored_at
returning verdict
"""


def attach(
    upload: IO[bytes] | bytes,
    *,
    name: str,
    kind: str,
    record_id: UUID,
    by: Actor,
    at: datetime,
    purpose: str = "",
    classification: str = Attachment.INTERNAL,
    marking: str = "",
    keep_until: date | None = None,
) -> Attachment:
    """Attach a file to a record that `by` may add files to.

    The type is found by content, photos are stripped, malware is refused; so is what is marked as a state
    secret (`marking` is what the sender says stands on it). What the kind calls personal is restricted.
    Raises FileRefused, Forbidden or NotFound.
    """
    _require_writing(kind, record_id, by, at)
    if classification not in dict(Attachment.CLASSES):
        raise FileRefused(
            _("choose public, internal or restricted"), code="file-classification", field="classification"
        )
    if purpose in ATTACHABLE.get(kind).personal:
        classification = Attachment.RESTRICTED
    sent = _read(upload)
    content, media_type, ending, verdict = _examined(sent, name, marking, by, at)
    with transaction.atomic():
        digest = _kept(content, media_type, verdict)
        made = Attachment.objects.create(
            content_id=digest,
            kind=kind,
            record_id=record_id,
            purpose=purpose,
            name=safe_name(name, ending),
            original=storage.digest_of(sent),
            classification=classification,
            keep_until=keep_until,
            at=at,
            added_by=by.id,
        )
        record("kernel_files.add_attachment", by=by, at=at, kind=KIND, record_id=made.pk, of=record_id, digest=digest)
    return made


def _require_writing(kind: str, record_id: UUID, by: Actor, at: datetime) -> None:
    if kind not in ATTACHABLE:
        raise NotFound
    owner = ATTACHABLE.get(kind)
    target = owner.find(record_id)
    if target is None:
        raise NotFound
    require(by, owner.write, target, at)


def _read(upload: IO[bytes] | bytes) -> bytes:
    """The whole upload, but never more than the largest file that is taken."""
    content = upload if isinstance(upload, bytes) else upload.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise too_large(LARGEST)
    return content


def _examined(sent: bytes, name: str, marking: str, by: Actor, at: datetime) -> tuple[bytes, str, str, str]:
    kind = sniff(sent)
    refuse_secrets(sent, name=name, marking=marking, ending=kind.ending)
    verdict, found = scan.scan(sent)
    if verdict == Content.INFECTED:
        record("kernel_files.refuse_malware", by=by, at=at, found=found, digest=storage.digest_of(sent))
        raise FileRefused(_("malware was found in the file: it was not taken"), code="file-malware")
    content = photos.stripped(sent, kind) if kind.is_photo else sent
    media_type, ending = kind.media_type, kind.ending
    if media_type == "text/plain" and name.lower().endswith(".csv"):
        media_type, ending = "text/csv", ".csv"
    return content, media_type, ending, verdict


def _kept(content: bytes, media_type: str, verdict: str) -> str:
    """Row first, then the bytes, in one transaction: the row's lock keeps the purge away from them."""
    now = clock.real()
    digest = storage.digest_of(content)
    scanned_at = None if verdict == Content.UNSCANNED else now
    with connection.cursor() as cursor:
        cursor.execute(KEEP, [digest, len(content), media_type, verdict, scanned_at, now])
        if cursor.fetchone()[0] == Content.INFECTED:
            raise FileRefused(_("malware was found in the file: it was not taken"), code="file-malware")
    storage.put(content)
    return digest


def safe_name(name: str, ending: str) -> str:
    """The sender's name for the file without folders or control letters, with the ending that its type has."""
    stem = PurePath(unicodedata.normalize("NFC", name).replace("\\", "/")).name
    stem = re.sub(r"[\x00-\x1f\x7f<>:\"/|?*\u202a-\u202e\u2066-\u2069]", "", stem).strip(". ")
    stem = re.sub(r"\.\w{1,5}$", "", stem) or "tep"
    return f"{stem[:150]}{ending}"


def detach(attachment: Attachment, *, by: Actor, at: datetime) -> None:
    """Take a file off its record; the content goes with the next purge when nothing else refers to it."""
    _require_writing(attachment.kind, attachment.record_id, by, at)
    _let_go(attachment, by=by, at=at, why="detached")


def end_retention(at: datetime) -> int:
    """Let go of files whose time to be kept is over; returns how many."""
    over = Attachment.objects.filter(keep_until__lte=at.astimezone(clock.HANOI).date())
    for attachment in over:
        _let_go(attachment, by=SYSTEM, at=at, why="kept long enough")
    return len(over)


def _let_go(attachment: Attachment, *, by: Actor, at: datetime, why: str) -> None:
    facts: dict[str, Any] = {"of": attachment.record_id, "digest": attachment.content_id, "why": why}
    with transaction.atomic():
        record("kernel_files.remove_attachment", by=by, at=at, kind=KIND, record_id=attachment.pk, **facts)
        attachment.delete()


def purge() -> int:
    """Remove content that no attachment refers to any more; returns how much."""
    removed = 0
    with transaction.atomic():
        unreferred = Content.objects.filter(attachments=None, stored_at__lt=clock.real() - UNREFERRED_FOR)
        locked = Content.objects.filter(pk__in=list(unreferred.values_list("pk", flat=True)[:500]))
        for content in locked.select_for_update(skip_locked=True):
            if not content.attachments.exists():
                digest = content.pk
                content.delete()
                storage.remove(digest)
                removed += 1
    return removed


def scan_waiting() -> int:
    """Scan what came in while no scanner was there; what is infected is locked. Returns how many were scanned."""
    if not scan.address():
        return 0
    scanned = 0
    for content in Content.objects.filter(verdict=Content.UNSCANNED).order_by("stored_at")[:100]:
        try:
            verdict, found = scan.scan(storage.get(content.pk))
        except (FileNotFoundError, ValueError) as lost:
            log.error("content cannot be scanned", digest=content.pk, error=str(lost))
            continue
        if verdict == Content.UNSCANNED:
            break
        Content.objects.filter(pk=content.pk).update(verdict=verdict, scanned_at=clock.real())
        if verdict == Content.INFECTED:
            record("kernel_files.lock_malware", by=SYSTEM, at=clock.now(), digest=content.pk, found=found)
        scanned += 1
    return scanned
