"""The pass to Zalo: it lives some 25 hours, and brings the next one by a second pass that may be used once."""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import dataclass, field
from datetime import timedelta
from typing import Any
from urllib.parse import urlencode

from cryptography.fernet import Fernet, InvalidToken
from django.db import transaction
from django.utils.crypto import salted_hmac

from tinhso.kernel.base import clock
from tinhso.kernel.base.outside.contract import NotReached, Poster
from tinhso.kernel.base.outside.https import Https
from tinhso.kernel.notices.channels.contract import CarrierDown
from tinhso.kernel.notices.models import ZaloPass

NEW = "https://oauth.zaloapp.com/v4/oa/access_token"
EARLY = timedelta(minutes=10)
MOST_BYTES = 65_536


@dataclass(frozen=True, slots=True, kw_only=True)
class Passes:
    """`first`: the refresh token that the administrator put in; it counts until the first pair was brought by it."""

    app: str
    secret: str
    first: str
    poster: Poster = field(default_factory=lambda: Https(reads=MOST_BYTES))
    url: str = NEW

    def access(self, fresh: bool = False) -> str:
        """The pass of now. One process at a time brings a new pair; the others wait for it. Raises CarrierDown."""
        row = ZaloPass.objects.order_by("pk").first()
        if row is not None and not fresh and self._holds(row):
            return _opened(row.access)
        with transaction.atomic():
            ZaloPass.objects.get_or_create(
                pk=1, defaults={"began_with": b"", "access": b"", "refresh": b"", "ends_at": clock.real()}
            )
            locked = ZaloPass.objects.select_for_update().get(pk=1)
            if self._holds(locked) and (row is None or locked.ends_at != row.ends_at):
                return _opened(locked.access)
            return self._brought(locked)

    def _holds(self, row: ZaloPass) -> bool:
        return bytes(row.began_with) == self._mark() and row.ends_at > clock.real() + EARLY

    def _mark(self) -> bytes:
        """A new first pass that the administrator put in begins anew."""
        return hashlib.sha256(self.first.encode()).digest()

    def _brought(self, row: ZaloPass) -> str:
        refresh = _opened(row.refresh) if bytes(row.began_with) == self._mark() else self.first
        said = self._asked(refresh)
        access, following = said.get("access_token"), said.get("refresh_token")
        if not access or not following:
            raise CarrierDown(f"Zalo gives no pass: {str(said.get('error_name') or said.get('error'))[:80]}")
        row.began_with, row.access, row.refresh = self._mark(), _sealed(str(access)), _sealed(str(following))
        row.ends_at = clock.real() + timedelta(seconds=int(said.get("expires_in") or 3600))
        row.save()
        return str(access)

    def _asked(self, refresh: str) -> dict[str, Any]:
        pairs = {"refresh_token": refresh, "app_id": self.app, "grant_type": "refresh_token"}
        headers = {"secret_key": self.secret, "Content-Type": "application/x-www-form-urlencoded"}
        try:
            said = json.loads(self.poster.post(self.url, urlencode(pairs).encode(), headers).body)
        except NotReached as silent:
            raise CarrierDown(str(silent)) from silent
        except ValueError as wrong:
            raise CarrierDown("Zalo gave no answer that can be read") from wrong
        return said if isinstance(said, dict) else {}


def _lock() -> Fernet:
    """Follows from the platform's secret key, so that who reads the database alone has no pass."""
    return Fernet(base64.urlsafe_b64encode(salted_hmac("kernel_notices.zalo", "pass", algorithm="sha256").digest()))


def _sealed(text: str) -> bytes:
    return _lock().encrypt(text.encode())


def _opened(sealed: bytes | memoryview) -> str:
    try:
        return _lock().decrypt(bytes(sealed)).decode()
    except InvalidToken as wrong:
        raise CarrierDown("the pass to Zalo was sealed with another secret key: put in a new one") from wrong
