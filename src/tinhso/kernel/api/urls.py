"""Everything under /api/, and what supervisors ask."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import URLPattern, URLResolver, include, path, re_path
from django.views.decorators.http import require_safe

from tinhso.kernel.api import errors, health, oauth, openapi
from tinhso.kernel.api.rooms import room_apis


@require_safe
def whole_document(request: HttpRequest) -> HttpResponse:
    return JsonResponse(openapi.whole_document())


@require_safe
def room_document(request: HttpRequest, label: str) -> HttpResponse:
    found = openapi.document(label)
    if found is None:
        return errors.problem(request, status=404, code="not-found")
    return JsonResponse(found)


@require_safe
def documents(request: HttpRequest) -> HttpResponse:
    """A page that lists every room's operations, for people who want to use the API."""
    whole = openapi.whole_document()
    rooms = [
        {
            "title": api.room_title,
            "path": api.prefix,
            "operations": [
                {"method": method.upper(), "path": address, **operation}
                for address, operations in whole["paths"].items()
                if address.startswith(f"{openapi.ROOT}{api.prefix}/")
                for method, operation in operations.items()
            ],
        }
        for api in room_apis()
    ]
    return render(request, "kernel_api/documents.html", {"rooms": rooms})


def no_such_address(request: HttpRequest) -> HttpResponse:
    return errors.problem(request, status=404, code="not-found")


def addresses() -> list[URLPattern | URLResolver]:
    """To be mounted at the root, before the pages."""
    inside: list[URLPattern | URLResolver] = []
    for api in room_apis():
        inside.append(path(f"v1/{api.prefix}/openapi.json", room_document, {"label": api.label}))
        inside.append(path(f"v1/{api.prefix}/", api.urls))
    inside += [
        path("oauth/token", oauth.token, name="oauth-token"),
        path("v1/openapi.json", whole_document, name="openapi"),
        path("v1/", documents, name="api-documents"),
        re_path(r"", no_such_address),
    ]
    return [
        path("api/", include(inside)),
        path(".well-known/oauth-authorization-server", oauth.metadata, name="oauth-metadata"),
        path("healthz", health.healthz),
        path("readyz", health.readyz),
        path("metrics", health.metrics),
    ]
