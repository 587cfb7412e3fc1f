"""Who sends a push: a short-lived statement to the push service, signed with the platform's own key (RFC 8292)."""

from __future__ import annotations

import json
from datetime import datetime, timedelta
from urllib.parse import urlsplit

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature

from tinhso.kernel.notices.channels.ece import base64url, point_of, private_key

LIVES = timedelta(hours=12)


def public_key(number: str) -> str:
    """What a browser has to know before it subscribes. Raises ValueError for a key that is none."""
    return base64url(point_of(private_key(number).public_key()))


def authorization(endpoint: str, *, number: str, contact: str, now: datetime) -> str:
    """The header for that push service: no other one can use it."""
    parts = urlsplit(endpoint)
    stated = {
        "aud": f"{parts.scheme}://{parts.netloc}",
        "exp": int((now + LIVES).timestamp()),
        "sub": contact,
    }
    head = base64url(json.dumps({"typ": "JWT", "alg": "ES256"}).encode())
    text = f"{head}.{base64url(json.dumps(stated).encode())}"
    key = private_key(number)
    r, s = decode_dss_signature(key.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    signature = base64url(r.to_bytes(32, "big") + s.to_bytes(32, "big"))
    return f"vapid t={text}.{signature}, k={base64url(point_of(key.public_key()))}"
