"""The audit trail for those who may read it: whose, about what, when, and whether the seals hold."""

from __future__ import annotations

from datetime import date, datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.audit import queries
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, SYSTEM
from tinhso.kernel.console import permissions
from tinhso.kernel.identity.models import Person

PAGE = 50
NAMESAKES = 20
SEALING_LATE = 30  # seconds: then the sealer is down, or a transaction was left open


class TrailFilter(forms.Form):
    """Whose deeds, on which record, of what kind, on which days."""

    who = forms.CharField(label=_("person or identifier"), required=False, max_length=120)
    record = forms.UUIDField(label=_("identifier of the record"), required=False)
    action = forms.CharField(label=_("deed begins with"), required=False, max_length=120)
    since = forms.DateField(
        label=_("from day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    until = forms.DateField(
        label=_("to day"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def chosen(self) -> dict[str, Any]:
        """What to ask the trail for; both days are included. Nothing lies after the calendar's last day."""
        facts = self.cleaned_data
        last = facts["until"] + timedelta(days=1) if facts["until"] not in {None, date.max} else None
        return {
            "actors": _actors(facts["who"]) if facts["who"] else None,
            "record": facts["record"],
            "action": facts["action"],
            "since": _midnight(facts["since"]),
            "until": _midnight(last),
        }


@require_safe
@needs(permissions.READ_TRAIL, everywhere=True)
def trail(request: HttpRequest) -> HttpResponse:
    """A page of entries, newest first, and how the sealing stands."""
    form = TrailFilter(request.GET or None)
    chosen = form.chosen() if form.is_bound and form.is_valid() else {}
    before = request.GET.get("truoc", "")
    lines = queries.read(before=before if is_key(before) else "", limit=PAGE + 1, **chosen)
    names = names_of({line.actor for line in lines})
    sealing, verification = queries.sealing(), queries.last_verification()
    context = {
        "filter": {"form": form},
        "lines": [(line, names.get(line.actor, "")) for line in lines[:PAGE]],
        "following": lines[PAGE - 1].key if len(lines) > PAGE else "",
        "begun": bool(before),
        "sealing": sealing,
        "is_late": sealing.age > SEALING_LATE,
        "verification": verification,
    }
    return render(request, "kernel_console/trail.html", context)


def _actors(words: str) -> list[UUID]:
    try:
        return [UUID(words.strip())]
    except ValueError:
        found = Person.objects.filter(full_name__icontains=words.strip()).values_list("id", flat=True)
        return list(found[:NAMESAKES])


def names_of(ids: set[UUID]) -> dict[UUID, Any]:
    people = Person.objects.filter(id__in=ids).values_list("id", "full_name")
    return {SYSTEM.id: SYSTEM.name, NOBODY.id: _("not signed in"), **dict(people)}


def _midnight(day: Any) -> datetime | None:
    return datetime(day.year, day.month, day.day, tzinfo=clock.HANOI) if day else None


def is_key(words: str) -> bool:
    parts = words.split("-")
    return len(parts) == 3 and all(part.isascii() and part.isdigit() and len(part) < 19 for part in parts)
