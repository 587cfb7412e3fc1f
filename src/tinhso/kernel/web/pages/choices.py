"""Language and size of text: plain links that set a cookie, so that they work without script."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from tinhso.kernel.web.columns import keep
from tinhso.kernel.web.request import Request

YEAR = 365 * 24 * 3600
TEXT_COOKIE = "tinhso_text"


@never_cache
def language(request: HttpRequest, code: str) -> HttpResponse:
    if code not in dict(settings.LANGUAGES):
        raise Http404
    response = HttpResponseRedirect(_back(request))
    response.set_cookie(settings.LANGUAGE_COOKIE_NAME, code, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


@never_cache
def text_size(request: HttpRequest) -> HttpResponse:
    """Turn large text on or off."""
    large = request.COOKIES.get(TEXT_COOKIE) != "large"
    response = HttpResponseRedirect(_back(request))
    value = "large" if large else "normal"
    response.set_cookie(TEXT_COOKIE, value, max_age=YEAR, samesite="Lax", secure=request.is_secure())
    return response


def _back(request: HttpRequest) -> str:
    """Where the reader came from, if that is one of our own pages."""
    asked = request.GET.get("next", "/")
    own = url_has_allowed_host_and_scheme(asked, allowed_hosts={request.get_host()}, require_https=request.is_secure())
    return asked if own else "/"


@require_POST
def columns(request: Request, name: str) -> HttpResponse:
    """Keep which columns of a table this person leaves out."""
    known, shown = set(request.POST.getlist("known")), set(request.POST.getlist("shown"))
    keep(table=request.POST.get("table", name)[:60], hidden=known - shown, by=request.actor)
    return HttpResponseRedirect(_back(request))
