"""Add a photo or a paper to a record of the gate; pass an inspection with its photos and the new seal."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.files.actions import attach
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.types import MB, FileRefused, sniff
from tinhso.pillars.border.gate.actions.tasks import pass_task
from tinhso.pillars.border.gate.models import ClearanceTask, Hold, Trip
from tinhso.pillars.border.gate.queries.filing import HOLD, PHOTO, PURPOSES, SEIZURE, TASK
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules.codes import refuse

LARGEST = 10 * MB
TAKEN = frozenset({"application/pdf", "image/jpeg", "image/png"})
"""Kinds and size as the province's own sentence BG-035 says them."""
MOST = 40
"""Files of one record; assumed to be more than any check takes."""


def add_file(*, upload: UploadedFile, kind: str, record_id: UUID, purpose: str, by: Actor, at: datetime) -> Attachment:
    """Keep a file with the record; what is personal is read by fewer and let go after the limit `papers_days`.

    Refusals: BG-035 for another kind of file or one over 10 MB, BG-441 when the record has as many as it takes, and
    what kernel.files refuses (damaged, malware, state secrets). Raises NotFound for a purpose that the kind has not.
    """
    wanted = PURPOSES.get(kind, {}).get(purpose)
    if wanted is None:
        raise NotFound
    content = upload.read(LARGEST + 1)
    _of_a_kind_taken(content)
    if Attachment.objects.filter(kind=kind, record_id=record_id).count() >= MOST:
        raise refuse("BG-441", field="file", n=MOST)
    until = (at + law_at(at).number("papers_days").span).astimezone(HANOI).date()
    return attach(
        content,
        name=upload.name or "",
        kind=kind,
        record_id=record_id,
        purpose=purpose,
        keep_until=until if wanted.personal else None,
        by=by,
        at=at,
    )


@transaction.atomic
def add_files(
    *, uploads: Sequence[UploadedFile], kind: str, record_id: UUID, purpose: str, by: Actor, at: datetime
) -> list[Attachment]:
    """Keep several, all or none. Refusals: those of `add_file`; BG-035 for none at all."""
    if not uploads:
        raise refuse("BG-035", field="file")
    return [add_file(upload=one, kind=kind, record_id=record_id, purpose=purpose, by=by, at=at) for one in uploads]


@transaction.atomic
def do_with_photos(
    *, deed: Callable[[], ClearanceTask | Hold], photos: Sequence[UploadedFile], by: Actor, at: datetime
) -> None:
    """Do what makes or changes a check or a hold, and keep its photos with it; all of it or nothing."""
    done = deed()
    kind = HOLD if isinstance(done, Hold) else TASK
    for one in photos:
        add_file(upload=one, kind=kind, record_id=done.pk, purpose=PHOTO, by=by, at=at)


@transaction.atomic
def decide_with_file(*, deed: Callable[[], Trip], files: Sequence[UploadedFile], by: Actor, at: datetime) -> Trip:
    """Seize or give back, and keep the decision's files with the trip; all or nothing. No file is asked for."""
    done = deed()
    for one in files:
        add_file(upload=one, kind=SEIZURE, record_id=done.pk, purpose="decision", by=by, at=at)
    return done


@transaction.atomic
def pass_with_photos(
    *,
    task: ClearanceTask,
    photos: Sequence[UploadedFile],
    by: Actor,
    at: datetime,
    seal_no: str = "",
    seal_intact: bool = False,
    result: str = "PASS",
    note: str = "",
) -> ClearanceTask:
    """Confirm a check with its photos, and what became of the seal at an inspection; all of it or nothing.

    Refusals: those of `add_file` and `pass_task`.
    """
    for one in photos:
        add_file(upload=one, kind=TASK, record_id=task.pk, purpose=PHOTO, by=by, at=at)
    said: dict[str, Any] = {"seal_no": seal_no, "seal_intact": seal_intact, "result": result, "note": note}
    return pass_task(task=task, **said, by=by, at=at)


def _of_a_kind_taken(content: bytes) -> None:
    if len(content) > LARGEST:
        raise refuse("BG-035", field="file")
    try:
        taken = sniff(content).media_type in TAKEN
    except FileRefused as refusal:
        if refusal.code not in ("file-type", "file-too-large"):
            raise
        taken = False
    if not taken:
        raise refuse("BG-035", field="file")
