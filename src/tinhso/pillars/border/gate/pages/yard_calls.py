"""Who was called and has not answered the reminders: whose area he stands in telephones, by this list."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from tinhso.kernel.access.may import visible
from tinhso.kernel.access.needs import needs
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.flows.states import CALLED
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import DECIDE_BARRIER
from tinhso.pillars.border.gate.queries.driver import answers
from tinhso.pillars.border.gate.queries.holding import but_others
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.limits import CALL_AGAIN, CALL_AGAIN_MOST

ROWS = 100


@never_cache
@require_safe
@needs(DECIDE_BARRIER)
def calls(request: Request) -> HttpResponse:
    """Five queries whatever the length."""
    law = law_at(request.moment)
    silent = request.moment - law.number(CALL_AGAIN).span * law.number(CALL_AGAIN_MOST).value
    rows = Trip.objects.filter(is_live=True, state=CALLED, called_at__lte=silent).select_related(
        "driver__person", "point", "buffer"
    )
    rows = but_others(rows, by=request.actor, at=request.moment)
    found = list(visible(rows, request.actor, DECIDE_BARRIER, request.moment).order_by("called_at")[:ROWS])
    since = {one.pk: one.called_at for one in found if one.called_at}
    answered = answers(since)
    context = {"rows": [(one, plates.show(one.tractor_plate)) for one in found if one.pk not in answered]}
    return render(request, "border_gate/yard_calls.html", context)
