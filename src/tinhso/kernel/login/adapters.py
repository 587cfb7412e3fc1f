"""What allauth asks of us: who may sign up (nobody), what it says, how it keeps secrets."""

from __future__ import annotations

import base64
from typing import Any, cast

from allauth.account.adapter import DefaultAccountAdapter
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access import second_factor
from tinhso.kernel.identity.actions import note_signed_in
from tinhso.kernel.identity.backends import AccountBackend
from tinhso.kernel.identity.models import Account
from tinhso.kernel.login.landing import landing


class AccountAdapter(DefaultAccountAdapter):
    """Accounts are given by an agency: nobody signs up. Pages show the state, so no message repeats it."""

    error_messages = {
        **DefaultAccountAdapter.error_messages,
        "account_inactive": _("this account is closed: ask the administrator of your agency"),
        "enter_current_password": _("the present password is not right"),
        "incorrect_code": _("the code is wrong or too old: check it, or send a new one"),
        "incorrect_password": _("the password is not right"),
        "invalid_login": _("the user name or the password is not right"),
        "username_password_mismatch": _("the user name or the password is not right"),
        "too_many_login_attempts": _("too many wrong tries: wait five minutes"),
        "rate_limited": _("too many requests: wait a minute"),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def pre_login(self, request: HttpRequest, user: Account, **kwargs: Any) -> HttpResponse | None:
        """allauth signs in whomever the password names, so our own refusals are asked for here once more."""
        if not AccountBackend().user_can_authenticate(user):
            stopped: HttpResponse = self.respond_user_inactive(request, user)
            return stopped
        answer: HttpResponse | None = super().pre_login(request, user, **kwargs)
        return answer

    def login(self, request: HttpRequest, user: Account) -> None:
        super().login(request, user)
        note_signed_in(account=user)

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Where to go when no page was asked for before."""
        return landing(cast(Account, request.user))

    def add_message(self, *args: Any, **kwargs: Any) -> None:
        """Nothing to say."""


class SecondFactorAdapter(DefaultMFAAdapter):
    """TOTP secrets are encrypted under the installation's key; who must have two factors keeps one."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "cannot_delete_authenticator": _("your role needs two factors: set up another one first"),
        "cannot_generate_recovery_codes": _("set up an authenticator app or a passkey first"),
        "incorrect_code": _("the code is not right: wait for the next one in the app"),
    }

    def encrypt(self, text: str) -> str:
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return _cipher().decrypt(encrypted_text.encode()).decode()

    def generate_authenticator_name(self, user: Account, type: Authenticator.Type) -> str:
        number = Authenticator.objects.filter(user_id=user.pk, type=type).count() + 1
        return gettext("passkey {number}").format(number=number)

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        account = authenticator.user
        if not settings.FORCE_SECOND_FACTOR or not second_factor.is_needed(account.person_id):
            return True
        kept = Authenticator.objects.filter(user=account).exclude(pk=authenticator.pk)
        return bool(kept.exclude(type=Authenticator.Type.RECOVERY_CODES).exists())


def _cipher() -> Fernet:
    derive = HKDF(algorithm=SHA256(), length=32, salt=None, info=b"kernel_login.second_factor")
    return Fernet(base64.urlsafe_b64encode(derive.derive(settings.SECRET_KEY.encode())))
