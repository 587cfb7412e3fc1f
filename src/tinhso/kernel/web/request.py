"""The request as our views see it: Django's, with what the middleware put on it."""

from __future__ import annotations

from datetime import datetime

from django.http import HttpRequest

from tinhso.kernel.access.duty import Standing
from tinhso.kernel.base.actor import Actor


class Request(HttpRequest):
    """For type hints: `moment` is the platform's, read once a request; `actor` is who asks, `duty` where he works."""

    moment: datetime
    actor: Actor
    duty: Standing
