"""How an account of a session is loaded: with its person, in one query."""

from __future__ import annotations

from uuid import UUID

from allauth.account.auth_backends import AuthenticationBackend
from django.conf import settings

from tinhso.kernel.identity.models import Account


class AccountBackend(AuthenticationBackend):
    """Signs in by user name. An inactive account is nobody from the next request on, a demo one outside the demo."""

    def get_user(self, user_id: UUID | str) -> Account | None:
        account = Account.objects.select_related("person").filter(pk=user_id).first()
        return account if account and self.user_can_authenticate(account) else None

    def user_can_authenticate(self, user: Account) -> bool:
        return bool(super().user_can_authenticate(user)) and (not user.demo or settings.PROFILE == "demo")
