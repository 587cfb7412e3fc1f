"""Simulated systems: how each behaves, the switch for it, and what the simulated carriers took."""

from __future__ import annotations

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.audit.record import record
from tinhso.kernel.console.permissions import SWITCH_SIMULATED
from tinhso.kernel.modules.simulated import BEHAVIOURS, simulated_here
from tinhso.kernel.notices.queries import carried

SHOWN = 50
CARRIERS = "kernel_notices."
"""Of the simulated systems those that carry messages to people."""
TONES = {"well": "done", "slow": "wait", "wrong": "attn", "down": "stop"}


def words() -> dict[str, str]:
    return {"well": _("works"), "slow": _("slow"), "wrong": _("wrong"), "down": _("down")}


@never_cache
@require_safe
@needs(SWITCH_SIMULATED, everywhere=True)
def simulated(request: HttpRequest) -> HttpResponse:
    """Only what is simulated here; the messages stand in place of the telephones that nobody has."""
    told = words()
    here = list(simulated_here())
    rows = [
        {"system": one, "state": state, "word": told[state], "tone": TONES[state]}
        for one, state in ((one, one.state()) for one in here)
    ]
    carries = any(one.name.startswith(CARRIERS) for one in here)
    taken = carried(SHOWN) if carries else []
    context = {"rows": rows, "choices": told.items(), "carries": carries, "carried": taken}
    return render(request, "kernel_console/simulated.html", context)


@require_POST
@needs(SWITCH_SIMULATED, everywhere=True)
def switch(request: HttpRequest, name: str) -> HttpResponse:
    """Make one system behave otherwise; who did it, and how it behaved before, stays in the trail."""
    one = next((one for one in simulated_here() if one.name == name), None)
    after = next((choice for choice in BEHAVIOURS if choice == request.POST.get("choice")), None)
    if one is None or after is None:
        raise Http404
    before = one.state()
    if after != before:
        with transaction.atomic():
            one.switch(after)
            record(
                "kernel_console.switch_simulated",
                by=request.actor,
                at=request.moment,
                system=name,
                before=before,
                after=after,
            )
    messages.success(request, f"{one.title}: {words()[after]}")
    return redirect("kernel_console:simulated")
