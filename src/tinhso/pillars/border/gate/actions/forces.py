"""Forces follow the rulebook: a new one becomes an agency that can work, a renamed one reads by its new name."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db.models import Q

from tinhso.kernel.audit.record import record
from tinhso.kernel.base import text
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.organisations.models import Agency, AgencyKind, agency_id
from tinhso.pillars.border.gate.actions.barriers import follow_barriers
from tinhso.pillars.border.gate.models import (
    CrossingPoint,
    Force,
    ForceEdition,
    SlotDefault,
    SlotWindow,
    Yard,
    YardRoom,
)


def know_forces(rows: Sequence[ForceEdition], at: datetime) -> None:
    """The forces of these rows are agencies; those that are known stay as they are until their day."""
    for row in rows:
        agency, _new = Agency.objects.get_or_create(
            code=row.code,
            defaults={
                "id": agency_id(row.code),
                "name": row.name_vi,
                "folded": text.fold(row.name_vi),
                "kind": AgencyKind.FORCE,
                "valid_from": row.valid_from,
                "basis": f"{row.document_no}: {row.source}"[:200],
            },
        )
        Force.objects.get_or_create(
            agency=agency,
            defaults={
                "code": row.code,
                "number": row.number,
                "name_vi": row.name_vi,
                "name_en": row.name_en,
                "name_zh": row.name_zh,
                "duties": row.duties,
                "basis": row.source,
            },
        )


def follow_rulebook(*, at: datetime) -> None:
    """Bring what is kept beside the rulebook in step with its rows of the day.

    Forces' names, usual room of an hour, room of yards, barriers with their lanes.
    """
    day = at.astimezone(HANOI).date()
    on = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    for row in ForceEdition.objects.filter(on):
        names = {"name_vi": row.name_vi, "name_en": row.name_en, "name_zh": row.name_zh}
        told = {**names, "number": row.number, "duties": row.duties}
        Force.objects.filter(code=row.code).exclude(**told).update(**told)
    fields = {"X": "slots_export", "N": "slots_import"}
    for room in SlotDefault.objects.filter(on, document_no__gt="", goods_group=SlotWindow.ANY):
        CrossingPoint.objects.filter(pk=room.point_id).update(**{fields[room.direction]: room.capacity})
    for yard_room in YardRoom.objects.filter(on, document_no__gt="").select_related("yard"):
        _make_room(yard_room, at)
    follow_barriers(at=at)


def _make_room(row: YardRoom, at: datetime) -> None:
    """What the steps ask of the yard is the room of the day."""
    if row.yard.capacity == row.capacity:
        return
    Yard.objects.filter(pk=row.yard_id).update(capacity=row.capacity)
    facts = {"before": row.yard.capacity, "capacity": row.capacity, "document_no": row.document_no}
    record("border_gate.yard_room_set", by=SYSTEM, at=at, kind="kernel_geo.place", record_id=row.yard_id, **facts)
