"""Whether a row of the rulebook makes sense, asked when it is drafted and again when it is put in."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date
from typing import Any

from django.db.models import Q

from tinhso.kernel.base.dates import show_date
from tinhso.pillars.border.gate.models import CheckRule, FeeRule, ForceEdition, OperatingCalendar, TaskResult
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.rules import asked, conditions, fees, hs, limits, orders, taxcodes
from tinhso.pillars.border.gate.rules import goods as rules
from tinhso.pillars.border.gate.rules.codes import GateRefusal, catalogue, refuse
from tinhso.pillars.border.gate.rules.queue import CLASSES

HS_PREFIX = re.compile(r"[0-9]{2,8}")
PLACE = re.compile(r"\{(\w+)\}")
WORDS = {"flag": rules.FLAGS, "group": rules.GROUPS, "type": tuple(KIND_TITLES), "stage": ("EXIT", "INLAND")}


def check_rule(row: CheckRule, on: date) -> None:
    """Known words, forces that are in place on the day, results that lead somewhere. BG-311, BG-312, BG-313."""
    try:
        conditions.check(row.needed, WORDS)
    except conditions.Unreadable as word:
        raise refuse("BG-311", field="needed", w=str(word)) from word
    if not row.needed:
        raise refuse("BG-311", field="needed", w="–")
    in_place = set(ForceEdition.objects.filter(_on(on)).values_list("code", flat=True))
    for code in row.forces:
        if code not in in_place and not _drafted(code):
            raise refuse("BG-312", field="forces", f=code, d=show_date(on))
    _listed("results", row.results, TaskResult.objects.filter(_on(on)).values_list("result", flat=True))
    _listed("stages", row.stages, ("ENTRY", "EXIT", "INLAND", "RETURN"))


def risk_rule(row: Any, on: date) -> None:
    """Known goods groups, beginnings of HS codes; of a hundred at most a hundred. BG-313, BG-547."""
    _listed("groups", row.groups, rules.GROUPS)
    _prefixes(row)
    _share(row)


def goods(row: Any, on: date) -> None:
    """A beginning of an HS code that there is, a known group, flags and papers. BG-313, BG-547, BG-570.

    Goods that spoil are first in the queue, so that they are of a group of which a quarantine may find otherwise.
    """
    if not any(code.startswith(row.code[:6]) for code in hs.codes()) or not HS_PREFIX.fullmatch(row.code):
        raise refuse("BG-547", field="code", v=row.code)
    _listed("group", [row.group], rules.GROUPS)
    _listed("flags", row.flags, rules.FLAGS)
    _listed("papers", row.papers, rules.PAPERS)
    _listed("directions", row.directions or "–", "XN")
    fresh = [kind for kind, groups in rules.FRESH_GROUPS.items() if kind in row.flags and row.group in groups]
    if rules.PERISHABLE in row.flags and not fresh:
        raise refuse("BG-570", field="flags", v=row.code)


def just_in_time(row: Any, on: date) -> None:
    """Tax codes that can be, and beginnings of HS codes. BG-006, BG-107, BG-547."""
    for code in row.tax_codes:
        try:
            taxcodes.read(code)
        except GateRefusal as wrong:
            raise refuse(wrong.code, field="tax_codes", v=code) from wrong
    _prefixes(row)


def _prefixes(row: Any) -> None:
    for prefix in row.hs_prefixes:
        if not HS_PREFIX.fullmatch(prefix):
            raise refuse("BG-547", field="hs_prefixes", v=prefix)


def sample_rule(row: Any, on: date) -> None:
    """Goods by beginnings of HS codes, at least one; of a hundred at most a hundred. BG-313, BG-547."""
    if not row.hs_prefixes:
        raise refuse("BG-547", field="hs_prefixes", v="–")
    _prefixes(row)
    _share(row)


def _share(row: Any) -> None:
    if row.share_percent > 100:
        raise refuse("BG-313", field="share_percent", v=str(row.share_percent), list="0–100")


def fee_rule(row: FeeRule, on: date) -> None:
    """Known words of the tariff; an amount or a coefficient. BG-313, BG-315."""
    _listed("regimes", row.regimes, fees.REGIMES)
    _listed("groups", row.groups, rules.GROUPS)
    _listed("vehicles", row.vehicles, fees.VEHICLE_CLASSES)
    _listed("route", [row.route], (fees.ANY, *fees.ROUTES))
    money = row.kind in (FeeRule.Kind.BASE, FeeRule.Kind.CEILING)
    if (money and row.amount is None) or (not money and not row.coefficient > 0):
        raise refuse("BG-315", field="amount" if money else "coefficient")


def trip_type(row: Any, on: date) -> None:
    _listed("trip_type", [row.trip_type], KIND_TITLES)


def field_rule(row: Any, on: date) -> None:
    _listed("trip_type", [row.trip_type], (asked.ANY, *KIND_TITLES))
    _listed("field", [row.field], asked.FIELDS)


def refusal_text(row: Any, on: date) -> None:
    """The sentence keeps the places of its code, so that what happened is still told. BG-313, BG-314."""
    _listed("code", [row.code], catalogue())
    first = catalogue()[row.code]
    for name in ("message_vi", "message_en", "message_zh"):
        said = getattr(row, name)
        wanted = set(PLACE.findall(first[name]))
        if said and set(PLACE.findall(said)) != wanted:
            raise refuse("BG-314", field=name, list=", ".join(f"{{{one}}}" for one in sorted(wanted)) or "–")


def order_text(row: Any, on: date) -> None:
    """What an order may say, with no other places than those that are filled. BG-314, BG-350, BG-352."""
    for name in ("text_vi", "text_en", "text_zh"):
        said = getattr(row, name)
        if said:
            orders.check_text(said, field=name)
        if not set(PLACE.findall(said)) <= orders.PLACES:
            raise refuse("BG-314", field=name, list=", ".join(f"{{{one}}}" for one in sorted(orders.PLACES)))


def correction(row: Any, on: date) -> None:
    _listed("reopens", row.reopens, CheckRule.objects.filter(_on(on)).values_list("task", flat=True))


def limit(row: Any, on: date) -> None:
    """A number that some rule asks for, in the unit in which it counts; a part of a whole at most a hundred. BG-313."""
    _listed("code", [row.code], limits.first())
    _listed("unit", [row.unit], [limits.first()[row.code].unit])
    if row.unit == "percent" and row.value > 100 and row.code not in limits.OVER_A_HUNDRED:
        raise refuse("BG-313", field="value", v=str(row.value), list="1–100")


def queue_cycle(row: Any, on: date) -> None:
    """Each step serves a class that waits in the common queue. BG-313."""
    _listed("steps", row.steps or ["–"], CLASSES[1:4])


def hours(row: OperatingCalendar, on: date) -> None:
    """Opens before it closes, on known weekdays. BG-313, BG-316."""
    _listed("weekdays", row.weekdays, "1234567")
    if row.kind != "closed" and not (row.opens and row.closes and row.closes > row.opens):
        raise refuse("BG-316", field="closes")


def _on(day: date) -> Q:
    return Q(valid_from__lte=day) & (Q(valid_until=None) | Q(valid_until__gt=day))


def _drafted(code: str) -> bool:
    """Whether a change that is on its way brings the force: one document may bring both it and its checks."""
    from tinhso.kernel.rulebook.models import RowChange

    return RowChange.objects.filter(
        table="border_gate.force", key=code, change__state__in=("drafted", "proposed", "approved")
    ).exists()


def _listed(field: str, values: Iterable[str], known: Iterable[str]) -> None:
    known = list(known)
    for value in values:
        if value not in known:
            raise refuse("BG-313", field=field, v=value, list=", ".join(known))
