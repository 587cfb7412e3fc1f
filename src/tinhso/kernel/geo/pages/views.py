"""The public map: a page, its style and its tiles. What it shows is public; nobody needs a right for it."""

from __future__ import annotations

from datetime import date

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.cache import patch_cache_control
from django.views.decorators.http import conditional_page, require_safe

from tinhso.kernel.base import clock, text
from tinhso.kernel.geo import queries, tiles
from tinhso.kernel.geo.picture import picture as draw
from tinhso.kernel.geo.style import first_view
from tinhso.kernel.geo.style import style as map_style

TILE_TYPE = "application/vnd.mapbox-vector-tile"
KEPT_SECONDS = 3600
MARKED_MOST = 100


@require_safe
def map_page(request: HttpRequest) -> HttpResponse:
    """The map, and below it the same in words."""
    day = _day(request)
    communes = sorted(queries.areas_on(day, level="commune"), key=lambda area: text.alphabet_key(_bare(area.name)))
    marked = _marked(request)
    chosen = [area for area in communes if area.code in marked]
    return render(
        request,
        "kernel_geo/map.html",
        {
            "communes": communes,
            "chosen": chosen,
            "places": sorted(queries.places(), key=lambda place: text.alphabet_key(place.name)),
            "schematic": any(area.schematic for area in communes),
            "style": f"{reverse('kernel_geo:style')}?{request.GET.urlencode()}",
            "picture": f"{reverse('kernel_geo:picture')}?{request.GET.urlencode()}&",
            "view": first_view(chosen or communes),
        },
    )


@require_safe
@conditional_page
def style(request: HttpRequest) -> HttpResponse:
    """The style of the map, with some units marked: `?xa=06001,06004`."""
    address = request.build_absolute_uri(reverse("kernel_geo:map"))
    suffix = f"?ngay={_day(request).isoformat()}" if "ngay" in request.GET else ""
    return JsonResponse(map_style(f"{address}o/{{layer}}/{{z}}/{{x}}/{{y}}.pbf{suffix}", marked=_marked(request)))


@require_safe
@conditional_page
def picture(request: HttpRequest) -> HttpResponse:
    """The same map as one SVG, where the browser cannot draw it; with `?ten=1` every name; kept for an hour."""
    drawn = draw(day=_day(request), marked=_marked(request), names="ten" in request.GET)
    response = HttpResponse(drawn, content_type="image/svg+xml")
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response


@require_safe
@conditional_page
def tile(request: HttpRequest, layer: str, z: int, x: int, y: int) -> HttpResponse:
    """One tile of one layer, kept for an hour and then asked for by its digest."""
    if layer not in tiles.LAYERS or not tiles.exists(z, x, y):
        raise Http404
    response = HttpResponse(tiles.tile(layer, z, x, y, day=_day(request)), content_type=TILE_TYPE)
    patch_cache_control(response, public=True, max_age=KEPT_SECONDS)
    return response


def _day(request: HttpRequest) -> date:
    """The day asked for with `?ngay=2026-11-25`, else today; what is no day is not found."""
    try:
        return date.fromisoformat(request.GET["ngay"]) if "ngay" in request.GET else clock.today()
    except ValueError:
        raise Http404 from None


def _marked(request: HttpRequest) -> list[str]:
    codes = request.GET.get("xa", "").split(",")
    return [code for code in codes if code.isdigit() and len(code) == 5][:MARKED_MOST]


def _bare(name: str) -> str:
    """The name without Xã, Phường: what the list is sorted by."""
    return name.partition(" ")[2] or name
