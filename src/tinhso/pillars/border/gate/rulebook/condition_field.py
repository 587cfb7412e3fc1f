"""A condition in words, and as choices: some cases, in each of which all that is chosen has to be so."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.pillars.border.gate.models.tasks import STAGE_TITLES
from tinhso.pillars.border.gate.models.trips import KIND_TITLES
from tinhso.pillars.border.gate.queries.words import GOODS_TITLES
from tinhso.pillars.border.gate.rules import conditions, goods

TERMS = {
    "always": gettext_lazy("always"),
    "loaded": gettext_lazy("the vehicle carries goods"),
    "enters": gettext_lazy("the vehicle comes in over the line"),
    "leaves": gettext_lazy("the vehicle goes out over the line"),
    "driver": gettext_lazy("a driver is on board"),
    "foreign_vehicle": gettext_lazy("the vehicle is a foreign one"),
    "beyond_zone": gettext_lazy("the vehicle goes beyond the zone of the border gate"),
    "medical_control": gettext_lazy("medical control is switched on at the point"),
    "red_channel": gettext_lazy("customs gave the red channel"),
    "inspect": gettext_lazy("an inspection was drawn by lot or asked for by a force"),
    "tax_flag": gettext_lazy("the tax office has marked the firm"),
    "market_risk": gettext_lazy("the goods are marked for market surveillance"),
    "chargeable": gettext_lazy("the vehicle carries goods that the fee is charged for"),
}
CONTROL_TITLES = {
    goods.PLANT: gettext_lazy("goods under plant quarantine"),
    goods.ANIMAL: gettext_lazy("goods under animal quarantine"),
    goods.PERISHABLE: gettext_lazy("goods that perish"),
}
KINDS: dict[str, tuple[Any, Any, Mapping[str, Any]]] = {
    "flag": (gettext_lazy("Control of the goods"), gettext_lazy("there are %(what)s"), CONTROL_TITLES),
    "group": (gettext_lazy("Group of the goods"), gettext_lazy("the goods are: %(what)s"), GOODS_TITLES),
    "type": (gettext_lazy("Type of the trip"), gettext_lazy("trip type: %(what)s"), KIND_TITLES),
    "stage": (
        gettext_lazy("Stage of the goods"),
        gettext_lazy("goods are checked %(what)s"),
        {name: STAGE_TITLES[name] for name in ("EXIT", "INLAND")},
    ),
}
AND, NOT = " & ", "!"
CASES, TERMS_IN_A_CASE = 2, 4
"""How many are offered at least; one case and one term more than there are."""
MOST_CASES, MOST_TERMS = 8, 8


def told(alternative: str) -> str:
    """One alternative in words: its terms with `and` between them. A word that is not known stands as it is."""
    try:
        found = conditions.terms(alternative)
    except conditions.Unreadable:
        return alternative
    return _(" and ").join(_term(term) for term in found)


def _term(term: str) -> str:
    name, _colon, value = term.removeprefix(NOT).partition(":")
    if name in KINDS and value:
        _title, sentence, titles = KINDS[name]
        said = str(sentence) % {"what": titles.get(value, value)}
    else:
        said = str(TERMS.get(name, name))
    return _("not (%(condition)s)") % {"condition": said} if term.startswith(NOT) else said


def choices() -> list[Any]:
    """All terms there are, in their groups."""
    valued = [
        (title, [(f"{name}:{value}", str(sentence) % {"what": said}) for value, said in titles.items()])
        for name, (title, sentence, titles) in KINDS.items()
    ]
    return [("", "–"), (gettext_lazy("Vehicle and trip"), list(TERMS.items())), *valued]


class ConditionInput(forms.Widget):
    """Cases one below the other; in each, terms that all have to be so, each of which may be denied."""

    template_name = "border_gate/rulebook/condition.html"
    use_fieldset = True

    def get_context(self, name: str, value: Any, attrs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context(name, value, attrs)
        cases = [_read(one) for one in value or []]
        offered = min(max(CASES, len(cases) + 1), MOST_CASES)
        cases += [[]] * (offered - len(cases))
        context["widget"]["cases"] = [_slots(name, number, found) for number, found in enumerate(cases)]
        context["widget"]["choices"] = choices()
        return context

    def value_from_datadict(self, data: Any, files: Any, name: str) -> list[str]:
        found = []
        for case in range(MOST_CASES):
            asked = [f"{name}_{case}_{term}" for term in range(MOST_TERMS)]
            terms = [(NOT if data.get(f"{one}_not") else "") + data[one] for one in asked if data.get(one)]
            found += [AND.join(terms)] if terms else []
        return found

    def value_omitted_from_data(self, data: Any, files: Any, name: str) -> bool:
        return f"{name}_0_0" not in data


class ConditionField(forms.Field):
    """Alternatives in the vocabulary of rules.conditions; whether they are readable, the table's check says."""

    def __init__(self) -> None:
        super().__init__(
            widget=ConditionInput(),
            help_text=gettext_lazy(
                "The check is made in any of the cases. In a case all that is chosen has to be so; "
                "tick “not” where it must not be so."
            ),
        )


def _read(alternative: str) -> list[str]:
    try:
        return conditions.terms(alternative)
    except conditions.Unreadable:
        return [alternative]


def _slots(name: str, case: int, terms: Iterable[str]) -> dict[str, Any]:
    listed = list(terms)
    offered = min(max(TERMS_IN_A_CASE, len(listed) + 1), MOST_TERMS)
    listed += [""] * (offered - len(listed))
    return {
        "number": case + 1,
        "slots": [
            {"name": f"{name}_{case}_{number}", "term": one.removeprefix(NOT), "denied": one.startswith(NOT)}
            for number, one in enumerate(listed)
        ],
    }
