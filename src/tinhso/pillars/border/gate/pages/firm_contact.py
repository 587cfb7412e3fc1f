"""Where a firm is reached: its new telephone is proved by a code, as at registration."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.identity import adapters
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import firm_contact as actions
from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.actions.firm_forms import dialled
from tinhso.pillars.border.gate.models import ContactChange, Enterprise
from tinhso.pillars.border.gate.permissions import MANAGE_FIRM
from tinhso.pillars.border.gate.queries.firms import kept_firm, kept_firms

OFTEN = Rate(10)
CODE_SHOWN = "border_gate.contact_code"


class ContactForm(Checked):
    """Telephone, mailbox and address."""

    phone = forms.RegexField(
        r"^\+?[0-9 .]{9,16}$",
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("A code is sent to a new number; the notices of the firm then go there"),
        error_messages={"invalid": gettext_lazy("A telephone number has 9 to 15 digits.")},
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=240)

    def contact(self) -> actions.Contact:
        """As it was typed; the form must be valid."""
        return actions.Contact(**{**self.cleaned_data, "phone": dialled(self.cleaned_data["phone"])})


class CodeForm(forms.Form):
    """The six digits that came to the new telephone."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=gettext_lazy("verification code"),
        error_messages={"invalid": gettext_lazy("enter the six digits of the code")},
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "maxlength": 6, "inputmode": "numeric"}),
    )


@never_cache
@limited("border_gate.firm_contact", OFTEN, methods=("POST",))
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def contact(request: Request) -> HttpResponse:
    """What is known, to be changed."""
    firm = _firm(request)
    initial = {"phone": firm.phone, "email": firm.email, "address": firm.address}
    form = ContactForm(request.POST or None, initial=initial)
    if request.method == "POST" and form.is_valid():
        try:
            return _asked(request, firm, form)
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
    status = 422 if form.errors else 200
    return render(request, "border_gate/firm_contact.html", {"firm": firm, "form": form}, status=status)


@never_cache
@limited("border_gate.firm_contact_code", OFTEN, methods=("POST",))
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def code(request: Request, change_id: UUID) -> HttpResponse:
    """Take the code of the new telephone; `again` sends another one."""
    change = _change(request, change_id)
    form = CodeForm(request.POST if request.method == "POST" and "again" not in request.POST else None)
    try:
        if "again" in request.POST:
            _send(request, change)
        elif form.is_valid():
            given = form.cleaned_data["code"].strip()
            actions.confirm_contact(change=change, code=given, by=request.actor, at=request.moment)
            messages.info(request, _("The new contact holds"))
            return redirect("border_gate:firm_contact")
    except Refusal as refusal:
        if "again" in request.POST:
            messages.warning(request, refusal.for_people())
        else:
            form.add_error("code", refusal.for_people())
    shown = request.session.get(CODE_SHOWN, "") if adapters.sender().shows_code else ""
    context = {"firm": change.enterprise, "form": form, "tail": change.phone[-actions.TAIL :], "code_shown": shown}
    return render(request, "border_gate/firm_contact_code.html", context, status=422 if form.errors else 200)


def _asked(request: Request, firm: Enterprise, form: ContactForm) -> HttpResponse:
    by: dict[str, Any] = {"by": request.actor, "at": request.moment}
    change = actions.ask_contact(firm=firm, contact=form.contact(), language=get_language() or "vi", **by)
    if change.confirmed_at is not None:
        messages.info(request, _("The new contact holds"))
        return redirect("border_gate:firm_contact")
    _send(request, change)
    return redirect("border_gate:firm_contact_code", change.pk)


def _send(request: Request, change: ContactChange) -> None:
    sent = actions.send_contact_code(change=change, by=request.actor, at=request.moment)
    if adapters.sender().shows_code:
        request.session[CODE_SHOWN] = sent


def _firm(request: Request) -> Enterprise:
    """The firm that the reader keeps; of several the one that he names. Raises NotFound."""
    found = kept_firm(request.GET.get("dn", ""), by=request.actor, at=request.moment)
    if found is None:
        raise NotFound
    return found


def _change(request: Request, change_id: UUID) -> ContactChange:
    """One that waits for its code, of a firm that the reader keeps. Raises NotFound."""
    own = kept_firms(by=request.actor, at=request.moment)
    rows = ContactChange.objects.filter(enterprise__in=own, confirmed_at=None, link_id__isnull=False)
    found = rows.select_related("enterprise__agency").filter(pk=change_id).first()
    if found is None:
        raise NotFound
    return found
