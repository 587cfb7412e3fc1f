"""Mandates on the firm's side: give one to a broker, revoke it; and for the broker, whose mandates he holds."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.actions.filing import add_file
from tinhso.pillars.border.gate.actions.mandates import give_mandate, revoke_mandate
from tinhso.pillars.border.gate.models import Enterprise, Mandate
from tinhso.pillars.border.gate.pages.filing import ACCEPT
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.permissions import GIVE_MANDATE, MANAGE_FIRM, step_permission
from tinhso.pillars.border.gate.queries import mandates as queries
from tinhso.pillars.border.gate.queries.filing import MANDATE, filed_of
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.parties import firm_by_tax_code
from tinhso.pillars.border.gate.rules.limits import MANDATE_HOLDS

SUBMIT = step_permission("submit")
ONE_DAY = timedelta(days=1)
FIELDS = {"valid_until": "last_day", "file": "paper"}
"""What the rules call otherwise than the form."""


class MandateForm(Checked):
    """A mandate as it is typed; the last day is the last on which it holds."""

    broker = forms.CharField(label=gettext_lazy("Tax code of the broker"), max_length=13)
    scope = forms.MultipleChoiceField(
        label=gettext_lazy("Besides declaring and following trips"),
        choices=Mandate.SCOPES[1:],
        required=False,
        widget=forms.CheckboxSelectMultiple,
    )
    valid_from = forms.DateField(label=gettext_lazy("First day"), widget=forms.DateInput({"type": "date"}))
    last_day = forms.DateField(
        label=gettext_lazy("Last day"),
        widget=forms.DateInput({"type": "date"}),
    )
    document_no = forms.CharField(label=gettext_lazy("Number of the document"), max_length=60, required=False)
    paper = forms.FileField(
        label=gettext_lazy("Written mandate"),
        required=False,
        help_text=gettext_lazy("PDF, JPG or PNG, at most 10 MB each"),
        widget=forms.ClearableFileInput({"accept": ACCEPT}),
    )


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def mandates(request: Request) -> HttpResponse:
    """Whom the firm lets act for it, with the form to give one; and for whom the reader acts as a broker."""
    firm = firm_of(request)
    gives = may(request.actor, GIVE_MANDATE, firm, request.moment)
    form = MandateForm(request.POST or None, request.FILES or None, initial=_days(request.moment))
    longest = law_at(request.moment).number(MANDATE_HOLDS).value
    form.fields["last_day"].help_text = _("At most %(days)s days") % {"days": longest}
    if request.method == "POST" and form.is_valid() and _given(request, firm, form):
        return redirect("border_gate:mandates")
    context = {
        "firm": firm,
        "gives": gives,
        "keeps": may(request.actor, MANAGE_FIRM, firm, request.moment),
        "form": form,
        "given": _rows(request, queries.given_by(firm)) if gives else [],
        "held": _rows(request, queries.held_by(request.actor)),
        "now": "mandates",
    }
    return render(request, "border_gate/firm_mandates.html", context, status=422 if form.errors else 200)


@require_POST
@needs(SUBMIT)
def revoke(request: Request, mandate_id: UUID) -> HttpResponse:
    """Take a mandate back, with a reason; the rights end before the page comes back."""
    firm = firm_of(request)
    mandate = Mandate.objects.filter(pk=mandate_id, principal=firm).first()
    if mandate is None:
        raise NotFound
    try:
        revoke_mandate(mandate=mandate, reason=request.POST.get("reason", ""), by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("The mandate is revoked"))
    return redirect("border_gate:mandates")


def _given(request: Request, firm: Enterprise, form: MandateForm) -> bool:
    facts = form.cleaned_data
    try:
        with transaction.atomic():
            made = give_mandate(
                principal=firm,
                broker=firm_by_tax_code(facts["broker"].strip().replace("-", "")),
                scope=facts["scope"],
                valid_from=facts["valid_from"],
                valid_until=facts["last_day"] + ONE_DAY,
                document_no=facts["document_no"],
                by=request.actor,
                at=request.moment,
            )
            if facts["paper"]:
                told: dict[str, Any] = {"kind": MANDATE, "record_id": made.pk, "purpose": "mandate"}
                add_file(upload=facts["paper"], **told, by=request.actor, at=request.moment)
    except Refusal as refusal:
        field = FIELDS.get(refusal.field or "", refusal.field)
        form.add_error(field if field in form.fields else None, refusal.for_people())
        return False
    messages.info(request, _("The mandate is given"))
    return True


def _days(at: datetime) -> dict[str, Any]:
    today = at.astimezone(HANOI).date()
    return {"valid_from": today, "last_day": today + timedelta(days=90)}


def _rows(request: Request, mandates: Iterable[Mandate]) -> list[dict[str, Any]]:
    """The mandates with their papers."""
    rows = [_row(one, request.moment) for one in mandates]
    filed = filed_of([(MANDATE, row["mandate"].pk) for row in rows], by=request.actor, at=request.moment)
    return [{**row, "papers": [one for one in filed if one.file.record_id == row["mandate"].pk]} for row in rows]


def _row(mandate: Mandate, at: datetime) -> dict[str, Any]:
    """How the mandate stands, in words."""
    titles = dict(Mandate.SCOPES)
    ended = mandate.has_ended(at)
    tone, word = ("done", _("in effect")) if mandate.holds(at) else ("wait", _("not begun yet"))
    if ended:
        tone, word = "idle", _("revoked") if mandate.revoked_at else _("past its last day")
    return {
        "mandate": mandate,
        "covers": [titles[name] for name in mandate.scope],
        "last_day": mandate.valid_until - ONE_DAY,
        "tone": tone,
        "word": word,
        "ended": ended,
        "holds": mandate.holds(at),
    }
