"""The form of a vehicle that came undeclared: six fields, and three more only where they are asked for."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import get_language
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.text import fold
from tinhso.pillars.border.gate.actions.checked_forms import Checked, day_field, upper, whole
from tinhso.pillars.border.gate.actions.firm_forms import dialled
from tinhso.pillars.border.gate.actions.goods_forms import codes_of, goods_named
from tinhso.pillars.border.gate.actions.undeclared import Answers
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.queries.law import goods_today
from tinhso.pillars.border.gate.queries.parties import driver_by_paper
from tinhso.pillars.border.gate.rules import identity_papers, taxcodes
from tinhso.pillars.border.gate.rules.goods import Line, papers_missing

SUGGESTED = 5
NUMBER = {"inputmode": "numeric", "autocomplete": "off"}
# Where a refusal of an action or a rule stands in this form.
FIELD_OF = {
    "gross_kg": "kg",
    "id_number": "paper_no",
    "id_expires_on": "paper_until",
    "driver": "driver_name",
    "lines.1": "growing_areas",
    "enterprise": "tax_code",
    "tractor": "plate",
}
PHONE = r"^\+?[0-9 .]{9,16}$"
LOADED = ("goods", "kg")
PAPERS = {"GROWING_AREA": "growing_areas", "PACKING_HOUSE": "packing_houses"}


class Quick(Checked):
    """What a driver says of himself, his firm and his load."""

    tax_code = forms.CharField(
        label=_("Tax code of the firm"), max_length=16, help_text=_("10 digits"), widget=forms.TextInput(attrs=NUMBER)
    )
    empty = forms.BooleanField(label=_("The vehicle comes empty and takes goods in the yard"), required=False)
    unloads = forms.BooleanField(
        label=_("Unloaded in the yard: the vehicle does not cross the line itself"), required=False
    )
    goods = forms.CharField(
        label=_("Goods"),
        max_length=160,
        help_text=_("Type a name or an HS code and choose from the list"),
        widget=forms.TextInput(attrs={"list": "goods", "autocomplete": "off"}),
    )
    kg = whole(_("Gross weight, kg"), required=True)
    driver_name = forms.CharField(label=_("Full name of the driver"), max_length=120)
    paper_no = forms.CharField(
        label=_("Number of the driver's paper"),
        required=False,
        max_length=24,
        help_text=_("Citizen card, passport or border pass"),
        widget=forms.TextInput(attrs={"autocomplete": "off", "autocapitalize": "characters"}),
    )
    phone = forms.RegexField(
        PHONE,
        label=_("Telephone"),
        help_text=_("The link and the calls go to it"),
        error_messages={"invalid": _("A telephone number has 9 to 15 digits.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    paper_until = day_field(_("Paper valid until"), required=False)
    growing_areas = forms.CharField(label=_("Growing area codes"), required=False, max_length=200)
    packing_houses = forms.CharField(label=_("Packing house codes"), required=False, max_length=200)

    def __init__(self, *args: Any, trip: Trip, before: Trip | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trip, self.before = trip, before
        del self.fields["unloads" if trip.kind == "IMP_CN" else "empty"]
        if "empty" in self.fields and self.is_bound and self["empty"].value():
            for name in LOADED:
                self.fields[name].required = False
        for field in self.fields.values():
            field.error_messages["required"] = _("This has to be filled in.")
        if before is not None:
            self.fields["paper_no"].help_text = _("Leave it empty when the driver is the one of the last trip")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.tax = self.read("tax_code", taxcodes.read)
        self.no_load = bool(found.get("empty"))
        self.known = None if self.no_load else self._goods(found.get("goods") or "")
        typed = found.get("paper_no") or ""
        self.paper_kind = identity_papers.kind_of(typed)
        self.paper = self.read("paper_no", lambda number: identity_papers.read(self.paper_kind, number))
        self._ask_for_paper(typed)
        self._ask_for_registers()
        return found

    def asks_more(self) -> bool:
        """Whether the further fields are to be seen: they hold something, or something is wrong with them."""
        names = [name for name in ("unloads", "paper_until", *PAPERS.values()) if name in self.fields]
        return any(self[name].value() or self[name].errors for name in names)

    def answers(self) -> Answers:
        """What was typed; the form must be valid."""
        values = self.cleaned_data
        return Answers(
            tax_code=self.tax,
            **self._load(),
            driver_name=" ".join(values["driver_name"].split()),
            paper_kind=self.paper_kind,
            paper_no=self.paper,
            paper_until=values["paper_until"],
            phone=called(values["phone"]),
            language=get_language() or "vi",
        )

    def _load(self) -> dict[str, Any]:
        """What is on board; nothing of it is kept of who comes empty, though it was typed."""
        if self.no_load:
            return {"empty": True}
        if self.known is None:
            raise ValueError("the form is not valid")
        values = self.cleaned_data
        codes = {name: codes_of(values[name]) for name in PAPERS.values()}
        return {
            "goods": self.known,
            "gross_kg": values["kg"],
            "unloads": bool(values.get("unloads")),
            **codes,
        }

    def refuse(self, code_field: str | None, words: str) -> None:
        """Put the refusal of an action where it belongs; what was typed stays."""
        name = FIELD_OF.get(code_field or "", code_field)
        self.add_error(name if name in self.fields else None, words)

    def _goods(self, typed: str) -> tuple[str, str, str] | None:
        """As the list names it, else the one kind of goods whose name holds what was typed: not all have the list."""
        part = fold(typed.strip())
        usual = goods_today().usual()
        rows = [row for row in usual if part and part in f"{fold(row.name_vi)} {fold(row.name_en)}"]
        if len(rows) == 1:
            return rows[0].code, upper(typed.strip()), rows[0].group
        exact = any(part in (fold(row.name_vi), fold(row.name_en)) for row in rows)
        if rows and not exact:
            names = "; ".join(row.name_vi for row in rows[:SUGGESTED])
            self.add_error("goods", str(_("Which of these: %(names)s") % {"names": names}))
            return None
        found: tuple[str, str, str] | None = self.read("goods", goods_named, None)
        return found

    def _ask_for_paper(self, typed: str) -> None:
        """A driver of before needs none; one not known yet says until when his paper holds."""
        if self.errors.get("paper_no"):
            return
        if not typed and not self._is_the_one_before():
            self.add_error("paper_no", str(_("Give the number of the paper.")))
        elif typed and not self.cleaned_data.get("paper_until") and not self._is_known():
            self.add_error("paper_until", str(_("Give the last day of the paper: the barrier asks for it.")))

    def _is_the_one_before(self) -> bool:
        driver = self.before.driver if self.before else None
        return driver is not None and fold(driver.person.full_name) == fold(self.cleaned_data.get("driver_name") or "")

    def _is_known(self) -> bool:
        return driver_by_paper(self.paper_kind, self.paper) is not None

    def _ask_for_registers(self) -> None:
        """Fresh fruit for export names where it grew and was packed."""
        if self.known is None:
            return
        code, _title, group = self.known
        grown, packed = (codes_of(self.cleaned_data.get(name) or "") for name in PAPERS.values())
        needed = goods_today().papers(code)
        line = Line(hs6=code[:6], group=group, growing_areas=grown, packing_houses=packed, papers=needed)
        for paper in papers_missing(line, direction=self.trip.direction):
            if paper in PAPERS:
                self.add_error(PAPERS[paper], str(_("Fresh fruit for export needs these codes.")))


def called(phone: str) -> str:
    """The number as the gateway wants it; 11 digits that begin with 1 are a Chinese one."""
    digits = "".join(sign for sign in phone if sign.isdigit() or sign == "+")
    return f"+86{digits}" if len(digits) == 11 and digits.startswith("1") else dialled(phone)
