"""The rules of a day, read once and held until a row of them is written (kernel.rulebook.held)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Q, QuerySet

from tinhso.kernel.base import clock
from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.rulebook.held import Held
from tinhso.pillars.border.gate.models import (
    BookingRule,
    CheckRule,
    CorrectionRule,
    FeeRule,
    FieldRule,
    GoodsRule,
    JustInTimeRule,
    Limit,
    OperatingCalendar,
    OrderText,
    QueueCycle,
    ReasonCode,
    RefusalText,
    RiskRule,
    SampleRule,
    SlotDefault,
    TaskResult,
    TripTypeRule,
)
from tinhso.pillars.border.gate.rules import limits
from tinhso.pillars.border.gate.rules.asked import Needs
from tinhso.pillars.border.gate.rules.booking import Terms, published
from tinhso.pillars.border.gate.rules.checks import CheckBook, CheckRow, TripType, first_book
from tinhso.pillars.border.gate.rules.fees import Rate
from tinhso.pillars.border.gate.rules.goods import GoodsList, first_list
from tinhso.pillars.border.gate.rules.hours import Hours
from tinhso.pillars.border.gate.rules.priority import JustInTime
from tinhso.pillars.border.gate.rules.selection import Risk, Sample

RowsOf = Callable[[str], Sequence[Any]]
TABLES: dict[str, type[Any]] = {
    "border_gate.booking_rule": BookingRule,
    "border_gate.check_rule": CheckRule,
    "border_gate.correction": CorrectionRule,
    "border_gate.fee_rule": FeeRule,
    "border_gate.field_rule": FieldRule,
    "border_gate.goods": GoodsRule,
    "border_gate.hour_capacity": SlotDefault,
    "border_gate.hours": OperatingCalendar,
    "border_gate.just_in_time": JustInTimeRule,
    "border_gate.limit": Limit,
    "border_gate.queue_cycle": QueueCycle,
    "border_gate.risk_rule": RiskRule,
    "border_gate.sample_rule": SampleRule,
    "border_gate.task_result": TaskResult,
    "border_gate.trip_type": TripTypeRule,
}


@dataclass(frozen=True, slots=True)
class Correction:
    """What a correction of a field reopens."""

    reopens: tuple[str, ...]
    fee_anew: bool


@dataclass(frozen=True, slots=True)
class Law:
    """All rules of one day, as the pure rules want them."""

    book: CheckBook
    rates: tuple[Rate, ...]
    needs: Needs
    numbers: Mapping[str, limits.Number]
    corrections: Mapping[str, Correction]
    cycles: Mapping[str, tuple[str, ...]]
    capacities: Mapping[tuple[Any, str, str], int]
    calendar: Mapping[tuple[Any, str], tuple[Hours, ...]]
    booking: Terms
    risks: tuple[Risk, ...] = ()
    goods: GoodsList = field(default_factory=first_list)
    waited_for: tuple[JustInTime, ...] = ()
    samples: tuple[Sample, ...] = ()

    def number(self, code: str) -> limits.Number:
        """A number by its code; the first one where no row holds. Raises KeyError for an unknown code."""
        return self.numbers.get(code) or limits.first()[code]

    def route_of(self, trip_type: str) -> str:
        """Which route the fee of such a trip takes."""
        kind = self.book.types.get(trip_type) or first_book().types[trip_type]
        return kind.fee_route

    def reopened(self, fields: Iterable[str]) -> frozenset[str]:
        """The kinds of tasks that are made again when these fields are corrected."""
        rules = [self.corrections[field] for field in fields if field in self.corrections]
        return frozenset(kind for rule in rules for kind in rule.reopens)

    def fee_anew(self, fields: Iterable[str]) -> bool:
        """Whether the fee is assessed anew when these fields are corrected."""
        return any(self.corrections[field].fee_anew for field in fields if field in self.corrections)


def law_on(day: date) -> Law:
    """The rules of that day."""
    return _laws.get(day)


def law_at(moment: datetime) -> Law:
    """The rules of the day (in Viet Nam) on which the moment lies."""
    return law_on(moment.astimezone(HANOI).date())


def law_of(rows: RowsOf) -> Law:
    """The rules that such rows make, table by table."""
    return Law(
        book=_book(rows),
        rates=tuple(row.rate() for row in rows("border_gate.fee_rule")),
        needs={(row.trip_type, row.field): row.need for row in rows("border_gate.field_rule")},
        numbers={row.code: limits.Number(row.value, row.unit) for row in rows("border_gate.limit")},
        corrections={row.field: Correction(tuple(row.reopens), row.fee_anew) for row in rows("border_gate.correction")},
        cycles={row.season: tuple(row.steps) for row in rows("border_gate.queue_cycle")},
        capacities={
            (row.point_id, row.direction, row.goods_group): row.capacity for row in rows("border_gate.hour_capacity")
        },
        calendar=_calendar(rows),
        risks=tuple(row.risk() for row in rows("border_gate.risk_rule")),
        goods=_goods(rows),
        waited_for=tuple(row.just_in_time() for row in rows("border_gate.just_in_time")),
        samples=tuple(row.sample() for row in rows("border_gate.sample_rule")),
        booking=next((row.terms() for row in rows("border_gate.booking_rule")), published()),
    )


def goods_today() -> GoodsList:
    """The goods list of today (first one: tables/border_goods.csv, goods_chapters.csv)."""
    return _lists.get(clock.today())


def reasons_today() -> QuerySet[ReasonCode]:
    """The reasons that may be given today, in the order in which they were put in."""
    day = clock.today()
    return ReasonCode.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)


def usual_orders() -> QuerySet[OrderText]:
    """The usual words of movement orders today (first ones: tables/order_texts.csv)."""
    day = clock.today()
    return OrderText.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)


def refusal_text(code: str) -> Bilingual | None:
    """The sentence of a refusal as the rulebook has it today; a refusal is told also when nothing can be asked."""
    try:
        return (_texts.known(clock.today()) or {}).get(code)
    except Exception:
        return None


def _read(day: date) -> Law:
    return law_of(lambda name: _holding(name, day))


def _holding(name: str, day: date) -> Sequence[Any]:
    holding = Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))
    return list(TABLES[name]._default_manager.filter(holding))


def _book(rows: RowsOf) -> CheckBook:
    types = {
        row.trip_type: TripType(row.enters, row.leaves, row.goods_stage, row.fee_route)
        for row in rows("border_gate.trip_type")
    }
    return CheckBook(
        rows=tuple(
            _check_row(row) for row in sorted(rows("border_gate.check_rule"), key=lambda row: (row.number, row.task))
        ),
        # A type of which the last row has ended still has trips on their way.
        types={**first_book().types, **types},
        results={row.result: row.task_state for row in rows("border_gate.task_result")},
    )


def _check_row(row: CheckRule) -> CheckRow:
    return CheckRow(
        kind=row.task,
        forces=tuple(row.forces),
        needed=tuple(row.needed),
        placed=row.placed,
        results=tuple(row.results),
        minutes=row.minutes,
        new_seal=row.new_seal,
    )


def _goods(rows: RowsOf) -> GoodsList:
    return GoodsList({row.code: row.kind() for row in rows("border_gate.goods")} or first_list().kinds)


def _read_goods(day: date) -> GoodsList:
    """The goods list alone: pages that only name goods read no other rules."""
    return _goods(lambda name: _holding(name, day))


def _calendar(rows: RowsOf) -> dict[tuple[Any, str], tuple[Hours, ...]]:
    found: dict[tuple[Any, str], tuple[Hours, ...]] = {}
    for row in rows("border_gate.hours"):
        found[row.point_id, row.direction] = (*found.get((row.point_id, row.direction), ()), row.hours())
    return found


def _read_texts(day: date) -> dict[str, Bilingual]:
    rows = RefusalText.objects.filter(Q(valid_until=None) | Q(valid_until__gt=day), valid_from__lte=day)
    return {row.code: Bilingual(row.message_vi, row.message_en, row.message_zh) for row in rows}


_laws: Held[Law] = Held(_read)
_lists: Held[GoodsList] = Held(_read_goods)
_texts: Held[dict[str, Bilingual]] = Held(_read_texts)
