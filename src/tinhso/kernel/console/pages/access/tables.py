"""The matrix of roles and rights, and who holds a role where."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.console.pages.organisations.tables import DayColumn
from tinhso.kernel.console.people import scope_words
from tinhso.kernel.web.icons import icon
from tinhso.kernel.web.tables import Empty, Table

HOLDS = "x"


class HoldsColumn(django_tables2.Column):
    """Whether one role has the right of the row; a file says x."""

    def __init__(self, role: Role) -> None:
        self.role = role
        super().__init__(verbose_name=role.shown_title, orderable=False, default="")

    @property
    def header(self) -> SafeString:
        address = reverse("kernel_console:role", args=[self.role.code])
        return format_html('<a href="{}">{}</a>', address, self.role.shown_title)

    def render(self, value: str) -> Any:
        return format_html('{}<span class="visually-hidden">{}</span>', icon("check", 16), _("has it")) if value else ""

    def value(self, **words: Any) -> Any:
        return words["value"]


class MatrixTable(Table):
    matrix = True
    key = "kernel_console.access"
    always = ("title",)
    empty = Empty(title=_("This module names no right"), icon="lock")

    title = django_tables2.Column(verbose_name=_("right"), orderable=False)


def matrix_of(roles: list[Role]) -> type[MatrixTable]:
    """A table with a column for each role."""
    columns = {f"role_{role.pk}": HoldsColumn(role) for role in roles}
    return type("RoleMatrixTable", (MatrixTable,), columns)


class HolderTable(Table):
    key = "kernel_console.holders"
    always = ("holder",)
    empty = Empty(title=_("Nobody holds this role now"), icon="users")

    holder = django_tables2.Column(verbose_name=_("holder"), default="–")
    where = django_tables2.Column(verbose_name=_("where"), accessor="pk", orderable=False)
    valid_from = DayColumn(verbose_name=_("from"))
    valid_until = DayColumn(verbose_name=_("until"))
    giver = django_tables2.Column(verbose_name=_("given by"), default="Tỉnh Số")

    def render_where(self, record: Grant) -> str:
        return ", ".join(scope_words(record)) or str(_("everywhere"))

    def value_where(self, record: Grant) -> str:
        return self.render_where(record)
