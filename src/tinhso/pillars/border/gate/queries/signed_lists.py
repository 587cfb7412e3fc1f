"""Signed lists of checks, and whether they still say what was signed."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db.models import QuerySet

from tinhso.kernel.access.may import visible
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.identity.models import Person
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.models import ClearanceTask, SignedCheck, SignedList
from tinhso.pillars.border.gate.permissions import VIEW_TRIP
from tinhso.pillars.border.gate.rules.signed_lists import SIGNED, digest_of

SHOWN = 100


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was compared: the list with its digest, the digest with the audit, each line with the check's history."""

    digest: bool
    audited: bool
    others: list[SignedCheck]
    """Lines whose check's history says something else."""

    @property
    def agrees(self) -> bool:
        return self.digest and self.audited and not self.others


def lists_for(*, by: Actor, at: datetime) -> QuerySet[SignedList]:
    """Lists of the points whose trips the reader may see, the newest first."""
    return visible(SignedList.objects.all(), by, VIEW_TRIP, at).select_related("force", "point")


def list_for(list_id: UUID, *, by: Actor, at: datetime) -> SignedList:
    """One of them. Raises NotFound."""
    found = lists_for(by=by, at=at).filter(pk=list_id).first()
    if found is None:
        raise NotFound
    return found


def signers_of(lists: Iterable[SignedList]) -> dict[UUID, str]:
    """Names of who signed; one query."""
    return dict(Person.objects.filter(id__in={one.signed_by for one in lists}).values_list("id", "full_name"))


def verdict_on(signed: SignedList, lines: list[SignedCheck]) -> Verdict:
    """Compare the list with what was signed, what the audit keeps and what history tells; two queries."""
    entries = Entry.objects.filter(record_id=signed.pk, action=SIGNED, version=None)
    told = [json.loads(payload) for payload in entries.values_list("payload", flat=True)]
    steps = {
        (row.record_id, row.version): row
        for row in History.objects.filter(flow=TASK.name, step="pass", record_id__in=[one.task_id for one in lines])
    }
    others = [one for one in lines if not _fits(steps.get((one.task_id, one.version)), signed)]
    audited = [(one.get("number"), one.get("digest")) for one in told] == [(signed.number, signed.digest)]
    counted = digest_of(signed, lines) == signed.digest and len(lines) == signed.count
    return Verdict(counted, audited, others)


def _fits(step: History | None, signed: SignedList) -> bool:
    return step is not None and step.facts.get("list") == str(signed.pk) and step.actor == signed.signed_by


def lists_of(tasks: Iterable[ClearanceTask]) -> dict[UUID, SignedList]:
    """By check the newest list on which it was passed; one query."""
    rows = SignedCheck.objects.filter(task__in=list(tasks)).select_related("list").order_by("pk")
    return {row.task_id: row.list for row in rows}
