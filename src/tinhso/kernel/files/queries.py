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


def files_of(kind: str, record_id: UUID) -> QuerySet[Attachment]:
    """A record's files, oldest first. Who asks has been let to see the record already."""
    return Attachment.objects.filter(kind=kind, record_id=record_id).select_related("content").order_by("id")


def readable(attachment: UUID, *, by: Actor, at: datetime) -> Attachment:
    """The file if `by` may have it. Raises NotFound otherwise, the same as for a file that is not there."""
    found = Attachment.objects.select_related("content").filter(pk=attachment).first()
    if found is None or not may_read(found, by, at):
        raise NotFound
    return found


def may_read(attachment: Attachment, by: Actor, at: datetime) -> bool:
    """Public files are everybody's; others belong to those who may read the record."""
    if attachment.classification == Attachment.PUBLIC:
        return True
    if by.kind == "nobody" or attachment.kind not in ATTACHABLE:
        return False
    owner = ATTACHABLE.get(attachment.kind)
    record = owner.find(attachment.record_id)
    return record is not None and may(by, owner.read, record, at)
