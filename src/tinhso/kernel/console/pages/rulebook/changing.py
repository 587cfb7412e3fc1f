"""Changing rules on screen: each page is one form or one deed."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.console.pages.rulebook.forms import HeadForm, SheetForm, row_form, tell, values_in
from tinhso.kernel.console.pages.rulebook.looking import row_called, show_change, table_called
from tinhso.kernel.modules.rule_tables import RULE_TABLES, RuleTable
from tinhso.kernel.rulebook import actions, permissions, rehearsing, rows, sheets
from tinhso.kernel.rulebook.models import RowChange, RuleChange
from tinhso.kernel.rulebook.wording import Wording
from tinhso.kernel.web.request import Request

FORM = "kernel_console/rulebook/form.html"
fills_in = require_http_methods(["GET", "HEAD", "POST"])


@fills_in
@needs(permissions.DRAFT, everywhere=True)
def new(request: Request) -> HttpResponse:
    """Begin a change; with `?bang=` its rows come from that table first."""
    form = HeadForm(request.POST or None)
    name = request.GET.get("bang", "")
    if form.is_bound and form.is_valid():
        change = actions.draft_change(**form.cleaned_data, by=request.actor, at=request.moment)
        return redirect(_rows_of(change, name) if name in RULE_TABLES else _url(change))
    return _asked(request, form, _("New change of rules"), _("Draft the change"), reverse("kernel_console:rulebook"))


@fills_in
@needs(permissions.DRAFT, everywhere=True)
def head(request: Request, change_id: UUID) -> HttpResponse:
    """Mend title, document, day and reason of a draft."""
    change = _change(change_id)
    names = ("title", "document_no", "source", "effective_on", "summary")
    form = HeadForm(request.POST or None, initial={name: getattr(change, name) for name in names})
    if form.is_bound and form.is_valid():
        try:
            actions.edit_change(change=change, facts=form.cleaned_data, by=request.actor, at=request.moment)
            return redirect(_url(change))
        except Refusal as refusal:
            tell(form, refusal)
    return _asked(request, form, _("Document and day of the change"), _("Save"), _url(change))


@fills_in
@needs(permissions.DRAFT, everywhere=True)
def add(request: Request, change_id: UUID, name: str) -> HttpResponse:
    """A rule that did not stand before."""
    return _row_page(request, _change(change_id), table_called(name), None)


@fills_in
@needs(permissions.DRAFT, everywhere=True)
def replace(request: Request, change_id: UUID, name: str, pk: str) -> HttpResponse:
    """A new version of a rule."""
    table = table_called(name)
    return _row_page(request, _change(change_id), table, row_called(table, pk))


@require_POST
@needs(permissions.DRAFT, everywhere=True)
def end(request: Request, change_id: UUID, name: str, pk: str) -> HttpResponse:
    """The rule no longer holds from the change's day on."""
    change, table = _change(change_id), table_called(name)
    try:
        actions.end_row(change=change, table=table, base=row_called(table, pk), by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    return redirect(_url(change))


@require_POST
@needs(permissions.DRAFT, everywhere=True)
def take_out(request: Request, change_id: UUID, row_id: UUID) -> HttpResponse:
    """Leave a row out of the draft again."""
    found = get_object_or_404(RowChange, pk=row_id, change_id=change_id)
    try:
        actions.take_out_row(row_change=found, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    return redirect(_url(found.change))


@fills_in
@needs(permissions.DRAFT, everywhere=True)
def upload(request: Request, change_id: UUID, name: str) -> HttpResponse:
    """Rows from a file, with all its errors at once."""
    change, table = _change(change_id), table_called(name)
    form = SheetForm(request.POST or None, request.FILES or None)
    faults: list[sheets.Fault] = []
    if form.is_bound and form.is_valid():
        try:
            counts = sheets.read_into(change=change, table=table, text=form.text(), by=request.actor, at=request.moment)
            told = _("%(new)s new, %(changed)s changed, %(ended)s ended")
            messages.success(request, told % dict(zip(("new", "changed", "ended"), counts, strict=True)))
            return redirect(_url(change))
        except sheets.SheetRefused as refused:
            faults = refused.list
        except Refusal as refusal:
            tell(form, refusal)
    title = _("Rows from a file: %(table)s") % {"table": table.title}
    return _asked(request, form, title, _("Read the file"), _rows_of(change, name), faults=faults)


@require_POST
@needs(permissions.VIEW, everywhere=True)
def rehearse(request: Request, change_id: UUID) -> HttpResponse:
    """Ask for a dry run; the background plays it."""
    change = _change(change_id)
    try:
        rehearsing.ask(change=change, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    return redirect(f"{_url(change)}#dry-run")


@require_POST
@needs(permissions.VIEW, everywhere=True)
def step(request: Request, change_id: UUID, step: str) -> HttpResponse:
    """Propose, approve, reject, withdraw or revoke; what was typed stays when it is refused."""
    if step not in actions.STEPS:
        raise Http404
    change = _change(change_id)
    reason = request.POST.get("reason", "").strip()
    facts: dict[str, Any] = {"reason": reason} if step in ("reject", "revoke") else {}
    try:
        actions.STEPS[step](change=change, by=request.actor, at=request.moment, **facts)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        return show_change(request, _change(change_id), reason=reason, status=refusal.status)
    return redirect(_url(change))


def _row_page(request: Request, change: RuleChange, table: RuleTable, base: Any) -> HttpResponse:
    wording = Wording(table, change.effective_on)
    form = row_form(table, on=change.effective_on, base=base, bound=request.POST or None)
    if form.is_bound and form.is_valid():
        try:
            actions.put_row(
                change=change,
                table=table,
                values=values_in(form),
                base=base,
                by=request.actor,
                at=request.moment,
            )
            return redirect(_url(change))
        except Refusal as refusal:
            tell(form, refusal)
    title, now = _("New row: %(t)s") % {"t": table.title}, ""
    if base is not None:
        title, now = f"{table.title}: {wording.key(rows.values_of(table, base))}", wording.sentence(base)
    back = _rows_of(change, table.name)
    return _asked(request, form, title, _("Put into the change"), back, change=change, now=now, hint=table.hint)


def _asked(request: Request, form: Any, title: str, verb: str, back: str, **further: Any) -> HttpResponse:
    context = {"form": form, "title": title, "verb": verb, "back": back, **further}
    return render(request, FORM, context, status=422 if form.errors or further.get("faults") else 200)


def _change(change_id: UUID) -> RuleChange:
    return get_object_or_404(RuleChange, pk=change_id)


def _url(change: RuleChange) -> str:
    return reverse("kernel_console:rule_change", args=[change.pk])


def _rows_of(change: RuleChange, name: str) -> str:
    return f"{reverse('kernel_console:rule_table', args=[name])}?de-nghi={change.pk}"
