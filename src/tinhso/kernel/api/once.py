"""A write that may be sent twice is done once: the key is taken inside the write's own transaction.

The unique row (actor, key) makes a second sender wait until the first has committed; then it finds
the first answer and replays it. A refused write takes no key, so it may be tried again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import wraps
from typing import Any

from django.core.exceptions import SuspiciousOperation
from django.core.files.uploadedfile import UploadedFile
from django.db import connection, transaction
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _
from ninja.decorators import decorate_view

from tinhso.kernel.api import auth, errors
from tinhso.kernel.api.models import GivenAnswer
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Invalid, Refusal
from tinhso.kernel.modules.declare import every

KEPT = timedelta(hours=24)
REPLAYED = "Idempotency-Replayed"
STORED_HEADERS = ("Content-Type", "ETag", "Location")
Run = Callable[..., HttpResponse]

CLAIM = """
insert into kernel_api_given_answer (actor, key, digest, headers, kept_until)
values (%s::uuid, %s::text, %s::bytea, '{}', %s::timestamptz)
on conflict (actor, key) do nothing returning id
"""


class KeyTaken(Refusal):
    code, status = "idempotency-key-reused", 409
    message = _("this key was used for another request: take a new key")


def sent_once(run: Run) -> Run:
    """Wrap an operation's run: with an Idempotency-Key it is done once per actor and key."""

    @wraps(run)
    def once(request: HttpRequest, **values: Any) -> HttpResponse:
        key = request.META.get("HTTP_IDEMPOTENCY_KEY")
        if key is None:
            return run(request, **values)
        try:
            actor = auth.identify(request)
            _check(key)
            if actor.kind == "nobody":
                return run(request, **values)
            return _once(request, actor, key, run, values)
        except Refusal as refusal:
            return errors.from_refusal(request, refusal)
        except SuspiciousOperation as wrong:
            return errors.from_suspicious(request, wrong)

    return once


idempotent = decorate_view(sent_once)


def _check(key: str) -> None:
    if not (1 <= len(key) <= 100 and key.isascii() and key.isprintable()):
        raise Invalid(
            _("Idempotency-Key must be 1 to 100 printable letters, best a UUID"), code="bad-idempotency-key", status=400
        )


def _once(request: HttpRequest, actor: Actor, key: str, run: Run, values: dict[str, Any]) -> HttpResponse:
    digest = digest_of(request)
    with transaction.atomic():
        claim = _claim(actor, key, digest, clock.real())
        if claim is None:
            return _replay(actor, key, digest)
        response = run(request, **values)
        if response.status_code >= 400:
            transaction.set_rollback(True)
        else:
            _keep(claim, response)
    return response


def digest_of(request: HttpRequest) -> bytes:
    """What makes two requests the same: method, address, query and body, byte for byte; of a form, what it holds."""
    parts = (request.method or "", request.get_full_path(), request.META.get("HTTP_IF_MATCH", ""))
    found = hashlib.sha256("\n".join(parts).encode() + b"\n")
    if request.content_type != "multipart/form-data":
        found.update(request.body)
        return found.digest()
    found.update(repr(sorted(request.POST.lists())).encode())
    for name, file in sorted(request.FILES.items()):
        assert isinstance(file, UploadedFile)
        found.update(f"\n{name}\n{file.name}\n{file.size}\n".encode())
        for chunk in file.chunks():
            found.update(chunk)
        file.seek(0)
    return found.digest()


def _claim(actor: Actor, key: str, digest: bytes, now: datetime) -> int | None:
    with connection.cursor() as cursor:
        cursor.execute(
            "delete from kernel_api_given_answer where actor = %s::uuid and key = %s::text"
            " and kept_until < %s::timestamptz",
            [actor.id, key, now],
        )
        cursor.execute(CLAIM, [actor.id, key, digest, now + KEPT])
        row = cursor.fetchone()
    return row and row[0]


def _replay(actor: Actor, key: str, digest: bytes) -> HttpResponse:
    given = GivenAnswer.objects.get(actor=actor.id, key=key)
    if bytes(given.digest) != digest:
        raise KeyTaken
    response = HttpResponse(bytes(given.content or b""), status=given.status or 200)
    for name, value in given.headers.items():
        response.headers[name] = value
    response.headers[REPLAYED] = "true"
    return response


def _keep(claim: int, response: HttpResponse) -> None:
    headers = {name: response.headers[name] for name in STORED_HEADERS if name in response.headers}
    GivenAnswer.objects.filter(pk=claim).update(status=response.status_code, headers=headers, content=response.content)


@every(seconds=3600)
def forget_answers(at: datetime) -> None:
    """Drop answers whose time is over, by the machine's clock."""
    GivenAnswer.objects.filter(kept_until__lt=clock.real()).delete()
