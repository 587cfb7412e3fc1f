"""Addresses of apps that work without network: manifest, worker, who I am, enrolment, synchronisation."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.middleware.csrf import get_token
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from tinhso.kernel.access.may import may
from tinhso.kernel.base.errors import Invalid, NotFound, Refusal
from tinhso.kernel.base.plain import plain
from tinhso.kernel.web.offline import enrol as enrolment
from tinhso.kernel.web.offline.declare import APPS, OfflineApp
from tinhso.kernel.web.offline.inbox import Sent
from tinhso.kernel.web.offline.photos import take_photo
from tinhso.kernel.web.offline.sync import Report, synchronise
from tinhso.kernel.web.pages.app import icons
from tinhso.kernel.web.request import Request

THEME = (
    "desk.css", "desk.js", "icons.svg", "offline.js", "vendor/idb.js", "vendor/noble-ed25519.js",
    "fonts/be-vietnam-400.woff2", "fonts/be-vietnam-500.woff2", "fonts/be-vietnam-700.woff2",
    "fonts/ts-figures-400.woff2", "fonts/ts-figures-500.woff2", "fonts/ts-figures-700.woff2",
)  # fmt: skip


@require_safe
def base(request: HttpRequest, app: str) -> HttpResponse:
    """The address below which the app's others lie; who comes here by himself is led to the app."""
    return redirect(_app(app).start)


@require_safe
@cache_control(max_age=3600, public=True)
def manifest(request: HttpRequest, app: str) -> HttpResponse:
    """What makes the app installable."""
    found = _app(app)
    told = {
        "id": found.scope,
        "name": str(found.title),
        "short_name": str(found.short),
        "start_url": reverse(found.start),
        "scope": found.scope,
        "display": "standalone",
        "lang": "vi",
        "background_color": "#ffffff",
        "theme_color": "#17508f",
        "icons": icons(),
    }
    return JsonResponse(told, content_type="application/manifest+json")


@require_safe
@cache_control(no_cache=True)
def worker(request: HttpRequest, app: str) -> HttpResponse:
    """The app's service worker, with the addresses of its files written in: a new build is a new worker."""
    found = _app(app)
    files = [*(static(f"web/{name}") for name in THEME), *(static(name) for name in found.files)]
    context = {"files": files, "page": reverse(found.page), "taken_over": found.taken_over, "app": found.name}
    response = render(request, "web/offline_sw.js", context, content_type="text/javascript")
    response["Service-Worker-Allowed"] = found.scope
    return response


@require_safe
@never_cache
def me(request: Request, app: str) -> HttpResponse:
    """Who is signed in, and where he may set a device up."""
    found = _app(app)
    if request.actor.kind != "person":
        return JsonResponse({"name": "", "spots": []})
    spots = found.spots(request.actor, request.moment)
    asked = {one.right or found.enrol for one in spots}
    held = {right for right in asked if may(request.actor, right, at=request.moment)}
    told = [
        {"code": one.code, "title": one.title, "place": one.place, "kind": one.kind}
        for one in spots
        if (one.right or found.enrol) in held
    ]
    return _json({"name": request.actor.name, "spots": told, "csrf": get_token(request), "now": request.moment})


@require_POST
def enrol(request: Request, app: str) -> HttpResponse:
    """Take this device in."""
    found = _app(app)
    told = _body(request)
    wanted = set(told.get("spots") or ())
    try:
        spots = [one for one in found.spots(request.actor, request.moment) if one.code in wanted]
        device = enrolment.enrol(
            app=found,
            name=str(told.get("name") or ""),
            spots=spots,
            public_key=str(told.get("public_key") or ""),
            by=request.actor,
            at=request.moment,
        )
    except Refusal as refusal:
        return _json({"code": refusal.code, "detail": refusal.for_people()}, status=refusal.status)
    return _json({"device": device.pk, "name": device.device.name, "keys": found.keys(), "now": request.moment})


@csrf_exempt
@require_POST
@never_cache
def sync(request: Request, app: str) -> HttpResponse:
    """A device speaks for itself: its own key signed the body, so no cookie is trusted for what it says."""
    found = _app(app)
    try:
        told = _body(request)
        device = enrolment.device_of(found, UUID(str(told.get("device"))))
        enrolment.signed_by(device, request.body, request.headers.get("X-Device-Signature", ""))
        report = _report(told)
    except (ValueError, KeyError, TypeError):
        return _json({"code": "invalid"}, status=422)
    except Refusal as refusal:
        return _json({"code": refusal.code, "detail": refusal.for_people()}, status=refusal.status)
    answer = synchronise(app=found, device=device, report=report, by=request.actor, at=request.moment)
    return _json(answer, status={"clock-skew": 409, "device-revoked": 403}.get(answer.get("code", ""), 200))


@csrf_exempt
@require_POST
def photo(request: Request, app: str, device: UUID, digest: str) -> HttpResponse:
    """A picture that was taken without network, signed by the device like all that it sends."""
    found = _app(app)
    try:
        sender = enrolment.device_of(found, device)
        enrolment.signed_by(sender, request.body, request.headers.get("X-Device-Signature", ""))
        if sender.is_revoked:
            raise enrolment.DeviceUnknown
        take_photo(app=found, device=sender, digest=digest, picture=request.body, at=request.moment)
    except Refusal as refusal:
        return _json({"code": refusal.code, "detail": refusal.for_people()}, status=refusal.status)
    return _json({"kept": digest})


def _report(told: dict[str, Any]) -> Report:
    shift = told.get("shift_began_at")
    storage = told.get("storage")
    return Report(
        sent_at=_moment(told["sent_at"]),
        next_seq=int(told["next_seq"]),
        have=str(told.get("have") or ""),
        wants_list=bool(told.get("wants_list", True)),
        shift_began_at=_moment(shift) if shift else None,
        storage=storage if isinstance(storage, dict) else {},
        events=tuple(_sent(one) for one in told.get("events") or ()),
    )


def _sent(told: dict[str, Any]) -> Sent:
    payload = told["payload"]
    if not isinstance(payload, dict):
        raise TypeError
    return Sent(
        id=UUID(told["id"]),
        seq=int(told["seq"]),
        kind=str(told["kind"]),
        officer_id=UUID(told["officer"]),
        occurred_at=_moment(told["occurred_at"]),
        payload=payload,
        doubtful=bool(told.get("doubtful")),
    )


def _moment(text: str) -> datetime:
    found = datetime.fromisoformat(text)
    if found.tzinfo is None:
        raise ValueError(text)
    return found


def _body(request: HttpRequest) -> dict[str, Any]:
    try:
        told = json.loads(request.body)
    except ValueError:
        raise Invalid from None
    if not isinstance(told, dict):
        raise Invalid
    return told


def _json(told: dict[str, Any], status: int = 200) -> HttpResponse:
    return HttpResponse(
        json.dumps(told, default=plain, ensure_ascii=False), status=status, content_type="application/json"
    )


def _app(name: str) -> OfflineApp:
    if name not in APPS:
        raise NotFound
    return APPS.get(name)
