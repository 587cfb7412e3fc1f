"""One shape for everything that goes wrong: problem+json (RFC 9457)."""

from __future__ import annotations

import logging
from collections.abc import Callable
from typing import Any

from django.core.exceptions import PermissionDenied, RequestDataTooBig, SuspiciousOperation
from django.core.exceptions import ValidationError as FieldsInvalid
from django.core.signals import got_request_exception
from django.db import DataError, OperationalError
from django.db import Error as DjangoDatabaseError
from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from ninja.errors import HttpError, Throttled, ValidationError
from psycopg import Error as DatabaseError

from tinhso.kernel.access.limits import TooMany, rate_of
from tinhso.kernel.access.needs import acting
from tinhso.kernel.api.answers import write
from tinhso.kernel.base.errors import Refusal

MEDIA_TYPE = "application/problem+json"
TYPE = "urn:tinhso:problem:"
log = logging.getLogger("tinhso.api")

TITLES: dict[int, Any] = {
    400: _("the request cannot be read"),
    401: _("sign in first"),
    403: _("not allowed"),
    404: _("not found"),
    405: _("this address does not take that method"),
    409: _("not possible in the present state"),
    412: _("the record has changed"),
    413: _("too large"),
    415: _("this kind of content is not taken"),
    422: _("something filled in is not right"),
    429: _("too many requests"),
    500: _("an error of ours"),
    503: _("not available at the moment"),
}
DETAILS: dict[str, Any] = {
    "missing": _("this must be filled in"),
    "int_parsing": _("this must be a whole number"),
    "int_type": _("this must be a whole number"),
    "int_from_float": _("this must be a whole number"),
    "float_parsing": _("this must be a number"),
    "decimal_parsing": _("this must be a number"),
    "bool_parsing": _("this must be yes or no"),
    "uuid_parsing": _("this must be an identifier (UUID)"),
    "datetime_parsing": _("this must be a date and time such as 2026-11-22T14:05:00+07:00"),
    "datetime_from_date_parsing": _("this must be a date and time such as 2026-11-22T14:05:00+07:00"),
    "date_parsing": _("this must be a date such as 2026-11-22"),
    "date_from_datetime_parsing": _("this must be a date such as 2026-11-22"),
    "string_type": _("this must be text"),
    "string_too_long": _("this is too long"),
    "string_too_short": _("this is too short"),
    "extra_forbidden": _("this field is not known"),
    "json_invalid": _("this is not JSON"),
}
OTHER_DETAIL = _("this value is not taken")
# SQLSTATEs that our own functions in the database raise (see the kernel's contracts).
STATES = {"FI401": 401, "FI403": 403, "FI404": 404, "FI409": 409, "FI422": 409, "FI423": 409}


# What the kernel itself refuses keeps its status, also when a flow words the refusal.
PLAIN = {"nobody": 401, "forbidden": 403, "not-found": 404}


def problem(
    request: HttpRequest,
    *,
    status: int,
    code: str,
    detail: str = "",
    errors: list[dict[str, Any]] | None = None,
    **more: Any,
) -> HttpResponse:
    """The answer to a request that was not fulfilled; `errors` name the fields, `more` are the facts."""
    body: dict[str, Any] = {
        "type": TYPE + code,
        "title": str(TITLES.get(status, TITLES[500 if status >= 500 else 400])),
        "status": status,
        "detail": detail or str(TITLES.get(status, "")),
        "code": code,
        "instance": request.path,
    }
    if errors:
        body["errors"] = errors
    body.update({key: value for key, value in more.items() if value})
    response = HttpResponse(write(body), status=status, content_type=MEDIA_TYPE)
    if status == 401:
        response.headers["WWW-Authenticate"] = 'Bearer realm="tinhso"'
    return response


def from_refusal(request: HttpRequest, refusal: Refusal) -> HttpResponse:
    """A rule said no. A stale write that named its version answers 412, as RFC 9110 wants."""
    status = PLAIN.get(refusal.code, refusal.status)
    if refusal.code == "stale" and request.META.get("HTTP_IF_MATCH"):
        status = 412
    detail = refusal.for_people()
    errors = [{"field": refusal.field, "code": refusal.code, "detail": detail}] if refusal.field else None
    facts = _safe(refusal.facts)
    response = problem(request, status=status, code=refusal.code, detail=detail, errors=errors, facts=facts)
    if "retry_after" in facts:
        response.headers["Retry-After"] = str(facts["retry_after"])
    return response


def _safe(facts: dict[str, Any]) -> dict[str, Any]:
    """Facts that JSON can hold; anything else stays inside."""
    kept = (str, int, float, bool, list, tuple, type(None))
    return {key: value if isinstance(value, kept) else str(value) for key, value in facts.items()}


def from_validation(request: HttpRequest, invalid: ValidationError) -> HttpResponse:
    errors = [_field_error(error) for error in invalid.errors]
    detail = ngettext("%(count)d field is not right", "%(count)d fields are not right", len(errors))
    return problem(request, status=422, code="invalid", detail=detail % {"count": len(errors)}, errors=errors)


def _field_error(error: dict[str, Any]) -> dict[str, Any]:
    """`{"type": "missing", "loc": ("body", "trip", "plate")}` becomes field `plate` with a sentence."""
    place = [str(part) for part in error.get("loc", ())]
    code = str(error.get("type", "invalid"))
    return {
        "field": ".".join(place[2:] if place[:1] in (["body"], ["form"]) and len(place) > 2 else place[1:]),
        "in": place[0] if place else "body",
        "code": code.replace("_", "-"),
        "detail": str(DETAILS.get(code, OTHER_DETAIL)),
    }


def from_fields(request: HttpRequest, invalid: FieldsInvalid) -> HttpResponse:
    """Django's own validation, as model fields and forms raise it."""
    found = invalid.message_dict if hasattr(invalid, "error_dict") else {"": invalid.messages}
    errors = [
        {"field": field, "code": "invalid", "detail": message}
        for field, messages in found.items()
        for message in messages
    ]
    return problem(request, status=422, code="invalid", errors=errors)


def from_http(request: HttpRequest, error: HttpError) -> HttpResponse:
    codes = {400: "bad-request", 401: "unauthenticated", 403: "forbidden", 404: "not-found", 429: "too-many-requests"}
    return problem(request, status=error.status_code, code=codes.get(error.status_code, "refused"))


def from_throttle(request: HttpRequest, throttled: Throttled) -> HttpResponse:
    return from_refusal(request, too_many(request))


def too_many(request: HttpRequest) -> TooMany:
    """The refusal of a caller whose bucket is empty: its fact `retry_after` is until it holds a token again."""
    wait = rate_of(acting(request)).wait
    return TooMany(gettext("wait %(seconds)d seconds and try again") % {"seconds": wait}, retry_after=wait)


def from_missing(request: HttpRequest, missing: Exception) -> HttpResponse:
    return problem(request, status=404, code="not-found")


def from_denial(request: HttpRequest, denied: PermissionDenied) -> HttpResponse:
    return problem(request, status=403, code="forbidden")


def from_suspicious(request: HttpRequest, wrong: SuspiciousOperation) -> HttpResponse:
    """A body larger than is read at once, or one that Django takes for an attack."""
    if isinstance(wrong, RequestDataTooBig):
        return problem(request, status=413, code="too-large")
    return problem(request, status=400, code="bad-request")


def from_database(request: HttpRequest, error: Exception) -> HttpResponse:
    """Our functions' refusals by SQLSTATE; a database that cannot be reached is 503, the rest our error.

    A value that never got there, since PostgreSQL's text has no such letter (NUL), is the caller's error.
    """
    cause = error if isinstance(error, DatabaseError) else error.__cause__
    state = getattr(cause, "sqlstate", None)
    if state in STATES:
        diag = getattr(cause, "diag", None)
        code = (diag and diag.message_detail) or {401: "unauthenticated", 403: "forbidden", 404: "not-found"}.get(
            STATES[state], "refused"
        )
        return problem(request, status=STATES[state], code=code)
    if isinstance(error, DataError) and state is None:
        return from_unwritable(request, error)
    if isinstance(error, OperationalError) and state is None:
        log.error("the database cannot be reached: %s", error)
        response = problem(request, status=503, code="database-unavailable")
        response.headers["Retry-After"] = "5"
        return response
    return from_bug(request, error)


def from_unwritable(request: HttpRequest, error: Exception) -> HttpResponse:
    """Text that no database and no answer can hold, such as half of a surrogate pair."""
    return problem(request, status=400, code="bad-request")


def from_bug(request: HttpRequest, error: Exception) -> HttpResponse:
    """An error of ours: logged in full, told without any inside."""
    log.error("an API request failed: %s %s", request.method, request.path, exc_info=error)
    got_request_exception.send(sender=None, request=request)
    return problem(request, status=500, code="internal")


HANDLERS: tuple[tuple[type[Exception], Callable[[HttpRequest, Any], HttpResponse]], ...] = (
    (Refusal, from_refusal),
    (ValidationError, from_validation),
    (FieldsInvalid, from_fields),
    (Throttled, from_throttle),
    (HttpError, from_http),
    (Http404, from_missing),
    (PermissionDenied, from_denial),
    (SuspiciousOperation, from_suspicious),
    (DjangoDatabaseError, from_database),
    (DatabaseError, from_database),
    (UnicodeEncodeError, from_unwritable),
    (Exception, from_bug),
)
