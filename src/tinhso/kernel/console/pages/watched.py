"""Who took many rows away, and who searched past his own place: the list for auditors (kernel.access.watched)."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.access.watched import SEE_WATCHED, TITLES
from tinhso.kernel.audit import queries
from tinhso.kernel.console.pages.trail import PAGE, TrailFilter, is_key, names_of
from tinhso.kernel.web.request import Request


class WatchedFilter(TrailFilter):
    """Whose, of what kind, on which days."""

    record = None  # type: ignore[assignment] # these are about no single record
    action = forms.ChoiceField(  # type: ignore[assignment]
        label=_("what"), required=False, choices=[("", _("both of these")), *TITLES.items()]
    )

    def chosen(self) -> dict[str, Any]:
        self.cleaned_data["record"] = None
        return super().chosen()


@dataclass(frozen=True, slots=True)
class Deed:
    """One entry, read out of its payload."""

    at: datetime
    actor: UUID
    name: Any
    title: Any
    words: str
    rows: int
    where: str
    own: str


@require_safe
@needs(SEE_WATCHED, everywhere=True)
def listed(request: Request) -> HttpResponse:
    """Newest first, page by page."""
    form = WatchedFilter(request.GET or None)
    chosen = form.chosen() if form.is_bound and form.is_valid() else {}
    before = request.GET.get("truoc", "")
    lines = queries.read(before=before if is_key(before) else "", watched=True, limit=PAGE + 1, **chosen)
    context = {
        "filter": {"form": form},
        "deeds": _deeds(lines[:PAGE]),
        "following": lines[PAGE - 1].key if len(lines) > PAGE else "",
        "begun": bool(before),
    }
    return render(request, "kernel_console/watched.html", context)


def _deeds(lines: list[queries.Line]) -> list[Deed]:
    names = names_of({line.actor for line in lines})
    return [_deed(line, names.get(line.actor, "")) for line in lines]


def _deed(line: queries.Line, name: Any) -> Deed:
    told = json.loads(line.payload)
    title = TITLES.get(line.action, line.action)
    return Deed(line.at, line.actor, name, title, told["words"], told["rows"], told["where"], told.get("own", ""))
