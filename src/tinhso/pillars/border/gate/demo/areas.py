"""Who runs the two holding areas of Hữu Nghị in the demo: operators that do not exist, with a person of each."""

from __future__ import annotations

from django.db import transaction

from tinhso.kernel.base import text
from tinhso.kernel.organisations.models import Agency, AgencyKind, Post, agency_id
from tinhso.pillars.border.gate.demo.parties import MARK, SINCE, demo_id
from tinhso.pillars.border.gate.demo.people import AREA_PEOPLE
from tinhso.pillars.border.gate.models import Yard
from tinhso.pillars.border.gate.simulation.crew import Member, person_id

BOTH = Member("BUFFER", "HN-1119").username
"""Plays the barrier of both areas in the live border, and so works for both."""


@transaction.atomic
def load() -> int:
    """Operators where none is named yet; returns how many areas were given one."""
    named = 0
    for yard in Yard.objects.filter(code__in=AREA_PEOPLE, level="buffer", operator=None):
        operator = yard.operator = _operator(yard)
        yard.save(update_fields=["operator"])
        Post.objects.bulk_create(
            [_post(operator, yard, one) for one in (AREA_PEOPLE[yard.code], BOTH)], ignore_conflicts=True
        )
        named += 1
    return named


def _operator(yard: Yard) -> Agency:
    code, name = f"DEMO-{yard.code}", f"Đơn vị vận hành {yard.name} {MARK}"
    told = {"id": agency_id(code), "name": name, "folded": text.fold(name), "kind": AgencyKind.FIRM}
    made, _new = Agency.objects.get_or_create(code=code, defaults={**told, "valid_from": SINCE, "basis": "DEMO"})
    return made


def _post(operator: Agency, yard: Yard, username: str) -> Post:
    return Post(
        id=demo_id(f"post:{username}:{yard.code}"),
        person_id=person_id(username),
        agency=operator,
        title=f"Nhân viên bãi chờ {MARK}",
        valid_from=SINCE,
    )
