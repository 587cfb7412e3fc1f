"""How a telling is signed: HMAC-SHA256 over the timestamp, a full stop and the body.

The secret is stored nowhere: it follows from the platform's secret key, the subscription and its number, so that who
reads the database alone can sign nothing. A new number gives a new secret.
"""

from __future__ import annotations

import base64
import hashlib
import hmac

from django.utils.crypto import salted_hmac

from tinhso.kernel.machines.models import Subscription

SALT, MARK, VERSION = "kernel_machines.hook", "whs_", "v1"


def secret_of(subscription: Subscription) -> str:
    """The subscription's secret in clear: shown to its keeper once, else only used to sign."""
    made = salted_hmac(SALT, f"{subscription.pk}:{subscription.secret_no}", algorithm="sha256").digest()
    return MARK + base64.urlsafe_b64encode(made).decode().rstrip("=")


def signature(secret: str, timestamp: int, body: bytes) -> str:
    """`v1=` and 64 hexadecimal digits. The secret is used as it is written, mark included."""
    signed = hmac.new(secret.encode(), f"{timestamp}.".encode() + body, hashlib.sha256)
    return f"{VERSION}={signed.hexdigest()}"
