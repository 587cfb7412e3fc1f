"""The help desk's list of drivers who ask to be called, and medical quarantine's look at a health form."""

from __future__ import annotations

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import asides
from tinhso.pillars.border.gate.models import HealthForm, HelpRequest
from tinhso.pillars.border.gate.pages.driver import TOPICS
from tinhso.pillars.border.gate.permissions import ANSWER_HELP, VIEW_HEALTH
from tinhso.pillars.border.gate.queries import guidance
from tinhso.pillars.border.gate.rules import health as form_rules
from tinhso.pillars.border.gate.rules import plates

LANGUAGES = {"vi": "Tiếng Việt", "en": "English", "zh-hans": "中文"}
TOPIC_TITLES = dict(TOPICS)


@never_cache
@require_safe
@needs(ANSWER_HELP)
def desk(request: Request) -> HttpResponse:
    """Who waits longest stands first; with those answered last below."""
    waiting = guidance.help_wanted(by=request.actor, at=request.moment)
    closed = guidance.help_wanted(by=request.actor, at=request.moment, closed=True, limit=20)
    template = "border_gate/_help_desk.html" if request.headers.get("X-Live") else "border_gate/help_desk.html"
    context = {"rows": [_row(one, request) for one in waiting], "closed": [_row(one, request) for one in closed]}
    return render(request, template, context)


@require_POST
@needs(ANSWER_HELP)
def take(request: Request, request_id: UUID) -> HttpResponse:
    """I call him."""
    asides.take_help(asked=_asked(request, request_id), by=request.actor, at=request.moment)
    return redirect("border_gate:help_desk")


@require_POST
@needs(ANSWER_HELP)
def close(request: Request, request_id: UUID) -> HttpResponse:
    """He was called; what came of it."""
    outcome = request.POST.get("outcome", "")
    asides.close_help(asked=_asked(request, request_id), outcome=outcome, by=request.actor, at=request.moment)
    messages.success(request, _("Noted as answered"))
    return redirect("border_gate:help_desk")


@never_cache
@require_safe
@needs(VIEW_HEALTH)
def health(request: Request, trip_id: UUID) -> HttpResponse:
    """A driver's answers, for medical quarantine alone; the reading is recorded."""
    rows = visible(HealthForm.objects.all(), request.actor, VIEW_HEALTH, request.moment).select_related("trip__point")
    form = rows.filter(trip=trip_id).first()
    if form is None:
        raise NotFound
    answers = asides.read_health(form=form, by=request.actor, at=request.moment)
    shown = [(words, answers.get(code, False)) for code, words in form_rules.questions().items()]
    context = {"form": form, "plate": plates.show(form.trip.tractor_plate), "answers": shown}
    return render(request, "border_gate/health_form.html", context)


def _asked(request: Request, request_id: UUID) -> HelpRequest:
    one = visible(HelpRequest.objects.all(), request.actor, ANSWER_HELP, request.moment).filter(pk=request_id).first()
    if one is None:
        raise NotFound
    return one


def _row(one: HelpRequest, request: Request) -> dict[str, object]:
    return {
        "one": one,
        "plate": plates.show(one.trip.tractor_plate),
        "topic": TOPIC_TITLES.get(one.topic, one.topic),
        "language": LANGUAGES.get(one.language, one.language),
        "mine": one.taken_by == request.actor.id,
    }
