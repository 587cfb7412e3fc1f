"""How much a caller may ask: a token bucket per actor or address, in an unlogged table that all processes share."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from ninja.throttling import BaseThrottle

from tinhso.kernel.api.models import Bucket
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY, Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.declare import every

# What the bucket holds now: what it held, and what has dripped in since, up to the brim.
HELD = "least(%s::float8, bucket.tokens + greatest(0, extract(epoch from excluded.at - bucket.at)) * %s::float8)"
TAKE = f"""
insert into kernel_api_bucket as bucket (name, tokens, at) values (%s::text, %s::float8 - 1, %s::timestamptz)
on conflict (name) do update set tokens = {HELD} - 1, at = excluded.at where {HELD} >= 1
returning tokens
"""  # noqa: S608 - both halves are constants of ours
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a minute on average; as many at once when the caller was quiet for a minute."""

    per_minute: int

    @property
    def per_second(self) -> float:
        return self.per_minute / 60


# Source: border brief §13. An address without an actor is many people behind one router.
PERSON, MACHINE, ADDRESS = Rate(60), Rate(600), Rate(120)


class TooMany(Refusal):
    code, status = "too-many-requests", 429


def rate_of(actor: Actor) -> Rate:
    return {"machine": MACHINE, "nobody": ADDRESS}.get(actor.kind, PERSON)


def take(name: str, rate: Rate, now: datetime) -> bool:
    """Take one token from the caller's bucket; False when it is empty. `now` is the machine's own clock."""
    burst, refill = float(rate.per_minute), rate.per_second
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [name, burst, now, burst, refill, burst, refill])
        return cursor.fetchone() is not None


def address_of(request: HttpRequest) -> str:
    """The caller's address. Of X-Forwarded-For only what our own proxies (TINHSO_PROXIES) wrote is believed."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(passed) >= proxies:
        return passed[-proxies][:64]
    return str(request.META.get("REMOTE_ADDR", ""))


class Limit(BaseThrottle):
    """The limit of every route. A route whose delay would stop traffic says `throttle=[]` (settled 14)."""

    def __init__(self) -> None:
        self._wait: float | None = None

    def allow_request(self, request: HttpRequest) -> bool:
        actor: Actor = getattr(request, "actor", NOBODY)
        name = address_of(request) if actor.kind == "nobody" else str(actor.id)
        return take(name, rate_of(actor), clock.real())

    def wait(self) -> float:
        return 1.0


@every(seconds=3600)
def forget_buckets(at: datetime) -> None:
    """Drop buckets that have been full for long; the rate limit goes by the machine's clock."""
    Bucket.objects.filter(at__lt=clock.real() - FORGOTTEN_AFTER).delete()
