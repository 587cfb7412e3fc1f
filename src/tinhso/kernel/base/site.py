"""The platform's own address, for what leaves it: text messages, e-mail, links to copy."""

from __future__ import annotations

from django.conf import settings


def whole(path: str) -> str:
    """A whole address from a path of this site: `/x/` becomes `https://host/x/`; a whole one stays as it is."""
    return f"{settings.SITE_URL}{path}" if path.startswith("/") else path
