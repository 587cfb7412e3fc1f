"""How much a caller may ask: a token bucket per actor or address, in an unlogged table that all processes share.

The API's routes (kernel.api) and costly public pages (`@limited`) take from it.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from ipaddress import IPv6Address, IPv6Network, ip_address
from math import ceil
from typing import Any

from django.conf import settings
from django.db import connection
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Bucket
from tinhso.kernel.access.needs import View, acting
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.declare import every

# What the bucket holds now: what it held, and what has dripped in since, up to the brim.
HELD = "least(%s::float8, bucket.tokens + greatest(0, extract(epoch from excluded.at - bucket.at)) * %s::float8)"
TAKE = f"""
insert into kernel_access_bucket as bucket (name, tokens, at) values (%s::text, %s::float8 - 1, %s::timestamptz)
on conflict (name) do update set tokens = {HELD} - 1, at = excluded.at where {HELD} >= 1
returning tokens
"""  # noqa: S608 - both halves are constants of ours
LONGEST_NAME = 80
FORGOTTEN_AFTER = timedelta(hours=1)


@dataclass(frozen=True, slots=True)
class Rate:
    """So many requests a minute on average; as many at once when the caller was quiet for a minute."""

    per_minute: int

    @property
    def per_second(self) -> float:
        return self.per_minute / 60

    @property
    def wait(self) -> int:
        """Seconds until an empty bucket holds a token again."""
        return ceil(1 / self.per_second)


# Source: border brief §13. An address without an actor is many people behind one router.
PERSON, MACHINE, ADDRESS = Rate(60), Rate(600), Rate(120)


class TooMany(Refusal):
    """Its fact `retry_after` (seconds) becomes the header Retry-After."""

    code, status = "too-many-requests", 429
    message = _("this was asked too often from your device or network")


def rate_of(actor: Actor) -> Rate:
    return {"machine": MACHINE, "nobody": ADDRESS}.get(actor.kind, PERSON)


def take(name: str, rate: Rate, now: datetime) -> bool:
    """Take one token from the caller's bucket; False when it is empty. `now` is the machine's own clock."""
    burst, refill = float(rate.per_minute), rate.per_second
    with connection.cursor() as cursor:
        cursor.execute(TAKE, [name[:LONGEST_NAME], burst, now, burst, refill, burst, refill])
        return cursor.fetchone() is not None


def limited(what: str, rate: Rate, *, methods: tuple[str, ...] = ()) -> Callable[[View], View]:
    """Let each caller open the view so often; of the named methods only these count. Raises TooMany.

    `what` names the bucket: views of one name share it.
    """

    def around(view: View) -> View:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            counts = not methods or request.method in methods
            if counts and not take(f"{what} {caller_of(request)}", rate, clock.real()):
                raise TooMany(retry_after=rate.wait)
            return view(request, *args, **kwargs)

        counted.rate = rate  # type: ignore[attr-defined]
        return counted

    return around


def caller_of(request: HttpRequest) -> str:
    """Who asks, for counting: the actor, or the network of whoever is nobody."""
    actor = acting(request)
    return network_of(address_of(request)) if actor.kind == "nobody" else str(actor.id)


def address_of(request: HttpRequest) -> str:
    """The caller's address. Of X-Forwarded-For only what our own proxies (TINHSO_PROXIES) wrote is believed."""
    proxies: int = settings.ALLAUTH_TRUSTED_PROXY_COUNT
    passed = [part.strip() for part in request.META.get("HTTP_X_FORWARDED_FOR", "").split(",") if part.strip()]
    if proxies and len(passed) >= proxies:
        return passed[-proxies][:64]
    return str(request.META.get("REMOTE_ADDR", ""))


def network_of(address: str) -> str:
    """The address itself; of IPv6 the /64 that one household is given, for its owner may change the rest at will."""
    try:
        found = ip_address(address)
    except ValueError:
        return address
    return str(IPv6Network((found, 64), strict=False)) if isinstance(found, IPv6Address) else address


@every(seconds=3600)
def forget_buckets(at: datetime) -> None:
    """Drop buckets that have been full for long; the rate limit goes by the machine's clock."""
    Bucket.objects.filter(at__lt=clock.real() - FORGOTTEN_AFTER).delete()
