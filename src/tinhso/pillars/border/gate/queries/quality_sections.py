"""How well it went, as sections of a period's report: promises and targets, hours, lanes, holds, refusals, yards."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db.models import Count, DateTimeField, DurationField, ExpressionWrapper, F, Sum, Value
from django.db.models.functions import Greatest, Least
from django.utils.translation import gettext as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.web.offline.models import OfflinePeriod
from tinhso.pillars.border.gate.models import ControlPoint, CrossingPoint, ReasonCode, Yard
from tinhso.pillars.border.gate.models.codes import RefusedBy
from tinhso.pillars.border.gate.queries import report
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.overrides import overridden_between
from tinhso.pillars.border.gate.queries.periods import NOTHING, Period, Span
from tinhso.pillars.border.gate.queries.reconciling import APP
from tinhso.pillars.border.gate.queries.refusals import refused_by_code
from tinhso.pillars.border.gate.queries.samples import shares
from tinhso.pillars.border.gate.queries.section import TONNE, TOP, Cell, Section, firm_names, hours, share, table
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.limits import TARGET_EARLY, TARGET_UNDECLARED

SHOWN = 20
"""Rows of a list that could be long: codes refused, orders that lifted holds."""
MINUTE = timedelta(minutes=1)
LATE = "LATE"
"""The kind of reasons why a vehicle was not declared in time."""
Rows = Iterator[tuple[Cell, ...]]


def _targets(found: Period) -> tuple[str, str]:
    """The targets of the period's first day in words: of vehicles undeclared, and of those declared early."""
    law = law_on(found.span.first)
    numbers = [law.number(code).value for code in (TARGET_UNDECLARED, TARGET_EARLY)]
    return f"< {numbers[0]} %", f"≥ {numbers[1]} %"


def _quality(found: Period) -> Section:
    """How well it went: each with its share of what it is a part of, and the target where one stands."""
    came, declared = found.of("came").n, found.of("declared").n
    early, corrected = found.of("early").n, found.of("corrected").n
    ends = found.by_key("ended")
    slots = found.of("slots")
    out = found.of("cleared.N").n
    most_undeclared, least_early = _targets(found)

    def ended(step: str, whole: int) -> tuple[int, float, str]:
        n = ends.get(step, NOTHING).n
        return n, share(n, whole), ""

    def rows() -> Rows:
        undeclared = found.of("undeclared").n
        yield _("Came without a declaration"), undeclared, share(undeclared, came), most_undeclared
        yield _("Declared at least 2 hours before"), early, share(early, came), least_early
        yield _("Corrections of declarations"), corrected, share(corrected, declared), ""
        yield _("No-shows"), *ended("no_show", declared)
        yield _("Cancelled"), *ended("cancel", declared)
        yield _("Turned back"), *ended("turn_back", came)
        yield _("Places booked of those offered"), slots.n, share(slots.n, slots.amount), ""
        yield _("Stayed beyond the limit"), found.of("overstay").n, share(found.of("overstay").n, out), ""
        refused = found.of("refused").n
        yield _("Refused by the Chinese side"), refused, share(refused, found.of("cleared.X").n), ""

    head = (_("Figure"), _("How many"), _("Share, %"), _("Target"))
    note = _("Targets are dated rows of the rulebook (limits); shown are those of the period's first day.")
    return table("quality", _("How it went"), head, rows() if came else iter(()), note=note)


def _by_point(found: Period) -> Section:
    """The same promises at each crossing point."""
    most_undeclared, least_early = _targets(found)

    def row(title: str, point: str | None) -> tuple[Cell, ...]:
        came, declared, undeclared, early, over = (
            found.of(name, point=point) for name in ("came", "declared", "undeclared", "early", "overstay")
        )
        missed = found.of("ended", key="no_show", point=point).n
        return (
            title, came.n, undeclared.n, share(undeclared.n, came.n), early.n, share(early.n, came.n), missed,
            share(missed, declared.n), over.n, hours(found.of("overstay.left", point=point)),
        )  # fmt: skip

    def rows() -> Rows:
        yield row(_("Whole province"), None)
        for point in found.points:
            yield row(str(title_of("point", point)), point)

    head = (
        _("Crossing point"), _("Came"), _("Undeclared"), _("Share, %% (target %(n)s)") % {"n": most_undeclared},
        _("Declared 2 h before"), _("Share, %% (target %(n)s)") % {"n": least_early}, _("No-shows"),
        _("No-shows, share of declared (%)"), _("Overstayed"), _("Mean time over the limit, hours"),
    )  # fmt: skip
    some = found.of("came", "undeclared", "overstay").n
    return table("quality-points", _("How it went by crossing point"), head, rows() if some else iter(()))


def _undeclared(found: Period) -> Section:
    """Firms whose vehicles came undeclared most often, beside all vehicles of theirs that came."""
    came = found.by_key("came.firm")
    most = list(found.by_key("undeclared").items())[:TOP]
    names = firm_names([key for key, _sums in most])

    def rows() -> Rows:
        for key, sums in most:
            all_of = max(came.get(key, NOTHING).n, sums.n)
            yield names.get(key, _("not known")), sums.n, all_of, share(sums.n, all_of), _targets(found)[0]

    head = (_("Firm"), _("Undeclared vehicles"), _("Vehicles that came"), _("Share, %"), _("Target"))
    return table("undeclared", _("Undeclared vehicles by firm"), head, rows())


def _undeclared_why(found: Period) -> Section:
    """Why vehicles came undeclared, as their drivers said to who noted them."""
    why = found.by_key("undeclared.why")
    reasons = {row.code: str(row) for row in ReasonCode.objects.filter(kind=LATE)} if why else {}
    whole = sum(sums.n for sums in why.values())
    said = {key: reasons.get(key, key) if key else _("not said") for key in why}
    rows = ((said[key], sums.n, share(sums.n, whole)) for key, sums in why.items())
    head = (_("Why"), _("Undeclared vehicles"), _("Share, %"))
    note = _("As the driver told the officer who noted the vehicle.")
    return table("undeclared-why", _("Undeclared vehicles by reason"), head, rows, note=note)


def _slots(found: Period) -> Section:
    """How the bookable hours were used, by crossing point and direction."""
    keys = sorted({(point, key) for (name, key, point) in found.figures if name == "slots"})
    directions = {"X": _("Export"), "N": _("Import")}

    def rows() -> Rows:
        for point, key in keys:
            offered, used, missed = (
                found.of(name, key=key, point=point) for name in ("slots", "slots.used", "slots.missed")
            )
            yield (
                str(title_of("point", point)), directions.get(key, key), offered.amount, offered.n,
                share(offered.n, offered.amount), used.n, missed.n, share(missed.n, used.n + missed.n),
            )  # fmt: skip

    head = (
        _("Crossing point"), _("Direction"), _("Places offered"), _("Places booked"), _("Booked, %"),
        _("Used"), _("Missed"), _("Missed, %"),
    )  # fmt: skip
    return table("slots", _("Use of the hours"), head, rows(), texts=2)


def _lanes(found: Period) -> Section:
    """How long each lane at barrier 1 stood still with a vehicle in sight, at the longest of the period."""
    names = dict(ControlPoint.every.values_list("code", "name"))
    lanes = sorted(((point, key, sums) for (name, key, point), sums in found.figures.items() if name == "lane"))

    def rows() -> Rows:
        for point, key, sums in lanes:
            barrier, _stroke, lane = key.rpartition("/")
            shown = _("all") if lane == "0" else lane
            title = str(title_of("point", point))
            yield title, names.get(barrier, barrier), shown, sums.n, round(sums.most / 60, 1)

    head = (_("Crossing point"), _("Barrier"), _("Lane"), _("Scans"), _("Longest block, minutes"))
    note = _(
        "Longest gap between two scans of a day with a vehicle in sight: since the camera there read its plate, else "
        "since the scan before, when it had been called by then (at most so long)."
    )
    return table("lanes", _("Blocked lanes at barrier 1"), head, rows(), texts=3, note=note)


def _refused(found: Period) -> Section:
    titles = {row.code: str(row) for row in ReasonCode.objects.all()}
    rows = ((titles.get(key, key or _("not said")), sums.n, round(sums.amount / TONNE))
            for key, sums in found.by_key("refused").items())  # fmt: skip
    return table("refused", _("Refused by the Chinese side"), (_("Reason"), _("Vehicles"), _("Tonnes")), iter(rows))


def _refused_codes(found: Period) -> Section:
    """Growing areas and packing houses whose goods were refused, the commonest first."""
    begins, ends = _moments(found.span)
    all_of = refused_by_code(begins=begins, ends=ends)
    rows = (
        (one.code, one.kind, str(RefusedBy(one.refused_by).label), one.reason or _("not said"), one.trips,
         round(one.kg / TONNE))
        for one in all_of[:SHOWN]
    )  # fmt: skip
    head = (_("Code"), _("Kind of code"), _("Refused by"), _("Reason"), _("Vehicles"), _("Tonnes"))
    title = _("Refused by growing area (PUC) and packing house (PHC)")
    return table("refused-codes", title, head, iter(rows), texts=4, note=_more(len(all_of)))


def _samples(found: Period) -> Section:
    """How the draws of the plant quarantine's samples came out: their real share beside what the samples showed."""
    begins, ends = _moments(found.span)

    def rows() -> Rows:
        for one in shares(begins=begins, ends=ends):
            yield str(one.title), one.trips, one.drawn, share(one.drawn, one.trips), one.clean, one.found

    head = (_("Goods"), _("Trips"), _("Drawn"), _("Share, %"), _("Found clean"), _("Something found"))
    return table("samples", _("Samples of the plant quarantine"), head, rows())


def _holds(found: Period) -> Section:
    """Holds by force: placed; lifted, how long these had lasted; and lifted by a leader's order."""
    placed, lifted, ordered = (found.by_key(name) for name in ("hold", "held", "override"))
    forces = sorted({*placed, *lifted}, key=lambda one: (-placed.get(one, NOTHING).n, one))

    def rows() -> Rows:
        for force in forces:
            ended = lifted.get(force, NOTHING)
            yield (
                str(title_of("force", force)), placed.get(force, NOTHING).n, ended.n, hours(ended),
                ordered.get(force, NOTHING).n,
            )  # fmt: skip

    head = (_("Force"), _("Holds"), _("Lifted"), _("Mean, hours"), _("Lifted by order"))
    return table("holds", _("Holds by force"), head, rows())


def _yards(found: Period) -> Section:
    yards = {yard.code: yard for yard in Yard.objects.filter(code__in=found.by_key("yard"))}

    def rows() -> Rows:
        for code, sums in found.by_key("yard").items():
            yard = yards.get(code)
            room = (yard.capacity if yard else 0) * found.span.days * 24 * 60
            yield yard.name if yard else _("not known"), sums.n, hours(sums), share(sums.amount, room)

    head = (_("Yard"), _("Vehicles"), _("Mean stay, hours"), _("Use, %"))
    return table("yards", _("Use of the yards"), head, rows())


def _devices(found: Period) -> Section:
    """How long each device was without network in the period; one query over its periods."""
    begins, ends = _moments(found.span)
    inside = Least(F("ended_at"), _moment(ends)) - Greatest(F("began_at"), _moment(begins))
    rows = (
        OfflinePeriod.objects.filter(device__app=APP, began_at__lt=ends, ended_at__gt=begins)
        .values_list("device__device__name", "device__place_id")
        .annotate(n=Count("id"), spent=Sum(ExpressionWrapper(inside, DurationField())))
        .order_by("-spent", "device__device__name")
    )
    points = dict(CrossingPoint.objects.values_list("pk", "code"))
    told = (
        (name, str(title_of("point", points.get(place, ""))), n, round(spent / MINUTE))
        for name, place, n, spent in rows
    )
    head = (_("Device"), _("Crossing point"), _("Times without network"), _("Minutes without network"))
    return table("devices", _("Devices without network"), head, told, texts=2)


def _moment(at: datetime) -> Value:
    return Value(at, output_field=DateTimeField())


def _moments(span: Span) -> tuple[datetime, datetime]:
    """From 20:00 before the first day to 20:00 of the last."""
    return report.period(span.first)[0], report.period(span.last)[1]


def _more(count: int) -> str:
    words: dict[str, Any] = {"shown": SHOWN, "count": count}
    return _("The first %(shown)s of %(count)s are shown.") % words if count > SHOWN else ""


def overridden(span: Span, *, by: Actor, at: datetime) -> list[Section]:
    """Orders that lifted holds in the period, of the trips that the reader may see; four queries."""
    begins, ends = _moments(span)
    all_of = overridden_between(begins, ends, by=by, at=at)
    rows = (
        (
            show_moment(one.at), one.trip.point.gate_short, plates.show(one.trip.tractor_plate), one.force,
            one.document_no, one.who, one.reason,
        )
        for one in all_of[:SHOWN]
    )  # fmt: skip
    head = (
        _("Lifted at"), _("Crossing point"), _("Plate"), _("Held by"), _("Order number"), _("Lifted by"), _("Reason"),
    )  # fmt: skip
    made = table("overrides", _("Holds lifted by order"), head, rows, texts=7, note=_more(len(all_of)))
    return [made] if made.rows else []


MAKERS: tuple[Callable[[Period], Section], ...] = (
    _quality,
    _by_point,
    _undeclared,
    _undeclared_why,
    _slots,
    _lanes,
    _refused,
    _refused_codes,
    _samples,
    _holds,
    _yards,
    _devices,
)
