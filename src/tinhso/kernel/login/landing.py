"""Where one goes after signing in: officials to their desk, by way of their place of duty; everybody else home."""

from __future__ import annotations

from django.conf import settings
from django.urls import reverse

from tinhso.kernel.access.duty import standing_of
from tinhso.kernel.base import clock
from tinhso.kernel.identity.models import Account
from tinhso.kernel.web.doors import official_doors


def landing(account: Account) -> str:
    """The desk for whoever may go through an official's door, once he has chosen where he works; else home."""
    if standing_of(account.person.actor(), clock.now()).must_choose:
        return reverse("kernel_login:duty")
    doors = official_doors(by=account.person.actor(), at=clock.now())
    return reverse("kernel_console:desk") if doors else str(settings.LOGIN_REDIRECT_URL)
