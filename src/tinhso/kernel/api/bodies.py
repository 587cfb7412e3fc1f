"""Bodies that become keyword arguments."""

from __future__ import annotations

import json
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Invalid

NUL = b"\\u0000"
# Names that the platform itself passes beside what the caller sends.
RESERVED = frozenset({"self", "flow", "record", "step", "code", "by", "at", "expected"})


def object_of(request: HttpRequest) -> dict[str, Any]:
    """The body as a JSON object, empty when there is none. Raises Invalid."""
    if not request.body:
        return {}
    try:
        if NUL in request.body:
            raise ValueError("PostgreSQL's text holds no such letter")
        found = json.loads(request.body, parse_constant=_refuse_constant)
    except (ValueError, RecursionError) as wrong:
        raise Invalid(_("the body must be JSON"), code="not-json", status=400) from wrong
    if not isinstance(found, dict):
        raise Invalid(_("the body must be a JSON object"), code="not-an-object")
    if taken := RESERVED.intersection(found):
        raise Invalid(_("this name is reserved"), code="reserved-name", field=min(taken))
    return found


def _refuse_constant(name: str) -> None:
    """NaN and the infinities are not JSON, though Python reads them."""
    raise ValueError(name)
