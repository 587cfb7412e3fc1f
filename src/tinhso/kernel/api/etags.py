"""Versions in HTTP: `If-None-Match` spares a reader what he has, `If-Match` keeps a writer from overwriting."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Invalid, Stale


def of_version(version: int) -> str:
    """The strong ETag of a record's version: `"7"`."""
    return f'"{version}"'


def is_known(request: HttpRequest, tag: str) -> bool:
    """Whether the reader says that he has this content (weak comparison, RFC 9110 §13.1.2)."""
    sent = request.META.get("HTTP_IF_NONE_MATCH")
    if not sent:
        return False
    known = {part.strip().removeprefix("W/") for part in sent.split(",")}
    return "*" in known or tag.removeprefix("W/") in known


def expected_version(request: HttpRequest) -> int | None:
    """The version that the writer saw, from If-Match; None when he does not say. Raises Invalid for nonsense."""
    sent = request.META.get("HTTP_IF_MATCH", "").strip()
    if sent in {"", "*"}:
        return None
    number = sent.strip('"')
    if sent.startswith("W/") or not number.isascii() or not number.isdigit() or len(number) > 9:
        raise Invalid(_("If-Match must be the ETag of the record you read"), code="bad-if-match", status=400)
    return int(number)


def require_version(request: HttpRequest, version: int) -> None:
    """Raise Stale (412) when the writer saw another version than `version`."""
    expected = expected_version(request)
    if expected is not None and expected != version:
        raise Stale(status=412)
