"""Certificates with which machines come (RFC 8705 section 2.2): known by their digest, trusted as the key's own."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any
from urllib.parse import unquote

from cryptography import x509
from cryptography.hazmat.primitives.serialization import Encoding
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Invalid

HEADER = "HTTP_X_CLIENT_CERTIFICATE"
LONGEST = 16_000


def fingerprint(pem: str) -> bytes:
    """SHA-256 of a certificate given as PEM. Raises Invalid when it is none."""
    try:
        found = x509.load_pem_x509_certificate(pem.strip()[:LONGEST].encode())
    except ValueError:
        raise Invalid(_("paste the certificate as PEM text, from BEGIN to END"), field="certificate") from None
    return hashlib.sha256(found.public_bytes(Encoding.DER)).digest()


def shown_by(meta: Mapping[str, Any]) -> bytes | None:
    """The digest of the certificate that the caller proved to hold, as the web server tells it; None without one.

    Believed only where TINHSO_CERTIFICATES says that the web server writes this header itself.
    """
    sent = meta.get(HEADER, "") if settings.CLIENT_CERTIFICATES else ""
    if not sent:
        return None
    try:
        return fingerprint(unquote(sent))
    except Invalid:
        return None
