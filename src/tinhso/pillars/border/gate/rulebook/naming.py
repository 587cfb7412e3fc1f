"""What the codes in the rule tables are called: nobody has to know a code to change a rule."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Any

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.modules.rule_tables import Words
from tinhso.pillars.border.gate.models import CheckRule, ForceEdition, Limit, ReasonCode, TaskResult
from tinhso.pillars.border.gate.models.tasks import STAGE_TITLES, TASK_TITLES
from tinhso.pillars.border.gate.models.trips import DIRECTIONS, KIND_TITLES
from tinhso.pillars.border.gate.queries.problems import FIELD_TITLES
from tinhso.pillars.border.gate.queries.queue import GROUP_TITLES
from tinhso.pillars.border.gate.queries.words import DECLARED_TITLES, GOODS_TITLES, REGIME_TITLES
from tinhso.pillars.border.gate.rulebook.condition_field import CONTROL_TITLES, ConditionField, told
from tinhso.pillars.border.gate.rules import asked, fees, goods
from tinhso.pillars.border.gate.rules.queue import CLASSES
from tinhso.pillars.border.gate.rules.tables import table

Names = Mapping[str, Any]

VEHICLE_TITLES = {
    "LT2": gettext_lazy("load under 2 t"),
    "T2_5": gettext_lazy("load from 2 t to under 5 t"),
    "T5_10": gettext_lazy("load from 5 t to under 10 t"),
    "T10_18": gettext_lazy("load from 10 t to under 18 t"),
    "GE18": gettext_lazy("load of 18 t and more"),
    "CONT20": gettext_lazy("container of 20 ft"),
    "CONT40": gettext_lazy("container of 40 ft or longer"),
}
ROUTE_TITLES = {
    fees.ANY: gettext_lazy("any route"),
    fees.ACROSS: gettext_lazy("across the line"),
    fees.INLAND: gettext_lazy("goes inland"),
    fees.YARD_TRANSFER: gettext_lazy("transfer in the yard only"),
}
RESULT_TITLES = {
    "PASS": pgettext_lazy("result of a check", "passed"),
    "FAIL": pgettext_lazy("result of a check", "not passed"),
    "REPEAT": pgettext_lazy("result of a check", "check again"),
    "TREAT": pgettext_lazy("result of a check", "treat the goods"),
    "RETURN": pgettext_lazy("result of a check", "goods go back"),
    "DESTROY": pgettext_lazy("result of a check", "goods are destroyed"),
    "HOLD": pgettext_lazy("result of a check", "hold the vehicle"),
    "RED": pgettext_lazy("result of a check", "red channel, inspect the goods"),
    "PAID": pgettext_lazy("result of a check", "fee paid"),
    "WAIVED": pgettext_lazy("result of a check", "fee waived"),
    "DEFERRED": pgettext_lazy("result of a check", "fee deferred"),
}
PAPER_TITLES = {
    goods.REGISTERED: gettext_lazy("codes of growing area and packing house, for export"),
    goods.PHYTO: gettext_lazy("certificate of plant quarantine"),
    goods.ANIMAL_CERT: gettext_lazy("certificate of animal quarantine"),
    goods.LICENCE: gettext_lazy("export licence (not asked by the platform)"),
}
REASON_KINDS = {
    "HOLD": gettext_lazy("reason of a hold"),
    "RETURN": gettext_lazy("reason of a return"),
    "LATE": gettext_lazy("reason of a delay"),
    "OVERRIDE": gettext_lazy("reason of a passage by order"),
    "TAX": gettext_lazy("reason of a mark by the tax office"),
    "LEFT": gettext_lazy("reason why an undeclared vehicle left"),
}
STANDING_TITLES = {
    "Published": gettext_lazy("published rule"),
    "Placeholder": gettext_lazy("rate not published yet"),
    "DEMO": gettext_lazy("demo figure, in no document"),
}
DIMENSIONS = {
    "regime": gettext_lazy("regime"),
    "group": gettext_lazy("goods group"),
    "vehicle": gettext_lazy("vehicle class"),
}
TERM_TITLES = {
    "FRESH_VEG_FRUIT": gettext_lazy("fresh vegetables and fruit"),
    "ORE": gettext_lazy("ore"),
    "MIXED": gettext_lazy("mixed goods"),
    "ORDINARY": gettext_lazy("ordinary goods without a rate of their own"),
    "any group not named above": gettext_lazy("any group not named above"),
    "IMPORT_INLAND": gettext_lazy("imports that go inland"),
    "YARD_TRANSFER_ONLY": gettext_lazy("transfer in the yard only"),
    "TEMP_IMPORT_REEXPORT": gettext_lazy("temporary import for re-export"),
    **REGIME_TITLES,
    **GOODS_TITLES,
    **VEHICLE_TITLES,
}
"""The resolution's own words, where the table keeps them as codes."""
WEEKDAYS = {
    "1": gettext_lazy("Monday"),
    "2": gettext_lazy("Tuesday"),
    "3": gettext_lazy("Wednesday"),
    "4": gettext_lazy("Thursday"),
    "5": gettext_lazy("Friday"),
    "6": gettext_lazy("Saturday"),
    "7": gettext_lazy("Sunday"),
}
ANY_TITLE = gettext_lazy("any of them")


def short_name(name: str) -> str:
    """The name people use of a force: without the unit in brackets or the second name after a stroke."""
    return name.partition(" (")[0].partition(" / ")[0]


def forces_on(on: date) -> Names:
    """The forces that are in place on that day, and those that a change on its way brings."""
    from tinhso.kernel.rulebook.models import RowChange

    coming = RowChange.objects.filter(
        table="border_gate.force", operation="add", change__state__in=("drafted", "proposed", "approved")
    )
    drafted = {row.key: Bilingual(row.values["name_vi"], row.values["name_en"]) for row in coming}
    rows = ForceEdition.objects.filter(holding(on)).order_by("number", "code")
    return {**drafted, **{row.code: Bilingual(short_name(row.name_vi), short_name(row.name_en)) for row in rows}}


def checks_on(on: date) -> Names:
    """The kinds of checks of that day."""
    rows = CheckRule.objects.filter(holding(on)).order_by("number", "task")
    return {row.task: check_name(row) for row in rows}


def check_name(row: CheckRule) -> Bilingual:
    """A check by its row's own name."""
    return Bilingual(row.title_vi or row.task, row.title_en or row.title_vi or row.task)


def results_on(on: date) -> Names:
    """The results of that day; one that the board has added is told by what follows from it."""
    rows = TaskResult.objects.filter(holding(on)).order_by("id")
    return {row.result: RESULT_TITLES.get(row.result, row.effect or row.result) for row in rows}


def holding(on: date) -> Q:
    """Rows that hold on that day."""
    return Q(valid_from__lte=on) & (Q(valid_until=None) | Q(valid_until__gt=on))


def fixed(names: Names, **further: Any) -> Words:
    """Words that are the same on every day."""
    return Words(named=lambda on: names, **further)


def fee_codes_on(on: date) -> Names:
    """Our codes that a word of the tariff may stand for, of all three dimensions."""
    return {fees.ANY: ANY_TITLE, **REGIME_TITLES, **GOODS_TITLES, **VEHICLE_TITLES}


def limits_on(on: date) -> Names:
    """The numbers by what they limit."""
    first = {row["code"]: Bilingual(row["title_vi"], row["title_en"]) for row in table("limits")}
    return {**first, **{row.code: row.title for row in Limit.objects.filter(holding(on))}}


def reasons_on(on: date) -> Names:
    return {row.code: row.label for row in ReasonCode.objects.filter(holding(on))}


FORCES, FORCE = Words(named=forces_on), Words(named=forces_on, is_open=True)
LIMIT = Words(named=limits_on)
REASON = Words(named=reasons_on, is_open=True)
CHECKS = Words(named=checks_on)
CHECK = Words(named=lambda on: {**TASK_TITLES, **checks_on(on)}, is_open=True)
RESULTS = Words(named=results_on)
RESULT = Words(named=results_on, is_open=True)
STAGES = fixed(STAGE_TITLES)
REGIMES, GROUPS, VEHICLES = fixed(REGIME_TITLES), fixed(GOODS_TITLES), fixed(VEHICLE_TITLES)
ROUTES = fixed(ROUTE_TITLES)
FLAGS, PAPERS = fixed(CONTROL_TITLES), fixed(PAPER_TITLES)
DIRECTION_SIGNS = fixed({sign: DIRECTIONS[sign] for sign in "XN"}, has_letters=True)
STANDING = fixed(STANDING_TITLES)
TRIP_TYPES = fixed(KIND_TITLES)
TRIP_TYPES_OR_ANY = fixed({asked.ANY: gettext_lazy("any trip type"), **KIND_TITLES})
FIELDS_ASKED = fixed(FIELD_TITLES)
FIELDS_CORRECTED = fixed(DECLARED_TITLES)
GROUPS_OR_ANY = fixed({"ANY": gettext_lazy("all goods"), **GOODS_TITLES})
CLASS_STEPS = fixed({name: GROUP_TITLES[name] for name in CLASSES[1:4]}, is_sequence=True, joined=" → ")
DAYS = fixed(WEEKDAYS, has_letters=True)
KINDS_OF_REASON = fixed(REASON_KINDS)
FEE_DIMENSIONS = fixed(DIMENSIONS)
FEE_WORD = fixed(TERM_TITLES, is_open=True)
FEE_CODES = Words(named=fee_codes_on)
CONDITIONS = Words(
    named=lambda on: {},
    say=lambda alternative, on: told(alternative),
    joined=gettext_lazy("; or "),
    input=lambda on: ConditionField(),
)


def every_day(weekdays: str) -> str:
    """The weekdays of a row of hours, all seven in one word."""
    return _("every day") if len(weekdays) == len(WEEKDAYS) else ", ".join(str(WEEKDAYS[one]) for one in weekdays)
