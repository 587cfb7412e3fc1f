"""A row of a spreadsheet, or of a program's call, as the forms read it: the same fields, the same sentences."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from django.utils import translation
from django.utils.translation import gettext as _

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.text import fold
from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.actions.firm import Intent
from tinhso.pillars.border.gate.actions.firm_forms import (
    NATIONALITIES,
    Known,
    What,
    Who,
    intent_beside,
    intent_of,
    open_points,
)
from tinhso.pillars.border.gate.actions.kind_fields import WAYS
from tinhso.pillars.border.gate.models import CrossingPoint, Enterprise, Trip
from tinhso.pillars.border.gate.models.parties import PaperKind, paper_digest
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES, KIND_TITLES
from tinhso.pillars.border.gate.queries.firms import drivers_of
from tinhso.pillars.border.gate.queries.kind_problems import lacks
from tinhso.pillars.border.gate.queries.law import goods_today
from tinhso.pillars.border.gate.queries.point_hours import calendars_for, hours_offered
from tinhso.pillars.border.gate.queries.words import CURRENCY_TITLES, PACKAGE_TITLES, REGIME_TITLES, UNIT_TITLES
from tinhso.pillars.border.gate.rules import identity_papers, kinds, sheets
from tinhso.pillars.border.gate.rules.asked import ANY
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse
from tinhso.pillars.border.gate.rules.sheets import SheetRow

Problem = dict[str, str]
ROW = "BG-036"
"""The code of what a form says without one of the catalogue's own."""
LANGUAGES = ("vi", "en")
CLAIMED = {
    **dict.fromkeys(("co", "yes", "x", "1", "true"), "on"),
    **dict.fromkeys(("khong", "no", "0", "false"), ""),
}
"""How a row says that something is claimed, or is not."""
COUNTRIES = {"viet nam": "VN", "vietnam": "VN", "trung quoc": "CN", "china": "CN"}
"""As people write them, without accents; beside the codes and what the pages say."""
COLUMNS = {
    "driver": "paper_no",
    "second_driver": "second_paper_no",
    "id_number": "paper_no",
    "id_expires_on": "paper_until",
    "eta": "planned_on",
    "hs": "goods_1",
    "gross_kg": "kg_1",
    "container": "container_no",
    "plate": "tractor",
    "temperature": "temperature_1",
    "un_number": "un_number_1",
    **{name: f"{name}_1" for name in ("quantity", "unit", "value", "currency", "net_kg", "package_kind")},
    "tir": "tir_carnet_no",
    "ecmr": "ecmr_ref",
}
"""Where a person mends what the rules name otherwise."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Reads rows of one firm; what the fields choose from was asked once.

    `words`: how each choice may be written, without accents, and the code it stands for. `forms`: those made so far.
    """

    firm: Enterprise
    known: Known
    papers: Mapping[bytes, str]
    words: Mapping[str, Mapping[str, str]]
    forms: dict[tuple[object, ...], Any] = field(default_factory=dict)

    def read(self, row: SheetRow) -> tuple[Intent | None, list[Problem]]:
        """What the firm wants, or all that is wrong with the row."""
        if row.formulas:
            return None, [problem(refuse("BG-345", field=name)) for name in row.formulas]
        values = self._values(row.values)
        what, who = self._what(values), self._who(values, values.get("kind") or ANY)
        told = [*_said(what), *_said(who), *self._strange(values.get("kind", ""), values)]
        return (None, told) if told else (intent_of(what, who), [])

    def read_vehicle(self, row: SheetRow, *, beside: Trip) -> tuple[Intent | None, list[Problem]]:
        """One more vehicle for the declaration of that trip: of the row, vehicle and driver alone are read."""
        values = self._values(row.values)
        who = self._who(values, beside.kind)
        told = [*_said(who), *self._strange(beside.kind, values)]
        return (None, told) if told else (intent_beside(beside, who), [])

    def _strange(self, kind: str, values: Mapping[str, str]) -> Iterator[Problem]:
        """What stands in columns of other kinds of trips and would be lost, and a yes or no that is neither."""
        for name in kinds.strange_to(kind) if kind in kinds.OFFERED else ():
            if values.get(name):
                yield problem(refuse("BG-780", field=name))
        for name in ("two_way", "just_in_time"):
            if values.get(name) not in ("on", "", None):
                yield {"code": ROW, "field": name, "text": _("Write yes or no.")}

    def _what(self, values: dict[str, str]) -> What:
        kind = values.get("kind") or ANY
        return cast(What, self._form(What, kind, values))

    def _who(self, values: dict[str, str], kind: str) -> Who:
        """Who names a carrier may leave vehicle and driver to it: that is another form."""
        return cast(Who, self._form(Who, kind, values, bool(values.get("carrier")), firm=self.firm, kind=kind))

    def _form(self, make: Any, known_as: str, values: dict[str, str], *more: object, **options: Any) -> Checked:
        """What a row is asked depends on its kind of trip, so one form reads all rows of a kind."""
        key = (make, known_as, *more)
        form: Checked = self.forms.get(key) or make(values, known=self.known, **options)
        if known_as in kinds.OFFERED:
            self.forms[key] = form
        return form.again(values)

    def _values(self, typed: Mapping[str, str]) -> dict[str, str]:
        """The row as the forms want it: choices by their codes, days and hours as a browser sends them."""
        values = {
            column["field"]: self._value(column["reads"], typed.get(column["field"], "")) for column in sheets.columns()
        }
        values["paper_kind"] = values["paper_kind"] or PaperKind.CCCD.value
        if not values["driver_name"]:
            values["driver"] = self._driver(values["paper_kind"], values["paper_no"])
        values["second_driver"] = self._second(values["second_paper_no"])
        return values

    def _value(self, reads: str, text: str) -> str:
        if not text:
            return ""
        if reads == "day":
            return sheets.day(text)
        if reads == "hour":
            return sheets.hour(text)
        return self.words[reads].get(fold(text), text) if reads in self.words else text

    def _driver(self, kind: str, number: str) -> str:
        """The id of the firm's own driver with that paper, empty for another."""
        try:
            return self.papers.get(paper_digest(kind, identity_papers.read(kind, number)), "")
        except GateRefusal:
            return ""

    def _second(self, number: str) -> str:
        """The id of the firm's own driver with that paper, of whichever kind; else what was typed, to be refused."""
        found = (self._driver(kind, number) for kind in PaperKind.values) if number else ()
        return next(filter(None, found), number)


def reader_of(firm: Enterprise) -> Reader:
    """A reader for that firm's rows, made with three queries."""
    points = {point.code: point for point in open_points().select_related("gate", "place")}
    drivers = {str(driver.pk): driver for driver in drivers_of(firm)}
    papers = {bytes(driver.paper_digest): key for key, driver in drivers.items()}
    calendars = calendars_for(points.values())
    known = Known(points=points, drivers=drivers, goods=goods_today().usual(), calendars=calendars)
    return Reader(firm, known, papers, words_of(points.values()))


def words_of(points: Iterable[CrossingPoint]) -> dict[str, dict[str, str]]:
    """How the choices of a row may be written, by what reads the column."""
    found = {
        "kind": _words({kind: KIND_TITLES[kind] for kind in kinds.OFFERED}),
        "regime": _words(REGIME_TITLES),
        "way": _words(dict(WAYS)),
        "container": _words(CONTAINER_TITLES),
        "unit": _words(UNIT_TITLES),
        "package": _words(PACKAGE_TITLES),
        "currency": _words(CURRENCY_TITLES),
        "paper": _words(dict(PaperKind.choices)),
        "nationality": {**_words(dict(NATIONALITIES[1:])), **COUNTRIES},
        "yes": CLAIMED,
    }
    named = [(point.code, name) for point in points for name in (point.code, str(point.name), str(point.gate_short))]
    return {**found, "point": {fold(name): code for code, name in named}}


def choices_of(reads: str, points: Iterable[CrossingPoint]) -> list[str]:
    """What the template offers for such a column, in the language of the moment."""
    offered: dict[str, list[Any]] = {
        "kind": [KIND_TITLES[kind] for kind in kinds.OFFERED],
        "regime": list(REGIME_TITLES.values()),
        "way": [title for _code, title in WAYS],
        "container": list(CONTAINER_TITLES.values()),
        "unit": list(UNIT_TITLES.values()),
        "package": list(PACKAGE_TITLES.values()),
        "currency": list(CURRENCY_TITLES),
        "paper": [label for _code, label in PaperKind.choices],
        "nationality": [label for _code, label in NATIONALITIES[1:]],
        "point": [point.gate_short for point in points],
        "yes": [_("yes"), _("no")],
        "hour": [title for _hour, title in hours_offered(calendars_for(points))] if reads == "hour" else [],
    }
    return [f"{str(title)[:1].upper()}{str(title)[1:]}" for title in offered.get(reads, [])]


def problem(refusal: Refusal) -> Problem:
    """A refusal as it is kept beside a row."""
    return {"code": refusal.code, "field": _column(refusal.field or ""), "text": refusal.for_people()}


def _words(titles: Mapping[str, Any]) -> dict[str, str]:
    words = {fold(code): code for code in titles}
    for language in LANGUAGES:
        with translation.override(language):
            words |= {fold(str(title)): code for code, title in titles.items()}
    return words


def _said(form: Checked) -> Iterator[Problem]:
    """All that the form says: codes of the catalogue as they are, its own under one code.

    Without what such a trip is not declared at all is told as the rules tell it.
    """
    own = kinds.TOLD_FIRST.get(getattr(form, "kind", ""))
    for name, errors in form.errors.get_json_data().items():
        for error in errors:
            if name == own and error["code"] == "required":
                yield problem(lacks(name))
                continue
            code = error["code"] if str(error["code"]).startswith("BG-") else ROW
            yield {"code": code, "field": "" if name == "__all__" else _column(name), "text": error["message"]}


def located(problems: Iterable[Mapping[str, Any]]) -> list[Problem]:
    """Problems of a trip with the column in which they are mended."""
    return [{**one, "field": _column(str(one["field"]))} for one in problems]


def of_unplated(problems: Iterable[Problem]) -> list[Problem]:
    """The same of a new vehicle, which has no plate to mend."""
    return [{**one, "field": "vin"} if one["field"] == "tractor" else one for one in problems]


def _column(field: str) -> str:
    """The column of a form's field, or of what the rules call the part of a declaration."""
    name, _sign, number = field.partition(".")
    if name == "lines":
        return f"puc_{number or 1}"
    return COLUMNS.get(name, name)
