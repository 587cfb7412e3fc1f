"""A rule table in words: what its codes are called on a day, and what each row says. Names are asked for once."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.db import models
from django.utils.translation import gettext as _

from tinhso.kernel.base.money import grouped
from tinhso.kernel.modules.rule_tables import RuleTable, Words
from tinhso.kernel.rulebook import rows

NOTHING = "–"


class Cell(NamedTuple):
    """A value for people: the words, and the codes beside them where these say something else."""

    words: str
    codes: str = ""


class Wording:
    """The words of one table on one day. Each field's names are read at the first value that needs them."""

    def __init__(self, table: RuleTable, on: date) -> None:
        self.table, self.on = table, on
        self._names: dict[str, Mapping[str, Any]] = {}

    def cell(self, name: str, value: Any) -> Cell:
        """A kept value (rows.values_of) of that field."""
        if value in (None, "", []):
            return Cell(NOTHING)
        if isinstance(value, bool):
            return Cell(_("yes") if value else _("no"))
        if name in self.table.words:
            return self._worded(self.table.words[name], name, value)
        field = rows.field_of(self.table, name)
        if isinstance(field, models.ForeignKey):
            return Cell(str(self._related(name, field).get(str(value), value)))
        if isinstance(value, list):
            return Cell(", ".join(str(one) for one in value))
        if field.choices:
            return Cell(str(dict(field.flatchoices).get(value, value)))
        return Cell(_plainly(field, value))

    def said(self, name: str, value: Any) -> str:
        """The words alone."""
        return self.cell(name, value).words

    def names(self, name: str) -> Mapping[str, Any]:
        """The names of the field's codes on the day."""
        if name not in self._names:
            self._names[name] = dict(self.table.words[name].named(self.on))
        return self._names[name]

    def key(self, kept: Mapping[str, Any]) -> str:
        """Which rule it is, in words."""
        return " · ".join(self.said(name, kept.get(name)) for name in self.table.key)

    def key_codes(self, kept: Mapping[str, Any]) -> str:
        """The codes of the key where the words say something else."""
        return " · ".join(code for name in self.table.key if (code := self.cell(name, kept.get(name)).codes))

    def sentence(self, row: models.Model) -> str:
        """What the row says, in a sentence; empty for a table that has none."""
        if self.table.means is None:
            return ""
        kept = rows.values_of(self.table, row)
        return str(self.table.means(row, lambda name: self.said(name, kept.get(name))))

    def _worded(self, words: Words, name: str, value: Any) -> Cell:
        if words.has_letters:
            return Cell(str(words.joined).join(self._name(words, name, letter) for letter in value))
        if not isinstance(value, list):
            one = self._name(words, name, value)
            return Cell(one, "" if one == str(value) else str(value))
        all_of_them = [self._name(words, name, one) for one in value]
        return Cell(str(words.joined).join(all_of_them), "" if all_of_them == value else ", ".join(value))

    def _name(self, words: Words, name: str, code: str) -> str:
        found = self.names(name).get(code)
        if found is None and words.say is not None:
            found = words.say(code, self.on)
        return str(code if found is None else found)

    def _related(self, name: str, field: models.ForeignKey[Any, Any]) -> Mapping[str, Any]:
        """All records that such a field may point at: tables of rules point at short lists."""
        if name not in self._names:
            manager: Any = field.remote_field.model._default_manager
            self._names[name] = {str(one.pk): one for one in manager.all()}
        return self._names[name]


def _plainly(field: models.Field[Any, Any], value: Any) -> str:
    if isinstance(field, models.IntegerField):
        return grouped(int(value))
    if isinstance(field, models.DecimalField):
        return f"{Decimal(value).normalize():f}".replace(".", ",")
    if isinstance(field, models.TimeField):
        return str(value)[:5]
    return str(value)
