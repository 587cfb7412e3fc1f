"""The accounts that the demo profile offers on the login page, by role."""

from __future__ import annotations

from dataclasses import dataclass

from django.conf import settings

from tinhso.kernel.access.models import Grant
from tinhso.kernel.identity.models import Account


@dataclass(frozen=True, slots=True)
class DemoRole:
    title: str
    accounts: list[Account]


def demo_accounts() -> list[DemoRole]:
    """Demo accounts under the title of the first role of each; none outside the demo profile."""
    if settings.PROFILE != "demo":
        return []
    accounts = list(Account.objects.filter(demo=True, is_active=True).select_related("person").order_by("created_at"))
    titles = _first_roles([account.person_id for account in accounts])
    roles: dict[str, DemoRole] = {}
    for account in accounts:
        title = titles.get(account.person_id, "")
        roles.setdefault(title, DemoRole(title, [])).accounts.append(account)
    return list(roles.values())


def _first_roles(holders: list[object]) -> dict[object, str]:
    grants = Grant.objects.filter(holder_id__in=holders).select_related("role").order_by("-created_at", "-id")
    return {grant.holder_id: str(grant.role.shown_title) for grant in grants}
