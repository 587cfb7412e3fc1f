"""Which files a record has, and whether somebody may have one."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db.models import Q, QuerySet

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


def files_of_all(records: Iterable[tuple[str, UUID]], *, by: Actor, at: datetime) -> list[Attachment]:
    """The files of several records, by kind and id, that `by` may read, oldest first.

    One query where there are no files; who may read is asked once for each record and class of files.
    """
    wanted = Q()
    for kind, record_id in records:
        wanted |= Q(kind=kind, record_id=record_id)
    if not wanted:
        return []
    asked: dict[tuple[str, UUID, str], bool] = {}
    found = []
    for one in Attachment.objects.filter(wanted).select_related("content").order_by("id"):
        key = (one.kind, one.record_id, one.classification)
        if key not in asked:
            asked[key] = _may_read(*key, by, at)
        if asked[key]:
            found.append(one)
    return found


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
    if record is None:
        return False
    asked = [owner.read] if classification == Attachment.INTERNAL else [owner.read, owner.restricted]
    return all(one(record, by, at) if callable(one) else may(by, one, record, at) for one in asked)
