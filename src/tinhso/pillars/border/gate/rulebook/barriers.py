"""Barriers and their lanes in the rulebook: whether a row makes sense, how it reads, how full its lanes would be."""

from __future__ import annotations

import re
from collections import Counter
from datetime import date
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.money import grouped
from tinhso.kernel.rulebook.showing import Pair, row, section
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.models import BarrierEdition, ControlPoint, Stoppage
from tinhso.pillars.border.gate.rulebook.showing import Yesterday
from tinhso.pillars.border.gate.rules.codes import refuse

CODE = re.compile(r"[A-Z0-9]{1,8}")


def check(row: BarrierEdition, on: date) -> None:
    """A code that begins with the point's; a barrier that stands keeps its point and its kind. BG-660, BG-661."""
    point, _stroke, own = row.code.rpartition("-")
    if point != row.point.code or not CODE.fullmatch(own):
        raise refuse("BG-660", field="code", v=row.code, a=row.point.code)
    stands = ControlPoint.every.filter(pk=row.code).first()
    for name in ("point_id", "kind"):
        if stands is not None and getattr(stands, name) != getattr(row, name):
            raise refuse("BG-661", field=name.removesuffix("_id"), v=row.code)


def means(row: BarrierEdition, said: Any) -> str:
    """Name, place and lanes."""
    told = {"name": said("name"), "point": said("point"), "kind": said("kind"), "lanes": said("lanes")}
    return (
        ngettext(
            "%(name)s at %(point)s (%(kind)s) has %(lanes)s lane.",
            "%(name)s at %(point)s (%(kind)s) has %(lanes)s lanes.",
            row.lanes,
        )
        % told
    )


def preview(old: BarrierEdition | None, new: BarrierEdition | None) -> list[str]:
    """Lanes before and after, and what stands on lanes that go."""
    code = (new or old).code  # type: ignore[union-attr]
    told = [f"{code}: " + " → ".join(grouped(one.lanes) if one else "–" for one in (old, new))]
    if new is None:
        told.append(_("From that day on nobody works at this barrier."))
    elif old is None:
        told.append(_("From that day on one can work at this barrier."))
    left = Stoppage.objects.filter(barrier=code, ended_at=None, lane__gt=new.lanes if new else 0).count()
    if left:
        told.append(
            ngettext(
                "%(count)s incident stands on a lane that goes.",
                "%(count)s incidents stand on lanes that go.",
                left,
            )
            % {"count": grouped(left)}
        )
    return told


def told_yesterday(day: Yesterday) -> Pair:
    """Vehicles for each lane in the fullest hour of yesterday, with the lanes before and after."""
    touched = day.rows("barrier")
    fullest = _fullest_hours(day, [(new or old).code for old, new in touched])
    rows = [
        row(
            lambda one=new or old: f"{one.name}, {one.point}",
            *(_each(fullest.get((new or old).code, 0), one) for one in (old, new)),
        )
        for old, new in touched
    ]
    return section(
        lambda: _("Vehicles for each lane in the fullest hour"),
        rows,
        note=lambda: _("By the scans of yesterday; rounded up. A barrier out of use has no lane."),
    )


def _each(vehicles: int, row: BarrierEdition | None) -> int:
    return -(-vehicles // row.lanes) if row else 0


def _fullest_hours(day: Yesterday, codes: list[str]) -> dict[str, int]:
    """By barrier: the most vehicles that it let through in one hour of the clock."""
    scans = History.objects.filter(**day.within("at"), flow="border_gate.trip", facts__control_point__in=codes)
    hours: Counter[tuple[str, int]] = Counter()
    for code, at in scans.values_list("facts__control_point", "at"):
        hours[code, at.astimezone(HANOI).hour] += 1
    found: dict[str, int] = {}
    for (code, _hour), count in hours.items():
        found[code] = max(found.get(code, 0), count)
    return found
