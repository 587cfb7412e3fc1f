"""The desk: everything that waits for an official, whatever module it comes from; where he lands after signing in."""

from __future__ import annotations

from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.console import desk as waiting
from tinhso.kernel.notices.queries import notices_of
from tinhso.kernel.web.doors import doors_of
from tinhso.kernel.web.request import Request

NOTICES = 6
LATE = "late"


@require_safe
def desk(request: Request) -> HttpResponse:
    """Tasks of all modules at the left; the one opened, or notices and what was done today, at the right."""
    if request.actor == NOBODY:
        return redirect_to_login(request.get_full_path())
    doors = doors_of(request)
    if not doors:
        return redirect("/")
    heaps = waiting.heaps(by=request.actor, at=request.moment)
    everything = waiting.in_order(line for heap in heaps for line in heap.lines)
    late = [line for line in everything if line.is_late]
    chosen = request.GET.get("loc", "")
    shown = late if chosen == LATE else [line for line in everything if chosen in ("", line.source)]
    context = {
        "heaps": heaps,
        "lines": shown,
        "chosen": chosen,
        "late": len(late),
        "total": f"{len(everything)}+" if any(heap.more for heap in heaps) else len(everything),
        "failed": [heap for heap in heaps if heap.failed],
    }
    if request.headers.get("X-Live"):
        return render(request, "kernel_console/_desk_list.html", context)
    context |= {
        "doors": doors,
        "topics": " ".join(waiting.topics(by=request.actor, at=request.moment)),
        "notices": list(notices_of(request.actor.id, quiet=False)[:NOTICES]),
        "done": waiting.done_by(by=request.actor, at=request.moment),
    }
    return render(request, "kernel_console/desk.html", context)
