"""Receipts: the browser's for a push, the gateway's for a text message.

A browser shows the token that came sealed in the push, so that it needs no session to answer. A gateway signs what it
says: HMAC-SHA256 over the timestamp, a full stop and the body, as the platform signs its own calls.
"""

from __future__ import annotations

import hashlib
import hmac
import json
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.conf import settings
from django.core import signing
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden, Invalid, NotFound
from tinhso.kernel.notices import delivery
from tinhso.kernel.notices.models import Delivery

FRESH = timedelta(minutes=5)
DELIVERED, FAILED = "delivered", "failed"
UNDER_WAY = (Delivery.WAITING, Delivery.SENDING, Delivery.SENT)


def browser_has(token: str) -> None:
    """The browser has the push of this token. Raises NotFound for a token that is not ours."""
    try:
        pk = int(delivery.SIGNER.unsign(token))
    except (signing.BadSignature, ValueError) as wrong:
        raise NotFound from wrong
    way = Delivery.objects.filter(pk=pk, channel=Delivery.PUSH)
    with transaction.atomic():
        way.exclude(state=Delivery.RECEIVED).update(state=Delivery.RECEIVED, changed_at=clock.real())
        delivery.spare(way.values_list("notice_id", flat=True))


def gateway_says(body: bytes, *, timestamp: str, signature: str) -> bool:
    """What became of a text message: `{"id": …, "status": "delivered" or "failed", "error": …}`; said twice it changes
    nothing, and a failure after the receipt is not believed. Returns whether it is a message of ours.

    Raises Forbidden for a signature that does not hold or is older than five minutes, Invalid for another form.
    """
    _require_signature(body, timestamp, signature)
    said = _read(body)
    way = Delivery.objects.filter(notice_id=said["id"], channel=Delivery.SMS)
    if said["status"] == DELIVERED:
        known = way.exclude(state=Delivery.NOT_NEEDED)
        known.exclude(state=Delivery.RECEIVED).update(state=Delivery.RECEIVED, error="", changed_at=clock.real())
    elif said["status"] == FAILED:
        why = str(said.get("error") or "the network did not deliver it")[:200]
        way.filter(state__in=UNDER_WAY).update(state=Delivery.FAILED, error=why, changed_at=clock.real())
    return way.exists()


def _require_signature(body: bytes, timestamp: str, signature: str) -> None:
    signed = timestamp.encode() + b"." + body
    expected = [
        "v1=" + hmac.new(secret.encode(), signed, hashlib.sha256).hexdigest() for secret in settings.SMS_RECEIPT_SECRETS
    ]
    ours = any(hmac.compare_digest(one.encode(), signature.encode()) for one in expected)
    fresh = timestamp.isdecimal() and abs(clock.real().timestamp() - int(timestamp)) <= FRESH.total_seconds()
    if not (ours and fresh):
        raise Forbidden


def _read(body: bytes) -> dict[str, Any]:
    try:
        said = json.loads(body)
        return {**said, "id": UUID(str(said["id"])), "status": str(said["status"])}
    except (ValueError, TypeError, KeyError) as wrong:
        raise Invalid(_("a receipt holds id and status"), code="bad-receipt") from wrong
