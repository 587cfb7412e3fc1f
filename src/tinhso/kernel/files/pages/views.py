"""The way out for files: by right, never run by a browser as a page of ours."""

from __future__ import annotations

from uuid import UUID

from django.http import FileResponse, Http404, HttpRequest, HttpResponseNotModified
from django.http.response import HttpResponseBase
from django.utils.http import content_disposition_header
from django.views.decorators.http import require_safe

from tinhso.kernel.audit.record import record
from tinhso.kernel.base.errors import NotFound
from tinhso.kernel.files import queries, storage
from tinhso.kernel.files.models import Attachment, Content

SHOWN_INSIDE = frozenset({"application/pdf", "image/jpeg", "image/png", "image/webp"})


@require_safe
def download(request: HttpRequest, attachment: UUID) -> HttpResponseBase:
    """The file; with `?xem` a picture or PDF is shown by the browser. Reading a restricted one is recorded."""
    try:
        found = queries.readable(attachment, by=request.actor, at=request.moment)
    except NotFound as missing:
        raise Http404 from missing
    path = storage.path_of(found.content_id)
    if found.content.verdict == Content.INFECTED or not path.exists():
        raise Http404
    if found.classification == Attachment.RESTRICTED:
        record(
            "kernel_files.read_attachment",
            by=request.actor,
            at=request.moment,
            kind="kernel_files.attachment",
            record_id=found.pk,
            of=found.record_id,
        )
    tag = f'"{found.content_id[:32]}"'
    if request.headers.get("If-None-Match") == tag:
        return HttpResponseNotModified()
    response = FileResponse(path.open("rb"), content_type=found.content.media_type)
    inside = "xem" in request.GET and found.content.media_type in SHOWN_INSIDE
    header = content_disposition_header(not inside, found.name)
    response.headers["Content-Disposition"] = header or "attachment"
    response.headers["Content-Length"] = str(found.content.size)
    response.headers["ETag"] = tag
    for name, value in SAFE_HEADERS.items():
        response.headers[name] = value
    if inside and found.content.media_type == "application/pdf":
        # Browsers refuse to show a PDF in a sandbox; their viewers run none of its code on our origin.
        response.headers["Content-Security-Policy"] = "default-src 'none'; object-src 'self'; frame-ancestors 'self'"
    return response


SAFE_HEADERS = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'unsafe-inline'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-cache",
    "Referrer-Policy": "no-referrer",
}
