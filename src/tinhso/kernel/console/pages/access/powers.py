"""The matrix of rights for auditors: what a module's table says beside what its roles grant."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.http import Http404, HttpResponseBase
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.powers import POWERS, Cell, Line, Powers, Who, compared
from tinhso.kernel.console import permissions
from tinhso.kernel.web.icons import icon
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import Empty, Table, show_table

BOTH = _("has it")
LACKING = _("the table gives it, the role does not")
BEYOND = _("the role has it, the table does not")


class WhoColumn(django_tables2.Column):
    """Whether one of those who are spoken of has the right; what differs is said in words."""

    def __init__(self, who: Who) -> None:
        super().__init__(verbose_name=who.title, orderable=False, default="")

    def render(self, value: Cell) -> Any:
        if not (value.said or value.granted):
            return ""
        if value.agrees:
            return format_html('{}<span class="visually-hidden">{}</span>', icon("check", 16), BOTH)
        return format_html('<strong class="power-differs">{}</strong>', LACKING if value.said else BEYOND)

    def value(self, value: Cell, **_words: Any) -> str:
        if value.agrees:
            return "x" if value.said else ""
        return str(LACKING if value.said else BEYOND)


class PowersTable(Table):
    matrix = True
    key = "kernel_console.powers"
    always = ("title", "source")
    empty = Empty(title=_("Table and roles say the same"), icon="check")

    title = django_tables2.Column(verbose_name=_("right"), orderable=False)
    source = django_tables2.Column(verbose_name=_("where the table has it from"), orderable=False, default="–")
    through = django_tables2.Column(verbose_name=_("steps, pages and calls"), orderable=False, default="–")


@require_safe
@needs(permissions.SEE_POWERS, everywhere=True)
def powers(request: Request) -> HttpResponseBase:
    """One module's matrix; `lech=1` shows only what differs."""
    offered = {name: POWERS.get(name)() for name in POWERS.names()}
    chosen = request.GET.get("he-thong") or next(iter(offered), "")
    if chosen not in offered:
        raise Http404
    table = offered[chosen]
    lines = compared(table)
    differing = [line for line in lines if not line.agrees]
    only = request.GET.get("lech") == "1"
    context = {
        "offered": [(name, one.title) for name, one in offered.items()],
        "chosen": chosen,
        "who": table.who,
        "rights": len(lines),
        "differing": len(differing),
        "only": only,
    }
    rows = [_row(line, table) for line in (differing if only else lines)]
    return show_table(request, _table_of(table), rows, "kernel_console/access/powers.html", context, per_page=200)


def _table_of(table: Powers) -> type[PowersTable]:
    columns: dict[str, Any] = {f"who_{one.code}": WhoColumn(one) for one in table.who}
    order = type("Meta", (), {"sequence": ("title", *columns, "source", "through")})
    return type("RoomPowersTable", (PowersTable,), {**columns, "Meta": order})


def _row(line: Line, table: Powers) -> dict[str, Any]:
    cells = {f"who_{one.code}": cell for one, cell in zip(table.who, line.cells, strict=True)}
    power = line.power
    return {
        "title": str(line.title),
        "source": power.source if power else str(_("the table does not know this right")),
        "through": " · ".join(power.through) if power else "",
        **cells,
    }
