"""The limit of every route of the API (kernel.access.limits counts)."""

from __future__ import annotations

from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from tinhso.kernel.access.limits import caller_of, rate_of, take
from tinhso.kernel.access.needs import acting
from tinhso.kernel.base import clock


class Limit(BaseThrottle):
    """A route whose delay would stop traffic says `throttle=[]` (settled 14)."""

    def allow_request(self, request: HttpRequest) -> bool:
        return take(caller_of(request), rate_of(acting(request)), clock.real())

    def wait(self) -> None:
        """How long is said with the refusal (errors.too_many): it differs from caller to caller."""
