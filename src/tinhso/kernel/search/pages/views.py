"""The page of the search box, and its answers while one types."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.modules.declare import SEARCHABLE, Hit
from tinhso.kernel.search.find import cleaned, find

ON_PAGE, ONE_KIND, QUICK = 8, 50, 5
# Each asks all rooms. The box asks while one types, so it may ask more often.
PAGES, KEYSTROKES = Rate(60), Rate(120)


@limited("search", PAGES)
@require_safe
def search(request: HttpRequest) -> HttpResponse:
    """Everything that was found, by kind; `?loai=` shows one kind at greater length."""
    words, kind = cleaned(request.GET.get("q", "")), request.GET.get("loai", "")
    one = kind in SEARCHABLE
    groups = find(
        words,
        by=request.actor,
        at=request.moment,
        limit=ONE_KIND if one else ON_PAGE,
        kinds=[kind] if one else None,
    )
    found = {"words": words, "kind": kind if one else "", "groups": groups}
    return render(request, "kernel_search/search.html", found)


@limited("search.quick", KEYSTROKES)
@require_safe
def quick(request: HttpRequest) -> HttpResponse:
    """A few of each kind as JSON, for the desk's box."""
    groups = find(request.GET.get("q", ""), by=request.actor, at=request.moment, limit=QUICK)
    answer = [
        {"kind": group.kind, "title": str(group.title), "more": group.more, "hits": [_shown(hit) for hit in group.hits]}
        for group in groups
    ]
    response = JsonResponse({"groups": answer})
    response.headers["Cache-Control"] = "private, no-store"
    return response


def _shown(hit: Hit) -> dict[str, str]:
    return {"title": str(hit.title), "url": hit.url, "text": str(hit.text)}
