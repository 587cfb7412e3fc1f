"""Signing in, the list of one's sessions, one tap in the demo, and links with a one-time code."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from allauth.account.views import LoginView, password_change
from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_required
from django.contrib.auth.tokens import default_token_generator
from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import translation
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.audit.binding import acting_as
from tinhso.kernel.audit.record import record
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.identity import adapters
from tinhso.kernel.identity.actions import note_signed_in, open_link, send_code
from tinhso.kernel.identity.models import AccessLink, Account
from tinhso.kernel.identity.queries import LINK_IN_SESSION, link_of
from tinhso.kernel.login.demo_accounts import demo_accounts
from tinhso.kernel.login.forms import LinkCodeForm, NewPasswordForm
from tinhso.kernel.login.landing import landing

CODE_SHOWN = "kernel_login.code_shown"
LONGEST_LINK_SESSION = timedelta(days=7)
# A link has limits of its own (identity.actions); these are for whoever holds many, or guesses. Many holders stand
# behind one router of a telephone company.
CODES_SENT, CODES_TRIED, PASSWORDS_SET = Rate(30), Rate(60), Rate(20)


class SignIn(LoginView):
    """allauth's page; in the demo profile it also lists the accounts to try."""

    def get_context_data(self, **kwargs: Any) -> dict[str, Any]:
        context: dict[str, Any] = super().get_context_data(**kwargs)
        return context | {"demo_accounts": demo_accounts(), "next": self.request.GET.get("next", "")}


@require_POST
def try_as(request: HttpRequest) -> HttpResponse:
    """Sign in as a demo account with one tap; refused outside the demo profile."""
    if settings.PROFILE != "demo":
        raise PermissionDenied
    try:
        chosen = UUID(request.POST.get("account", ""))
    except ValueError:
        raise Http404 from None
    account = get_object_or_404(Account, pk=chosen, demo=True, is_active=True)
    auth.logout(request)
    auth.login(request, account)
    note_signed_in(account=account)
    return redirect(safe(request, request.POST.get("next", "")) or landing(account))


@login_required
@never_cache
@require_http_methods(["GET", "POST"])
def sessions(request: HttpRequest) -> HttpResponse:
    """Where one is signed in; any session can be ended, or all others at once."""
    own = UserSession.objects.purge_and_list(request.user)
    if request.method == "POST":
        chosen = request.POST.get("session", "")
        for session in own:
            if str(session.pk) == chosen or (chosen == "others" and not session.is_current()):
                session.end()
        return redirect("usersessions_list")
    rows = sorted(own, key=lambda session: (not session.is_current(), -session.created_at.timestamp()))
    return render(request, "usersessions/usersession_list.html", {"sessions": rows})


@never_cache
@limited("login.send_code", CODES_SENT, methods=("POST",))
@require_http_methods(["GET", "POST"])
def link(request: HttpRequest, token: str) -> HttpResponse:
    """The page of a link: whose it is, and the button that sends the code."""
    found = link_of(token)
    if found is None:
        return render(request, "kernel_login/link_closed.html", status=404)
    if request.session.get(LINK_IN_SESSION) == str(found.id):
        return redirect(found.path)
    with _language_of(request, found):
        if request.method == "GET":
            return _page(request, "kernel_login/link.html", found, token=token)
        try:
            code = send_code(link=found)
        except Refusal as refusal:
            return _page(request, "kernel_login/link.html", found, token=token, refusal=refusal.for_people())
    if adapters.sender().shows_code:
        request.session[CODE_SHOWN] = code
    return redirect("kernel_login:link_code", token=token)


@never_cache
@limited("login.try_code", CODES_TRIED, methods=("POST",))
@require_http_methods(["GET", "POST"])
def link_code(request: HttpRequest, token: str) -> HttpResponse:
    """The page that takes the code; the right one opens the session of the link's holder."""
    found = link_of(token)
    if found is None:
        return render(request, "kernel_login/link_closed.html", status=404)
    form = LinkCodeForm(request.POST or None)
    with _language_of(request, found):
        if request.method == "POST" and form.is_valid():
            try:
                # Whoever was signed in before, it is the link's holder who opens it.
                with acting_as(found.actor()):
                    opened = open_link(link=found, code=form.cleaned_data["code"].strip())
            except Refusal as refusal:
                form.add_error("code", refusal.for_people())
            else:
                return _enter(request, opened)
        shown = request.session.get(CODE_SHOWN, "") if adapters.sender().shows_code else ""
        return _page(request, "kernel_login/link_code.html", found, token=token, form=form, code_shown=shown)


@login_required
def change_password(request: HttpRequest) -> HttpResponse:
    """allauth's page; who has no password yet gets one through an administrator's link only. Raises Refusal."""
    if not cast(Account, request.user).has_usable_password():
        raise Refusal(
            _("this account has no password yet: ask the administrator of your agency for the link"),
            code="no-password",
        )
    response: HttpResponse = password_change(request)
    return response


@never_cache
@limited("login.new_password", PASSWORDS_SET, methods=("POST",))
@require_http_methods(["GET", "POST"])
def new_password(request: HttpRequest, account_id: UUID, token: str) -> HttpResponse:
    """Set a password through the link that an administrator had sent; it works once, and signs nobody in."""
    account = Account.objects.select_related("person").filter(pk=account_id, is_active=True).first()
    if account is None or not default_token_generator.check_token(account, token):
        return render(request, "kernel_login/link_closed.html", status=404)
    form = NewPasswordForm(account, request.POST or None)
    if request.method == "POST" and form.is_valid():
        with acting_as(account.person.actor()), transaction.atomic():
            form.save()
            record("identity.password_set", by=account.person.actor(), at=clock.real(), record_id=account.pk)
        return redirect("account_login")
    return render(request, "kernel_login/new_password.html", {"form": form, "account": account})


def _enter(request: HttpRequest, link: AccessLink) -> HttpResponse:
    """A new session that acts as the link's holder, whoever was signed in before."""
    auth.logout(request)
    request.session[LINK_IN_SESSION] = str(link.id)
    left = LONGEST_LINK_SESSION if link.expires_at is None else link.expires_at - clock.real()
    request.session.set_expiry(int(min(left, LONGEST_LINK_SESSION).total_seconds()))
    response = redirect(link.path)
    if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES:
        response.set_cookie(settings.LANGUAGE_COOKIE_NAME, link.language, samesite="Lax")
    return response


def _language_of(request: HttpRequest, link: AccessLink) -> Any:
    """The holder's language, unless the reader chose one."""
    chosen = settings.LANGUAGE_COOKIE_NAME in request.COOKIES
    return translation.override(translation.get_language() if chosen else link.language)


def _page(request: HttpRequest, template: str, link: AccessLink, **context: Any) -> HttpResponse:
    tail = link.phone[-3:]
    return render(request, template, {"link": link, "phone_tail": tail, **context})


def safe(request: HttpRequest, target: str) -> str:
    """`target` when it stays on this site, else nothing."""
    if url_has_allowed_host_and_scheme(target, allowed_hosts={request.get_host()}, require_https=request.is_secure()):
        return target
    return ""
