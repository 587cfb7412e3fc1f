"""What an installed web app needs: its manifest, its service worker, a page for when the network is away."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_safe

SHEETS = ("public.css", "public.js", "icons.svg", "fonts/be-vietnam-400.woff2", "fonts/be-vietnam-700.woff2")
ICON = "web/app/icon-192.png"


def icons() -> list[dict[str, str]]:
    """The icons of an installed app, as its manifest names them."""
    return [
        {"src": static(f"web/app/{name}.png"), "sizes": f"{size}x{size}", "type": "image/png", "purpose": purpose}
        for name, size, purpose in (
            ("icon-192", 192, "any"),
            ("icon-512", 512, "any"),
            ("icon-maskable-512", 512, "maskable"),
        )
    ]


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest) -> HttpResponse:
    return JsonResponse(
        {
            "name": _("Tỉnh Số Lạng Sơn"),
            "short_name": "Tỉnh Số",
            "start_url": "/",
            "scope": "/",
            "display": "standalone",
            "lang": "vi",
            "background_color": "#ffffff",
            "theme_color": "#17508f",
            "icons": icons(),
        },
        content_type="application/manifest+json",
    )


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest) -> HttpResponse:
    """The service worker, with the addresses of the theme's files written in: a new build is a new worker."""
    files = [static(f"web/{name}") for name in SHEETS]
    return render(request, "web/sw.js", {"files": files, "push_icon": static(ICON)}, content_type="text/javascript")


@require_safe
@cache_control(max_age=3600, public=True)
def offline(request: HttpRequest) -> HttpResponse:
    return render(request, "web/offline.html")
