"""Break-glass: opening a closed record with a reason, one's own open ones, and the list for who watches over it."""

from __future__ import annotations

from typing import Any
from uuid import UUID

import django_tables2
from django import forms
from django.db.models import OuterRef, Subquery
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.glass import BREAK_GLASS, BREAKABLES, SEE_GLASS, break_glass, end_glass, open_now
from tinhso.kernel.access.models import GlassBreak
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.console.pages.people.forms import tell
from tinhso.kernel.identity.models import Person
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import Empty, MomentColumn, NumberColumn, Table, show_table


class GlassForm(forms.Form):
    """Which record, and why."""

    kind = forms.ChoiceField(label=_("Kind of record"))
    words = forms.CharField(label=_("Code or plate"), max_length=60)
    reason = forms.CharField(
        label=_("Reason, at least 10 characters"), max_length=400, widget=forms.Textarea(attrs={"rows": 3})
    )

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        self.fields["kind"].choices = [(one.name, one.title) for one in BREAKABLES]  # type: ignore[attr-defined]


class GlassTable(Table):
    key = "kernel_console.glasses"
    always = ("who", "label", "reason")
    empty = Empty(title=_("Nobody has opened a record by break-glass"), icon="lock")

    began_at = MomentColumn(verbose_name=_("from"))
    who = django_tables2.Column(verbose_name=_("Who"), default="–")
    label = django_tables2.Column(verbose_name=_("Record"))
    reason = django_tables2.Column(verbose_name=_("reason"), attrs={"td": {"class": "is-wrap"}})
    reads = NumberColumn(verbose_name=_("looks"))
    ended_at = MomentColumn(verbose_name=_("ended"), default="–")


@require_http_methods(["GET", "HEAD", "POST"])
@needs(BREAK_GLASS, everywhere=True)
def own(request: Request) -> HttpResponse:
    """Open one; what is open is listed with its end."""
    form = GlassForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            made = break_glass(**form.cleaned_data, by=request.actor, at=request.moment)
        except Refusal as refusal:
            tell(form, refusal)
        else:
            return redirect(BREAKABLES.get(made.kind).address(made.record_id))
    opened = open_now(by=request.actor).filter(ends_at__gt=request.moment)
    rows = [(one, BREAKABLES.get(one.kind).address(one.record_id)) for one in opened]
    return render(request, "kernel_console/access/glass.html", {"form": form, "opened": rows})


@require_POST
@needs(BREAK_GLASS, everywhere=True)
def end(request: Request, glass_id: UUID) -> HttpResponse:
    """Close it before its time."""
    end_glass(glass_id=glass_id, by=request.actor, at=request.moment)
    return redirect("kernel_console:glass")


@require_safe
@needs(SEE_GLASS, everywhere=True)
def glasses(request: Request) -> HttpResponseBase:
    """All of them, newest first."""
    name = Person.objects.filter(pk=OuterRef("holder_id")).values("full_name")
    rows = GlassBreak.objects.annotate(who=Subquery(name)).order_by("-began_at")
    return show_table(request, GlassTable, rows, "kernel_console/access/glasses.html")
