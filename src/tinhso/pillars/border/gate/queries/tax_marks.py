"""Firms that the tax force has marked: which of them today, what officers read of it, what the firm does."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db.models import Q, QuerySet

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.clock import HANOI
from tinhso.pillars.border.gate.models import Enterprise, Force, ReasonCode, TaxMark, Trip
from tinhso.pillars.border.gate.queries.law import law_at

CHECK = "TAX"
"""The check that a marked firm's loaded trips get (tables/check_rules.csv)."""
KIND = "TAX"
IN_GENERAL = Bilingual("theo yêu cầu của cơ quan thuế", "as the tax office asks", "应税务机关要求")
"""What the firm reads of a reason that is not shown to it."""
SHOWN = 200
LATELY = 20


@dataclass(frozen=True, slots=True)
class Shown:
    """A mark with the words of its reason."""

    mark: TaxMark
    reason: Bilingual | str


def standing(day: date) -> QuerySet[TaxMark]:
    """Marks that are not lifted and hold on that day or later."""
    return TaxMark.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), lifted_at=None)


def marks_today(at: datetime) -> QuerySet[TaxMark]:
    """Marks that are to be heeded at that moment."""
    day = at.astimezone(HANOI).date()
    return standing(day).filter(valid_from__lte=day)


def marked(firms: Iterable[UUID | None], *, at: datetime) -> frozenset[UUID]:
    """Which of these firms are marked on the day of that moment; one query."""
    rows = marks_today(at).filter(firm__in={one for one in firms if one})
    return frozenset(rows.values_list("firm_id", flat=True))


def marks_of(firm: Enterprise, *, at: datetime) -> list[Shown]:
    """What officers read of the firm: marks of today with their reasons; at most two queries."""
    return _shown(list(marks_today(at).filter(firm=firm).select_related("force")), secret=True)


def marks_on(trip: Trip, *, at: datetime) -> list[Shown]:
    """The same on a trip of the firm; no query where queries.trips has read the trip and knows that none holds."""
    if trip.enterprise is None or not getattr(trip, "firm_is_marked", True):
        return []
    return marks_of(trip.enterprise, at=at)


def told_to(firm: Enterprise, *, at: datetime) -> list[Shown]:
    """What the firm itself reads: the same in public words, marks to come as well."""
    day = at.astimezone(HANOI).date()
    return _shown(list(standing(day).filter(firm=firm).select_related("force")), secret=False)


def public_reason(mark: TaxMark) -> Bilingual | str:
    """Why, as the firm may read it."""
    return _shown([mark], secret=False)[0].reason


def listed(*, at: datetime) -> tuple[list[Shown], list[Shown]]:
    """Marks that stand, and those lifted last; three queries."""
    day = at.astimezone(HANOI).date()
    known = TaxMark.objects.select_related("firm__agency", "force")
    stand = standing(day).select_related("firm__agency", "force").order_by("-set_at")[:SHOWN]
    past = known.exclude(lifted_at=None).order_by("-lifted_at")[:LATELY]
    shown = _shown([*stand, *past], secret=True)
    return [one for one in shown if one.mark.lifted_at is None], [one for one in shown if one.mark.lifted_at]


def marking_forces(at: datetime) -> list[Force]:
    """Forces that work the check of marked firms: by the rulebook, not by name."""
    row = law_at(at).book.row(CHECK)
    return list(Force.objects.filter(code__in=row.forces)) if row else []


def _shown(marks: list[TaxMark], *, secret: bool) -> list[Shown]:
    codes = {mark.reason_code for mark in marks}
    rows = ReasonCode.objects.filter(kind=KIND, code__in=codes).order_by("valid_from") if codes else []
    known = {row.code: row for row in rows}
    return [Shown(mark, _words(known.get(mark.reason_code), mark.reason_code, secret=secret)) for mark in marks]


def _words(reason: ReasonCode | None, code: str, *, secret: bool) -> Bilingual | str:
    if reason is None:
        return code if secret else IN_GENERAL
    return reason.label if secret or not reason.secret else IN_GENERAL
