"""A period's report as sections of one table each: what the screen, a spreadsheet and a sheet of paper all show."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

from django.utils.translation import gettext as _

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.queries import quality_sections, release_times
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.periods import NOTHING, Period, remaining
from tinhso.pillars.border.gate.queries.report import Figures
from tinhso.pillars.border.gate.queries.section import TONNE, TOP, Cell, Section, firm_names, table
from tinhso.pillars.border.gate.queries.words import GOODS_TITLES, REGIME_TITLES, chapters_of, goods_of
from tinhso.pillars.border.gate.rules.goods import FARM_GROUPS

CARRIED = ("cleared.X", "cleared.N", "back.X", "back.N")
"""Figures whose kg crossed the line: of vehicles cleared, and of two-way vehicles on their way back."""


def way_back_counts() -> str:
    """What the reader of tonnes must know."""
    return _(
        "A two-way vehicle counts once, on its first crossing; the goods of its way back are in the tonnes of their "
        "own direction."
    )


def sections(found: Period) -> list[Section]:
    """All sections of a period's report that have something to tell."""
    made = [make(found) for make in _MAKERS]
    return [section for section in made if section.rows]


def _by_point(found: Period) -> Section:
    """Cleared, standing and undeclared vehicles, the whole province first."""
    stands = remaining(found.span.last)
    head = (
        _("Crossing point"), _("Vehicles cleared"), _("Export"), _("of these fruit"), _("Import"),
        _("of these new vehicles"), _("Remaining at the end"), _("Undeclared"), _("Farm goods, tonnes"),
    )  # fmt: skip

    def rows() -> Iterator[tuple[Cell, ...]]:
        for point in (None, *found.points):
            block = _block(found, point, stands)
            title = _("Whole province") if point is None else str(title_of("point", point))
            yield (
                title, block.cleared, block.exported, block.export_fruit, block.imported, block.import_new,
                block.remaining, block.undeclared, round(block.farm_kg / TONNE),
            )  # fmt: skip

    return table("points", _("By crossing point"), head, rows(), note=way_back_counts())


def _block(found: Period, point: str | None, stands: dict[tuple[str, str], int]) -> Figures:
    def n(name: str, key: str | None = None) -> int:
        return found.of(name, key=key, point=point).n

    def standing(kind: str) -> int:
        return sum(count for (code, of), count in stands.items() if of == kind and point in (None, code))

    farm = sum(found.of(*CARRIED, key=group, point=point).amount for group in FARM_GROUPS)
    fruit, new = n("cleared.X", "FRUIT"), n("cleared.N", "NEW_VEHICLE")
    return Figures(
        export_fruit=fruit, export_other=n("cleared.X") - fruit, import_new=new, import_cargo=n("cleared.N") - new,
        remaining_fruit=standing("fruit"), remaining_other=standing("other"), undeclared=n("undeclared"), farm_kg=farm,
    )  # fmt: skip


def _by_day(found: Period) -> Section:
    head = (_("Month") if found.span.is_long else _("Day"), _("Export"), _("Import"), _("Vehicles cleared"))
    days = sorted({day for day, name in found.days if name in ("cleared.X", "cleared.N")})

    def rows() -> Iterator[tuple[Cell, ...]]:
        for day in days:
            out, into = (found.days.get((day, name), NOTHING).n for name in ("cleared.X", "cleared.N"))
            yield _shown(found, day), out, into, out + into

    return table("days", _("Over time"), head, rows())


def _shown(found: Period, day: date) -> str:
    return f"{day:%m/%Y}" if found.span.is_long else f"{day:%d/%m/%Y}"


def _goods(found: Period) -> Section:
    head = (_("Goods group"), _("Export"), _("Export, tonnes"), _("Import"), _("Import, tonnes"))
    cleared, back = ([found.by_key(f"{name}.{way}") for way in "XN"] for name in ("cleared", "back"))

    def vehicles(group: str) -> int:
        return sum(one.get(group, NOTHING).n for one in cleared)

    def rows() -> Iterator[tuple[Cell, ...]]:
        for group in sorted(set().union(*cleared, *back), key=lambda one: (-vehicles(one), one)):
            told: list[int] = []
            for there, returning in zip(cleared, back, strict=True):
                own = there.get(group, NOTHING)
                told += own.n, round((own.amount + returning.get(group, NOTHING).amount) / TONNE)
            yield str(GOODS_TITLES.get(group, group)), *told

    return table("goods", _("By goods group"), head, rows(), note=way_back_counts())


def _top(
    code: str, name: str, title: Callable[[], str], said: Callable[[list[str]], dict[str, str]]
) -> Callable[[Period], Section]:
    def make(found: Period) -> Section:
        most = list(found.by_key(name).items())[:TOP]
        words = said([key for key, _sums in most])
        head = (title(), _("Vehicles"), _("Tonnes"))
        rows = ((words.get(key, key), sums.n, round(sums.amount / TONNE)) for key, sums in most)
        return table(code, title(), head, iter(rows))

    return make


def _ways(keys: list[str]) -> dict[str, str]:
    return {key: str(KIND_TITLES.get(key, key)) for key in keys}


def _routes(found: Period) -> Section:
    """Which way vehicles go: crossing point, direction and kind of trip, the most used first."""
    ways = [(code, key, sums) for (name, key, code), sums in found.figures.items() if name == "route"]
    ways.sort(key=lambda way: (-way[2].n, way[0], way[1]))
    directions = {"X": _("Export"), "N": _("Import")}

    def rows() -> Iterator[tuple[Cell, ...]]:
        for code, key, sums in ways:
            direction, _dot, kind = key.partition(".")
            yield (
                str(title_of("point", code)), directions.get(direction, direction), str(KIND_TITLES.get(kind, kind)),
                sums.n, round(sums.amount / TONNE),
            )  # fmt: skip

    head = (_("Crossing point"), _("Direction"), _("Trip type"), _("Vehicles"), _("Tonnes"))
    return table("routes", _("Routes"), head, rows(), texts=3)


def _fees(found: Period) -> Section:
    head = (_("Regime"), _("Receipts"), _("Collected, đồng"), _("Kept by the centre, đồng"), _("To the budget, đồng"))
    paid, kept, budget = (found.by_key(name) for name in ("fee.pay", "fee.pay.kept", "fee.pay.budget"))

    def rows() -> Iterator[tuple[Cell, ...]]:
        for regime, sums in paid.items():
            yield (
                str(REGIME_TITLES.get(regime, regime)),
                sums.n,
                sums.amount,
                kept[regime].amount,
                budget[regime].amount,
            )
        if paid:
            whole = [sum(one.values(), NOTHING) for one in (paid, kept, budget)]
            yield _("Total"), whole[0].n, *(sums.amount for sums in whole)

    back = found.of("fee.refund")
    note = _("Refunded: %(count)s receipts, %(amount)s đ") % {"count": back.n, "amount": back.amount} if back.n else ""
    return table("fees", _("Fees by regime"), head, rows(), note=note)


def _fees_by_day(found: Period) -> Section:
    head = (
        _("Month") if found.span.is_long else _("Day"), _("Receipts"), _("Collected, đồng"),
        _("Kept by the centre, đồng"), _("To the budget, đồng"),
    )  # fmt: skip
    days = sorted({day for day, name in found.days if name == "fee.pay"})

    def rows() -> Iterator[tuple[Cell, ...]]:
        for day in days:
            paid, kept, budget = (found.days.get((day, name), NOTHING)
                                  for name in ("fee.pay", "fee.pay.kept", "fee.pay.budget"))  # fmt: skip
            yield _shown(found, day), paid.n, paid.amount, kept.amount, budget.amount

    return table("fee-days", _("Fees over time"), head, rows())


_SPANS = {
    "T1": Bilingual("T1 khai báo trước khi đến", "T1 declared before arrival"),
    "T2": Bilingual("T2 chờ gọi", "T2 waiting for the call"),
    "T3": Bilingual("T3 từ barie 1 vào bãi", "T3 barrier 1 to yard"),
    "T5": Bilingual("T5 từ vào bãi đến thông quan", "T5 yard to release"),
    "T6": Bilingual("T6 từ barie 1 đến qua biên giới", "T6 barrier 1 over the line"),
}


def _what(code: str) -> str:
    return str(_SPANS[code]) if code in _SPANS else f"T4 {title_of('force', code)}"


def _times(part: str, code: str, title: Callable[[], str]) -> Callable[[Period], Section]:
    """Median and 90th percentile of each span; by goods group or by hour of the day."""

    def make(found: Period) -> Section:
        study = found.times[part]
        order = sorted({what for what, _key in study}, key=lambda what: ("T4" if what not in _SPANS else what, what))

        def rows() -> Iterator[tuple[Cell, ...]]:
            for what in order:
                for key in sorted(key for one, key in study if one == what):
                    told = study[what, key]
                    spans = (_span(seconds, exact=told.exact) for seconds in (told.median, told.p90))
                    yield _what(what), _part_title(part, key), told.n, *spans

        exact = any(told.exact for told in study.values())
        minutes = _("Median, minutes and seconds") if exact else _("Median, minutes")
        within = _("9 of 10 within, minutes and seconds") if exact else _("9 of 10 within, minutes")
        head = (_("Span"), _("Part"), _("How many"), minutes, within)
        note = _(
            "T4 by force, without the time in which the firm had to act: corrections that the force asked for, and its "
            "holds whose reason waits for the firm (the rulebook's table of reasons says which; assumed until "
            "confirmed). Other holds count."
        )
        return table(code, title(), head, rows(), texts=2, note=note)

    return make


def _span(seconds: int, *, exact: bool) -> Cell:
    """Whole minutes, or 19:13 where the seconds are known."""
    return f"{seconds // 60}:{seconds % 60:02d}" if exact else seconds // 60


def _part_title(part: str, key: str) -> str:
    if not key:
        return _("all")
    return str(GOODS_TITLES.get(key, key)) if part == release_times.GROUP else _("%(hour)s o'clock") % {"hour": key}


_MAKERS: tuple[Callable[[Period], Section], ...] = (
    _by_point,
    _by_day,
    _goods,
    _top("hs2", "hs2", lambda: _("Goods by chapter (HS2)"), chapters_of),
    _top("hs4", "hs4", lambda: _("Goods by heading (HS4)"), goods_of),
    _top("firms", "firm", lambda: _("Firms with most vehicles"), firm_names),
    _top("ways", "way", lambda: _("Trip types"), _ways),
    _routes,
    _fees,
    _fees_by_day,
    _times(release_times.GROUP, "times-group", lambda: _("Time-release study by goods group")),
    _times(release_times.HOUR, "times-hour", lambda: _("Time-release study by hour")),
    *quality_sections.MAKERS,
)
