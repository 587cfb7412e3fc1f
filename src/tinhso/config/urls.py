"""Addresses: each room brings its own; this file only mounts them."""

from __future__ import annotations

from django.apps import apps
from django.urls import URLPattern, URLResolver, include, path

from tinhso.kernel.api.urls import addresses
from tinhso.kernel.modules.descriptor import Module, import_if_present


def pages() -> list[URLPattern | URLResolver]:
    """The pages of every room that has `pages/urls.py`, under its slug (the portal's slug is empty)."""
    found: list[URLPattern | URLResolver] = []
    for room in apps.get_app_configs():
        if isinstance(room, Module) and import_if_present(f"{room.name}.pages.urls"):
            prefix = f"{room.slug}/" if room.slug else ""
            found.append(path(prefix, include((f"{room.name}.pages.urls", room.label), namespace=room.label)))
    return found


urlpatterns: list[URLPattern | URLResolver] = [
    *addresses(),
    path("", include("tinhso.kernel.login.account_urls")),
    *pages(),
]

handler400 = "tinhso.kernel.web.pages.refusals.bad_request"
handler403 = "tinhso.kernel.web.pages.refusals.permission_denied"
handler404 = "tinhso.kernel.web.pages.refusals.not_found"
handler429 = "tinhso.kernel.web.pages.refusals.too_many"  # asked by allauth
handler500 = "tinhso.kernel.web.pages.refusals.server_error"
