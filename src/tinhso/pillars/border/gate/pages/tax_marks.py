"""The tax office's list of marked firms: one more, and taken off again; leaders lift by order."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.tax_marks import REASON, Mark, lift_mark, mark_firm
from tinhso.pillars.border.gate.models import Enterprise, TaxMark
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import LIFT_MARK, MARK_FIRM
from tinhso.pillars.border.gate.queries.law import reasons_today
from tinhso.pillars.border.gate.queries.tasks import forces_of
from tinhso.pillars.border.gate.queries.tax_marks import listed, marking_forces

PAGE = "border_gate:tax_marks"


class MarkForm(forms.Form):
    """What is asked for a mark; what was typed stays when it is refused."""

    tax_code = forms.CharField(label=_("Tax code"), max_length=18)
    reason_code = forms.ChoiceField(label=_("Reason"))
    document_no = forms.CharField(label=_("Document number"), max_length=40)
    first_day = forms.DateField(label=_("First day"), widget=forms.DateInput(attrs={"type": "date"}))
    last_day = forms.DateField(
        label=_("Last day"),
        required=False,
        widget=forms.DateInput(attrs={"type": "date"}),
        help_text=_("Empty: until it is lifted"),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reasons = reasons_today().filter(kind=REASON)
        self.fields["reason_code"].choices = [(one.code, one.label) for one in reasons]  # type: ignore[attr-defined]

    def clean_tax_code(self) -> str:
        """The firm of that code is known here."""
        typed = self.cleaned_data["tax_code"].strip().upper()
        self.firm = Enterprise.objects.filter(tax_code=typed).first() or Enterprise.objects.filter(uscc=typed).first()
        if self.firm is None:
            raise forms.ValidationError(_("No firm with this code is registered at the gate."))
        return typed

    def mark(self) -> Mark:
        return Mark(
            **{name: self.cleaned_data[name] for name in ("reason_code", "document_no", "first_day", "last_day")}
        )


@never_cache
@require_safe
@needs(LIFT_MARK)
def marks(request: Request) -> HttpResponse:
    """Marks that stand and those lifted last, with what one may do about them."""
    return _page(request, MarkForm(initial={"first_day": request.moment.date()}))


@require_POST
@needs(MARK_FIRM)
def mark(request: Request) -> HttpResponse:
    """Mark the firm; the form comes back with what was typed when it is refused."""
    form = MarkForm(request.POST)
    if not form.is_valid() or form.firm is None:
        return _page(request, form, status=422)
    try:
        mark_firm(firm=form.firm, mark=form.mark(), **by(request))
    except Refusal as refusal:
        name = refusal.field if refusal.field in form.fields else None
        form.add_error(name, refusal.for_people())
        return _page(request, form, status=refusal.status or 422)
    return redirect(PAGE)


@require_POST
@needs(LIFT_MARK)
def lift(request: Request, mark_id: UUID) -> HttpResponse:
    """Take the mark off, with reason and document."""
    found = TaxMark.objects.filter(pk=mark_id).first()
    if found is None:
        raise NotFound
    told: dict[str, Any] = {name: request.POST.get(name, "") for name in ("reason", "document_no")}
    return act(request, lambda: lift_mark(mark=found, **told, **by(request)), fallback=PAGE)


def _page(request: Request, form: MarkForm, status: int = 200) -> HttpResponse:
    stand, past = listed(at=request.moment)
    own = {force.pk for force in forces_of(**by(request))}
    may_mark = may(request.actor, MARK_FIRM, at=request.moment)
    context = {
        "form": form,
        "may_mark": may_mark and any(force.pk in own for force in marking_forces(request.moment)),
        "rows": [(one, one.mark.force_id in own or not may_mark) for one in stand],
        "needs_document": not may_mark,
        "past": past,
    }
    return render(request, "border_gate/tax_marks.html", context, status=status)
