"""Which files a record has, and whether somebody may have one."""

from __future__ import annotations

from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.access.may import may
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.files.kinds import ATTACHABLE
from tinhso.kernel.files.models import Attachment


def files_of(kind: str, record_id: UUID, *, by: Actor, at: datetime) -> QuerySet[Attachment]:
    """A record's files that `by` may read, oldest first: their names may tell as much as they do."""
    found = Attachment.objects.filter(kind=kind, record_id=record_id).select_related("content").order_by("id")
    allowed = [name for name, _ in Attachment.CLASSES if _may_read(kind, record_id, name, by, at)]
    return found.filter(classification__in=allowed)


def readable(attachment: UUID, *, by: Actor, at: datetime) -> Attachment:
    """The file if `by` may have it. Raises NotFound otherwise, the same as for a file that is not there."""
    found = Attachment.objects.select_related("content").filter(pk=attachment).first()
    if found is None or not may_read(found, by, at):
        raise NotFound
    return found


def may_read(attachment: Attachment, by: Actor, at: datetime) -> bool:
    """Public files are everybody's; others belong to those who may read the record, restricted ones to fewer."""
    return _may_read(attachment.kind, attachment.record_id, attachment.classification, by, at)


def _may_read(kind: str, record_id: UUID, classification: str, by: Actor, at: datetime) -> bool:
    if classification == Attachment.PUBLIC:
        return True
    if by.kind == "nobody" or kind not in ATTACHABLE:
        return False
    owner = ATTACHABLE.get(kind)
    record = owner.find(record_id)
    if record is None or not may(by, owner.read, record, at):
        return False
    return classification == Attachment.INTERNAL or may(by, owner.restricted, record, at)
