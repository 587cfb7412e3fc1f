"""Barriers follow the rulebook: new ones open on their day, those of which no row speaks are out of use."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import transaction
from django.db.models import Q

from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import BarrierEdition, ControlPoint

SAID = ("name", "lanes")


@transaction.atomic
def follow_barriers(*, at: datetime) -> int:
    """Bring the barriers in step with the rows of the day; returns how many changed. Again without harm.

    Where a barrier stands and what kind it is stay as they are: its steps, keys of machines and codes rest on them.
    """
    day = at.astimezone(HANOI).date()
    holding = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    now = {row.code: row for row in BarrierEdition.objects.filter(holding).select_related("point")}
    gone = BarrierEdition.objects.filter(valid_until__lte=day).exclude(code__in=now)
    known = {one.code: one for one in ControlPoint.every.select_for_update()}
    changed = sum(_stands(row, known.get(code), at) for code, row in now.items())
    ended = [known[code] for code in set(gone.values_list("code", flat=True)) if code in known]
    return changed + sum(_is_out_of_use(barrier, at) for barrier in ended)


def _stands(row: BarrierEdition, barrier: ControlPoint | None, at: datetime) -> bool:
    """The barrier as the row says it, open for work."""
    if barrier is None:
        told = {"code": row.code, "point": row.point, "kind": row.kind, "source": row.source[:160]}
        _tell(ControlPoint.every.create(**told, **_said(row)), at, {}, _said(row), row.document_no)
        return True
    before = {name: getattr(barrier, name) for name in (*SAID, "in_use")}
    after = {**_said(row), "in_use": True}
    if before == after:
        return False
    ControlPoint.every.filter(pk=barrier.pk).update(**after)
    _tell(barrier, at, before, after, row.document_no)
    return True


def _said(row: BarrierEdition) -> dict[str, Any]:
    return {name: getattr(row, name) for name in SAID}


def _is_out_of_use(barrier: ControlPoint, at: datetime) -> bool:
    if not barrier.in_use:
        return False
    ControlPoint.every.filter(pk=barrier.pk).update(in_use=False)
    _tell(barrier, at, {"in_use": True}, {"in_use": False}, "")
    return True


def _tell(barrier: ControlPoint, at: datetime, before: dict[str, Any], after: dict[str, Any], document: str) -> None:
    facts = {"barrier": barrier.code, "before": before, "after": after, "document_no": document}
    place = barrier.point_id
    record("border_gate.barrier_set", by=SYSTEM, at=at, kind="kernel_geo.place", record_id=place, **facts)
