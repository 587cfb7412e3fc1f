"""The routes of the kernel's rooms that lie below this one: figures, notices, search, data services, files."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, Literal
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja import File, Form, Router, UploadedFile

from tinhso.kernel.api import paging
from tinhso.kernel.api.answers import answer, unless_known
from tinhso.kernel.api.auth import anybody
from tinhso.kernel.api.bodies import object_of
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Invalid, NotFound
from tinhso.kernel.exchange import registry
from tinhso.kernel.exchange.call import call
from tinhso.kernel.files.actions import attach
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import readable
from tinhso.kernel.metrics import queries
from tinhso.kernel.notices import actions as tell
from tinhso.kernel.notices import queries as notices
from tinhso.kernel.notices.models import Notice
from tinhso.kernel.search.find import find

figures, own_notices, search, services, files = Router(), Router(), Router(), Router(), Router()
LONGEST = timedelta(days=3 * 366)


def routers() -> list[tuple[str, Any, str, Router]]:
    """Label, title, path under /api/v1/ and router of each."""
    return [
        ("kernel_metrics", _("figures"), "kernel/metrics", figures),
        ("kernel_notices", _("notices"), "kernel/notices", own_notices),
        ("kernel_search", _("search"), "kernel/search", search),
        ("kernel_exchange", _("exchange"), "kernel/exchange", services),
        ("kernel_files", _("files"), "kernel/files", files),
    ]


@figures.get("/figures", auth=anybody, summary="All figures that the caller may see")
def list_figures(request: HttpRequest) -> HttpResponse:
    found = queries.live_many(queries.names_for(request.actor), by=request.actor)
    return unless_known(request, {"items": [_figure(one) for one in found], "next": None})


@figures.get("/figures/{name}", auth=anybody, summary="One figure of now, beside what was published")
def read_figure(request: HttpRequest, name: str) -> HttpResponse:
    return unless_known(request, _figure(queries.live(name, by=request.actor)))


@figures.get("/figures/{name}/history", auth=anybody, summary="A figure's days from `since` to `until` (excluded)")
def read_figure_history(
    request: HttpRequest, name: str, since: date | None = None, until: date | None = None, area: str | None = None
) -> HttpResponse:
    last = until or clock.today() + timedelta(days=1)
    first = since or max(last, date(1900, 2, 1)) - timedelta(days=31)
    if not timedelta(0) <= last - first <= LONGEST:
        raise Invalid(_("ask for at most three years, since before until"), code="bad-period", field="since")
    days = queries.history(name, first, last, by=request.actor, area=area)
    return unless_known(request, {"items": days, "next": None})


def _figure(figure: queries.Figure) -> dict[str, Any]:
    """`age` is left out of what is compared: the moment says as much, and the ETag must hold still."""
    return {
        "name": figure.name,
        "title": figure.title,
        "unit": figure.unit,
        "public": figure.public,
        "dimensions": figure.dimensions,
        "value": figure.value,
        "parts": [{"of": key, "value": number} for key, number in figure.values.items() if key],
        "taken_at": figure.taken_at,
        "stale": figure.stale,
        "published": [
            {"value": row.value, "unit": row.unit, "as_of": row.as_of, "source": row.source, "note": row.note}
            for row in figure.references
        ],
    }


@own_notices.get("/notices", summary="The caller's own notices, newest first", openapi_extra=paging.PARAMETERS)
def list_notices(request: HttpRequest) -> HttpResponse:
    return paging.page(request, notices.notices_of(request.actor.id), _notice, order=("-id",))


@own_notices.get("/unread", summary="How many notices the caller has not read")
def count_unread(request: HttpRequest) -> HttpResponse:
    return unless_known(request, {"unread": notices.unread_count(request.actor.id)})


@own_notices.post("/notices/{uuid:notice}/received", summary="The caller's app has this notice")
def receive_notice(request: HttpRequest, notice: UUID) -> HttpResponse:
    if not tell.receive(recipient=request.actor.id, notice=notice):
        raise NotFound
    return answer(request, {"received": True})


@own_notices.post("/notices/{uuid:notice}/read", summary="The caller has read this notice")
def read_notice(request: HttpRequest, notice: UUID) -> HttpResponse:
    found = notices.notices_of(request.actor.id).filter(pk=notice)
    if not found.exists():
        raise NotFound
    tell.read(recipient=request.actor.id, at=request.moment, notice=notice)
    return answer(request, {"read": True})


def _notice(notice: Notice) -> dict[str, Any]:
    return {
        "id": notice.pk,
        "kind": notice.kind,
        "title": notice.title,
        "text": notice.text,
        "url": notice.url,
        "urgent": notice.urgent,
        "quiet": notice.quiet,
        "at": notice.at,
        "read_at": notice.read_at,
    }


@search.get("", auth=anybody, summary="Records of all rooms that hold the words, as far as the caller may see")
def find_records(request: HttpRequest, q: str, limit: int = 8) -> HttpResponse:
    groups = find(q, by=request.actor, at=request.moment, limit=max(1, min(limit, 50)))
    return unless_known(request, {"items": groups, "next": None})


@services.get("/services", summary="The catalogue of data services")
def list_services(request: HttpRequest) -> HttpResponse:
    return unless_known(request, {"items": registry.offers(), "next": None})


@services.post(
    "/services/{code}",
    summary="Ask a data service: the body holds its parameters",
    openapi_extra={"requestBody": {"content": {"application/json": {"schema": {"type": "object"}}}}},
)
def ask_service(request: HttpRequest, code: str) -> HttpResponse:
    return answer(request, {"answer": call(code, by=request.actor, at=request.moment, **object_of(request))})


@files.post("/attachments", summary="Attach a file to a record that the caller may add files to")
@idempotent
def attach_file(
    request: HttpRequest,
    file: File[UploadedFile],
    kind: Form[str],
    record_id: Form[UUID],
    classification: Form[Literal["public", "internal", "restricted"]] = "internal",
    marking: Form[str] = "",
    purpose: Form[str] = "",
) -> HttpResponse:
    made = attach(
        file,
        name=file.name or "",
        kind=kind,
        record_id=record_id,
        by=request.actor,
        at=request.moment,
        classification=classification,
        marking=marking,
        purpose=purpose[:60],
    )
    return answer(request, _file(made), status=201)


@files.get("/attachments/{uuid:attachment}", auth=anybody, summary="What is known of a file; `url` gives its bytes")
def read_file(request: HttpRequest, attachment: UUID) -> HttpResponse:
    return unless_known(request, _file(readable(attachment, by=request.actor, at=request.moment)))


def _file(attachment: Attachment) -> dict[str, Any]:
    return {
        "id": attachment.pk,
        "name": attachment.name,
        "media_type": attachment.content.media_type,
        "size": attachment.content.size,
        "sha256": attachment.content_id,
        "original_sha256": attachment.original,
        "classification": attachment.classification,
        "scan": attachment.content.verdict,
        "url": attachment.get_absolute_url(),
    }
