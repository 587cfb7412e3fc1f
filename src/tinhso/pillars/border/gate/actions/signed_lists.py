"""Pass several checks in one act, under one signature over the list of them (border brief 8)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime
from uuid import UUID

from django.db import transaction

from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.numbering.actions import take
from tinhso.pillars.border.gate.actions.inspection_seals import must_be_sealed
from tinhso.pillars.border.gate.actions.samples import must_be_sampled
from tinhso.pillars.border.gate.flows import TASK
from tinhso.pillars.border.gate.models import ClearanceTask, SignedCheck, SignedList
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.signed_lists import KIND, SIGNED, digest_of


@dataclass(slots=True)
class Signed:
    """What came of it: a list for each force and point, and of each check that was not passed, why."""

    lists: list[SignedList] = field(default_factory=list)
    refused: dict[UUID, Refusal] = field(default_factory=dict)

    @property
    def passed(self) -> int:
        return sum(one.count for one in self.lists)


def sign_tasks(*, tasks: Sequence[ClearanceTask], by: Actor, at: datetime) -> Signed:
    """Pass these checks and keep the signed list of those that were passed; one refused stops no other.

    Each passed check's history names its list. The list's digest goes into the audit, whose roots are signed and
    published each day, so that a printed list can be held against what was signed. Refused, and told in the outcome:
    BG-023 for a check that does not pass in this way, BG-571 and BG-572 for a sample, BG-670 for a seal, and
    whatever the step itself refuses.
    """
    made = Signed()
    groups: dict[tuple[UUID, UUID], list[ClearanceTask]] = defaultdict(list)
    made.refused.update(must_be_sealed(tasks) | must_be_sampled(tasks))
    for task in tasks:
        if task.pk in made.refused:
            continue
        if "PASS" in law_at(task.created_at).book.passing(task.kind):
            groups[task.force_id, task.point_id].append(task)
        else:
            made.refused[task.pk] = refuse("BG-023", event="PASS", state=task.get_state_title())
    for group in groups.values():
        _sign(group, made, by, at)
    return made


@transaction.atomic
def _sign(tasks: Sequence[ClearanceTask], made: Signed, by: Actor, at: datetime) -> None:
    """One force's checks at one point: what the step refuses is left off the list."""
    first, id = tasks[0], uuid7()
    outcome = TASK.fire_many(tasks, "pass", by=by, at=at, together=False, result="PASS", list=str(id))
    made.refused.update(outcome.refused)
    passed = [task for task in tasks if task.pk in outcome.done]
    if not passed:
        return
    year = at.astimezone(HANOI).year
    number = take(f"{KIND}.{first.force.code}", year, by=by, at=at)
    signed = SignedList(
        id=id, number=f"DS-{first.force.code}-{year}-{number:05d}", force=first.force, agency_id=first.agency_id,
        point_id=first.point_id, count=len(passed), signed_at=at, signed_by=by.id,
    )  # fmt: skip
    lines = [_line(signed, task, outcome.done[task.pk]) for task in passed]
    signed.digest = digest_of(signed, lines)
    signed.save(force_insert=True)
    SignedCheck.objects.bulk_create(lines)
    record(SIGNED, by=by, at=at, kind=KIND, record_id=id, number=signed.number, digest=signed.digest)
    made.lists.append(signed)


def _line(signed: SignedList, task: ClearanceTask, version: int) -> SignedCheck:
    trip = task.trip
    return SignedCheck(
        list=signed, task=task, version=version, trip=trip, code=trip.code, plate=trip.tractor_plate, kind=task.kind,
        stage=task.stage, kg=trip.gross_kg,
    )  # fmt: skip
