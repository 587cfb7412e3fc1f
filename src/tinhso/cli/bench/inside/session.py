"""A signed-in session for a viewer: the demo's account that sees all trips."""

from __future__ import annotations

from django.conf import settings
from django.test import Client

from tinhso.kernel.identity.models import Account

VIEWER = "thanhtra"


def run() -> dict[str, str]:
    client = Client()
    client.force_login(Account.objects.get(username=VIEWER))
    return {"cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}"}
