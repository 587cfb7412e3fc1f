"""The board's list of firms, those that want to be registered first; each firm's card with what may be done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.files.queries import files_of
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import registration as registering
from tinhso.pillars.border.gate.actions.firm_standing import CHANGES, change_firm
from tinhso.pillars.border.gate.models import Enterprise, Registration, Standing
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.permissions import KEEP_FIRMS
from tinhso.pillars.border.gate.queries import firm_list, registrations
from tinhso.pillars.border.gate.queries.filing import filed_of, firm_records
from tinhso.pillars.border.gate.queries.tax_marks import marks_of

TONES = {"pending": "wait", "active": "done", "booking_locked": "attn", "suspended": "stop"}
TITLES = {
    "confirm": _("Confirm the firm"),
    "suspend": _("Suspend the firm"),
    "restore": _("Let the firm work again"),
    "unlock": _("Unlock booking"),
    "prefer": _("Mark as priority enterprise"),
    "prefer_not": _("Take the priority mark off"),
}
DECISIONS = {
    "ask": registering.ask_registrant,
    "reject": registering.reject_registration,
}


@never_cache
@require_safe
@needs(KEEP_FIRMS)
def firms(request: Request) -> HttpResponse:
    """Found by name or tax code, or by how they stand."""
    words, standing = request.GET.get("q", "").strip(), request.GET.get("loc", "")
    standing = standing if standing in Standing.values else ""
    rows = list(firm_list.firms(words, standing=standing, at=request.moment)[: firm_list.SHOWN])
    numbers = firm_list.counts()
    context = {
        "waiting": list(registrations.waiting(by=request.actor, at=request.moment)[: firm_list.SHOWN]),
        "rows": [(firm, TONES[firm.standing]) for firm in rows],
        "tabs": [(code, title, numbers.get(code, 0)) for code, title in Standing.choices],
        "standing": standing,
        "words": words,
        "most": firm_list.SHOWN,
        "more": len(rows) == firm_list.SHOWN,
    }
    return render(request, "border_gate/firms.html", context)


@never_cache
@require_safe
@needs(KEEP_FIRMS)
def card(request: Request, firm_id: UUID) -> HttpResponse:
    """One firm: who it is, how it stands, what may be done."""
    firm = firm_list.firms(at=request.moment).filter(pk=firm_id).first()
    if firm is None:
        raise NotFound
    offers = [(code, TITLES[code]) for code, change in CHANGES.items() if change.fits(firm)]
    files = filed_of(firm_records(firm), **by(request))
    context = {
        "firm": firm,
        "tone": TONES[firm.standing],
        "offers": offers,
        "files": files,
        "tax_marks": marks_of(firm, at=request.moment),
    }
    return render(request, "border_gate/firm_card.html", context)


@require_POST
@needs(KEEP_FIRMS)
def change(request: Request, firm_id: UUID) -> HttpResponse:
    """Do what was chosen, with its reason."""
    firm = Enterprise.objects.filter(pk=firm_id).first()
    if firm is None:
        raise NotFound
    told: dict[str, Any] = {"change": request.POST.get("change", ""), "reason": request.POST.get("reason", "")}
    return act(request, lambda: change_firm(firm=firm, **told, **by(request)), fallback="border_gate:firms")


@never_cache
@require_safe
@needs(KEEP_FIRMS)
def registration_card(request: Request, registration_id: UUID) -> HttpResponse:
    """What a firm gave to be registered, with its licence."""
    wanted = registrations.registration_for(registration_id, **by(request))
    context = {
        "wanted": wanted,
        "files": files_of(registering.KIND, wanted.pk, **by(request)),
        "waits": wanted.state == Registration.SENT,
    }
    return render(request, "border_gate/registration_card.html", context)


@require_POST
@needs(KEEP_FIRMS)
def decide(request: Request, registration_id: UUID) -> HttpResponse:
    """Confirm, ask again, or reject with a reason."""
    wanted = registrations.registration_for(registration_id, **by(request))

    def decided() -> Any:
        if request.POST.get("decision") == "confirm":
            return registering.confirm_registration(wanted=wanted, **by(request))
        answer = DECISIONS.get(request.POST.get("decision", ""))
        if answer is None:
            raise NotFound
        return answer(wanted=wanted, reason=request.POST.get("reason", ""), **by(request))

    return act(request, decided, fallback="border_gate:firms")
