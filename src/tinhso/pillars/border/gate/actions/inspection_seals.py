"""What became of a sealed vehicle's seal at the inspection: a new number, or the word that the old one is intact."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext as _

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.seals import key_seal
from tinhso.pillars.border.gate.models import ClearanceTask
from tinhso.pillars.border.gate.models.seals import SealEventKind
from tinhso.pillars.border.gate.queries.inspection_seals import seal_of, waiting_for_seal
from tinhso.pillars.border.gate.rules import seals as rules
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse


def must_be_sealed(tasks: Sequence[ClearanceTask]) -> dict[UUID, GateRefusal]:
    """Why some of these checks may not pass: nobody has said what became of the seal (BG-670)."""
    return {pk: refuse("BG-670", field="seal_no") for pk in waiting_for_seal(tasks)}


def say_seal(*, task: ClearanceTask, seal_no: str, intact: bool, by: Actor, at: datetime) -> dict[str, str]:
    """Note the new seal, or that the old one was not opened; what the check's history keeps of it.

    Refusals: BG-671 for both at once, and those of `key_seal`.
    """
    if intact and seal_no.strip():
        raise refuse("BG-671", field="seal_no")
    if intact:
        return _intact(task, by, at)
    return {"seal_no": key_seal(trip=task.trip, seal_no=seal_no, kind=SealEventKind.APPLIED, by=by, at=at).seal_no}


def _intact(task: ClearanceTask, by: Actor, at: datetime) -> dict[str, str]:
    """Looked at and not opened. A declared text that is no number of a seal stands in the history alone."""
    number = seal_of(task.trip)
    if rules.is_number(rules.normalise(number)):
        note = _("Not opened at the inspection, the seal is intact.")
        key_seal(trip=task.trip, seal_no=number, kind=SealEventKind.CHECKED, note=note, by=by, at=at)
    return {"seal": "intact"}
