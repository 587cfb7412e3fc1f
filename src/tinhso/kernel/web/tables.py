"""Tables: sort, columns kept per person, export, an empty state that says what to do.

    class CaseTable(Table):
        key = "government_feedback.cases"         # under it the columns are kept
        always = ("code",)
        empty = Empty(title=_("…"), text=_("…"), href="…", verb=_("…"))
        code = LinkColumn()                       # the row's own link, for keys and clicks
        weight = NumberColumn(verbose_name=_("kg"))

    return show_table(request, CaseTable, queryset, "government_feedback/cases.html", {...})

In the template: {% load render_table from django_tables2 %}{% render_table table %}
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar

import django_tables2
from django.db.models import QuerySet
from django.http import HttpResponseBase
from django.shortcuts import render
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.text import slugify
from django_tables2 import RequestConfig

from tinhso.kernel.base import dates, money
from tinhso.kernel.web import columns, export
from tinhso.kernel.web.icons import icon, state_icon
from tinhso.kernel.web.request import Request

ROWS = 50


@dataclass(frozen=True, slots=True)
class Empty:
    """What to say when there is no row: what this is, why it may be empty, what to do."""

    title: Any
    text: Any = ""
    href: str = ""
    verb: Any = ""
    icon: str = "inbox"


class NumberColumn(django_tables2.Column):
    """Figures that stand under one another: right-aligned, on one advance, with points between thousands."""

    def __init__(self, **words: Any) -> None:
        words.setdefault("attrs", {"td": {"class": "is-right num"}, "th": {"class": "is-right"}})
        super().__init__(**words)

    def render(self, value: Any) -> str:
        return money.grouped(value) if isinstance(value, int) else str(value)

    def value(self, **words: Any) -> Any:
        return words["value"]


class MomentColumn(django_tables2.Column):
    """A moment as 14:05 22/11/2026."""

    def __init__(self, **words: Any) -> None:
        words.setdefault("attrs", {"td": {"class": "num"}})
        super().__init__(**words)

    def render(self, value: datetime) -> str:
        return dates.show_moment(value)

    def value(self, **words: Any) -> Any:
        return words["value"]


class LinkColumn(django_tables2.Column):
    """The row's own link: what Enter opens and a click on the row follows (the record's get_absolute_url)."""

    def __init__(self, pane: str = "", **words: Any) -> None:
        self.pane = pane
        super().__init__(**words)

    def render(self, value: Any, record: Any) -> SafeString:
        address = record["href"] if isinstance(record, dict) else record.get_absolute_url()
        beside = format_html(' hx-get="{}" hx-target="{}" hx-push-url="true"', address, self.pane) if self.pane else ""
        return format_html('<a data-row-link href="{}"{}>{}</a>', address, beside, value)

    def value(self, **words: Any) -> Any:
        return words["value"]


class StateColumn(django_tables2.Column):
    """A state badge; `kinds` maps values to done, run, wait, attn, stop, and `names` maps them to people's words."""

    def __init__(self, kinds: dict[str, str], names: dict[str, Any], **words: Any) -> None:
        self.kinds, self.names = kinds, names
        super().__init__(**words)

    def render(self, value: str) -> SafeString:
        kind = self.kinds.get(value, "")
        modifier = f" state--{kind}" if kind else ""
        return format_html(
            '<span class="state state--line{}">{}<span>{}</span></span>',
            modifier,
            icon(state_icon(kind), 16),
            self.names.get(value, value),
        )

    def value(self, **words: Any) -> Any:
        return str(self.names.get(words["value"], words["value"]))


class Table(django_tables2.Table):
    """Base of every table of the platform. `key` names it, `always` are columns that cannot be left out."""

    key: ClassVar[str] = ""
    always: ClassVar[tuple[str, ...]] = ()
    empty: ClassVar[Empty | None] = None
    edge: ClassVar[bool] = True
    matrix: ClassVar[bool] = False  # the first column stays at the left, the others are narrow
    walked: ClassVar[bool] = False  # by J and K

    def __init__(self, *arguments: Any, **words: Any) -> None:
        words.setdefault("order_by_field", "xep")
        words.setdefault("page_field", "trang")
        super().__init__(*arguments, **words)

    @property
    def choices(self) -> list[tuple[str, Any, bool]]:
        """Columns that may be left out: name, header, whether it is shown."""
        shown = set(self.columns.names()) - set(self.exclude or ())
        return [
            (name, column.verbose_name or name, name in shown)
            for name, column in self.base_columns.items()
            if name not in self.always
        ]


def show_table(
    request: Request,
    table_class: type[Table],
    rows: QuerySet[Any] | list[Any],
    template: str,
    context: dict[str, Any] | None = None,
    *,
    per_page: int = ROWS,
) -> HttpResponseBase:
    """The page with `table` in its context, or the file when the query says ?xuat=csv or xlsx.

    A queryset is cut to one page by SQL; what is exported is all of it, in the order shown.
    """
    table = prepare(request, table_class, rows, per_page=per_page)
    kind = request.GET.get("xuat", "")
    if kind in export.KINDS:
        return export.as_file(table, kind, slugify(table.key.replace(".", "-")) or "bang")
    return render(request, template, {**(context or {}), "table": table})


def prepare(
    request: Request, table_class: type[Table], rows: QuerySet[Any] | list[Any], *, per_page: int = ROWS
) -> Table:
    """The table sorted, cut to its page and with this person's columns."""
    left_out = columns.hidden(table=table_class.key, by=request.actor) - set(table_class.always)
    table = table_class(rows, exclude=tuple(left_out))
    RequestConfig(request, paginate={"per_page": per_page, "silent": True}).configure(table)
    return table
