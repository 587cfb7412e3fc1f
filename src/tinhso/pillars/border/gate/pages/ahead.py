"""A driver declares ahead without an account; the firm consents on its own page, or by the link to its telephone."""

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
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import ahead as actions
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.actions.namings import disown
from tinhso.pillars.border.gate.actions.registration import LONGEST_REASON
from tinhso.pillars.border.gate.models import AheadDeclaration
from tinhso.pillars.border.gate.pages.desk_forms import Vehicle
from tinhso.pillars.border.gate.pages.driver import HELP_DESK
from tinhso.pillars.border.gate.pages.quick_forms import PHONE, Quick, called
from tinhso.pillars.border.gate.permissions import CONSENT_AHEAD, DECLARE_AHEAD
from tinhso.pillars.border.gate.queries import ahead as queries
from tinhso.pillars.border.gate.queries.namings import naming_for, open_namings
from tinhso.pillars.border.gate.queries.undeclared import known_before

OFTEN = Rate(10)
"""Forms of one caller in a minute: each of them sends a message with a code."""
OPENED = Rate(3)
"""Links to one's own trip in a minute, for the same reason."""
SHOWN = 50


class ComingForm(Vehicle):
    """Which vehicle, where, on which day, and the telephone to which the code goes."""

    phone = forms.RegexField(
        PHONE,
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("A code is sent there"),
        error_messages={"invalid": gettext_lazy("A telephone number has 9 to 15 digits.")},
        widget=forms.TextInput(attrs={"type": "tel", "autocomplete": "tel"}),
    )
    field_order = ("plate", "phone", "point", "planned_on")

    def coming(self) -> actions.Coming:
        """As it was typed; the form must be valid."""
        return actions.Coming(**{**self.cleaned_data, "phone": called(self.cleaned_data["phone"])})


@never_cache
@limited("border_gate.ahead", OFTEN, methods=("POST",))
@require_http_methods(["GET", "HEAD", "POST"])
def ahead(request: Request) -> HttpResponse:
    """Which vehicle comes; then a code proves the telephone."""
    form = ComingForm(request.POST or None, initial={"planned_on": request.moment.astimezone(HANOI).date()})
    if request.method == "POST" and form.is_valid():
        try:
            _wanted, token = actions.begin_ahead(
                coming=form.coming(), at=request.moment, language=get_language() or "vi"
            )
        except Refusal as refusal:
            form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
        else:
            return redirect("kernel_login:link", token)
    return render(request, "border_gate/ahead.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(DECLARE_AHEAD)
def ahead_form(request: Request) -> HttpResponse:
    """The six fields of the link's vehicle; once they are sent, where the declaration stands."""
    wanted = queries.ahead_of(request.actor.id)
    if wanted is None:
        return redirect("border_gate:ahead")
    if wanted.state != AheadDeclaration.TYPED:
        return render(request, "border_gate/ahead_sent.html", {"wanted": wanted, **_desk()})
    before = queries.trip_known_to(wanted)
    given: dict[str, Any] = {"trip": wanted, "before": before}
    initial = known_before(before)  # for the telephone of its own driver alone
    form = Quick(request.POST, **given) if request.method == "POST" else Quick(initial=initial, **given)
    form.fields["phone"].disabled, form.initial["phone"] = True, wanted.phone  # the one that was proved
    if form.is_bound and form.is_valid():
        try:
            actions.send_ahead(wanted=wanted, answers=form.answers(), by=request.actor, at=request.moment)
        except Refusal as refusal:
            form.refuse(refusal.field, refusal.for_people())
        else:
            return redirect("border_gate:ahead_form")
    context = {"form": form, "wanted": wanted, "goods": goods_choices(), **_desk()}
    return render(request, "border_gate/ahead_form.html", context, status=422 if form.errors else 200)


@never_cache
@limited("border_gate.ahead_trip", OPENED)
@require_POST
@needs(DECLARE_AHEAD)
def ahead_trip(request: Request) -> HttpResponse:
    """To the trip that it has become, by a link for the same telephone and a code that goes there."""
    wanted = queries.ahead_of(request.actor.id)
    if wanted is None:
        return redirect("border_gate:ahead")
    try:
        token = actions.open_trip(wanted=wanted, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
        return redirect("border_gate:ahead_form")
    return redirect("kernel_login:link", token)


@never_cache
@require_safe
@needs(CONSENT_AHEAD)
def asked(request: Request) -> HttpResponse:
    """What drivers want to declare in the firm's name."""
    rows = queries.asked_of(by=request.actor, at=request.moment)[:SHOWN]
    shown = [(one, actions.answers_of(one)) for one in rows]
    named = open_namings(by=request.actor, at=request.moment)[:SHOWN]
    return render(request, "border_gate/ahead_asked.html", {"rows": shown, "named": named})


@require_POST
@needs(CONSENT_AHEAD)
def consent(request: Request, ahead_id: UUID) -> HttpResponse:
    """Yes: it is declared and sent in the firm's name."""
    wanted = queries.asked_one(ahead_id, by=request.actor, at=request.moment)
    if request.POST.get("consent") != "on":
        messages.warning(request, _("Tick that the firm agrees, then send."))
        return redirect("border_gate:ahead_asked")
    try:
        trip = actions.consent_ahead(wanted=wanted, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Declaration sent: %(code)s") % {"code": trip.shown_code()})
    return redirect("border_gate:ahead_asked")


@require_POST
@needs(CONSENT_AHEAD)
def decline(request: Request, ahead_id: UUID) -> HttpResponse:
    """No, with a reason."""
    wanted = queries.asked_one(ahead_id, by=request.actor, at=request.moment)
    try:
        reason = request.POST.get("reason", "")
        actions.decline_ahead(wanted=wanted, reason=reason, by=request.actor, at=request.moment)
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, _("Declined; the driver is told"))
    return redirect("border_gate:ahead_asked")


def _desk() -> dict[str, Any]:
    return {"help_desk": HELP_DESK, "help_desk_dial": HELP_DESK.replace(" ", "")}


@require_POST
@needs(CONSENT_AHEAD)
def not_ours(request: Request, naming_id: UUID) -> HttpResponse:
    """Không phải của chúng tôi: the vehicle that was declared for the firm is not its own. What was typed stays."""
    naming = naming_for(naming_id, by=request.actor, at=request.moment)
    reason = request.POST.get("reason", "")[:LONGEST_REASON]
    try:
        disown(naming=naming, reason=reason, by=request.actor, at=request.moment)
    except Refusal as refusal:
        named = open_namings(by=request.actor, at=request.moment)[:SHOWN]
        told = {"named": named, "about": naming.pk, "wrong": refusal.for_people(), "typed": reason}
        return render(request, "border_gate/ahead_asked.html", told, status=refusal.status)
    messages.info(request, _("The vehicle is not the firm's any more; the gate is told"))
    return redirect("border_gate:ahead_asked")
