"""People, accounts, posts and roles: what is changed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.db import transaction
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access import actions as access
from tinhso.kernel.access.models import Grant
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock, site
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.console import accounts, granting, permissions
from tinhso.kernel.console.pages.people.forms import (
    AccountForm,
    ContactForm,
    DelegateForm,
    GrantForm,
    PersonForm,
    PostForm,
    tell,
)
from tinhso.kernel.geo.models import Place
from tinhso.kernel.identity.models import Account, Person
from tinhso.kernel.organisations.models import AdminUnit, Agency, AgencyKind, Post
from tinhso.kernel.web.request import Request

FORM = "kernel_console/people/form.html"
fills_in = require_http_methods(["GET", "HEAD", "POST"])


@fills_in
@needs(permissions.MANAGE_PEOPLE)
def new_person(request: Request) -> HttpResponse:
    """A person, and an account when a user name is given."""
    form = PersonForm(request.POST or None)

    def enter() -> HttpResponse:
        facts = form.cleaned_data
        with transaction.atomic():
            person = accounts.enter_person(
                full_name=facts["full_name"], phone=facts["phone"], email=facts["email"], **_by(request)
            )
            if facts["username"]:
                accounts.open_account(person=person, username=facts["username"], **_by(request))
        return redirect("kernel_console:person", person.pk)

    return _filled(request, form, enter, title=_("New person"), verb=_("Enter the person"))


@fills_in
@needs(permissions.MANAGE_PEOPLE)
def contact(request: Request, person_id: UUID) -> HttpResponse:
    """Telephone and mailbox of a person who is already entered."""
    person = _person(person_id)
    form = ContactForm(request.POST or None, person=person)

    def write() -> HttpResponse:
        accounts.change_contact(person=person, **form.cleaned_data, **_by(request))
        return redirect("kernel_console:person", person.pk)

    return _filled(request, form, write, title=_("Change contact data"), verb=_("Save the changes"), person=person)


@fills_in
@needs(permissions.MANAGE_PEOPLE)
def new_account(request: Request, person_id: UUID) -> HttpResponse:
    person = _person(person_id)
    form = AccountForm(request.POST or None)

    def enter() -> HttpResponse:
        accounts.open_account(person=person, username=form.cleaned_data["username"], **_by(request))
        return redirect("kernel_console:person", person.pk)

    return _filled(request, form, enter, title=_("Give an account"), verb=_("Give an account"), person=person)


@fills_in
@needs(permissions.MANAGE_PEOPLE)
def new_post(request: Request, person_id: UUID) -> HttpResponse:
    person = _person(person_id)
    form = PostForm(request.POST or None)

    def enter() -> HttpResponse:
        accounts.appoint(person=person, **form.cleaned_data, **_by(request))
        return redirect("kernel_console:person", person.pk)

    return _filled(
        request, form, enter, title=_("Appoint"), verb=_("Appoint"), person=person, lists=lists("agencies")
    )  # fmt: skip


@fills_in
@needs(permissions.GIVE_ROLE)
def new_grant(request: Request, person_id: UUID) -> HttpResponse:
    person = _person(person_id)
    form = GrantForm(request.POST or None)

    def enter() -> HttpResponse:
        granting.give_role(
            role=form.cleaned_data["role"],
            person=person,
            where=form.where(),
            since=form.first_moment(),
            until=form.end(),
            by=request.actor,
            at=request.moment,
        )
        return redirect("kernel_console:person", person.pk)

    known = lists("agencies", "places", "units")
    return _filled(request, form, enter, title=_("Give a role"), verb=_("Give a role"), person=person, lists=known)


@fills_in
def delegate(request: Request, grant_id: UUID) -> HttpResponse:
    """Lend rights of one's own to somebody until a day."""
    if request.actor == NOBODY:
        return redirect_to_login(request.get_full_path())
    grant = get_object_or_404(Grant.objects.select_related("role"), pk=grant_id, holder_id=request.actor.id)
    form = DelegateForm(request.POST or None, grant=grant)

    def enter() -> HttpResponse:
        facts = form.cleaned_data
        access.delegate(
            grant=grant, to=facts["to"].pk, until=form.end(), permissions=facts["permissions"], **_by(request)
        )
        return redirect("kernel_console:my_rights")

    return _filled(request, form, enter, title=_("Delegate rights"), verb=_("Delegate rights"), grant=grant)


@require_POST
@needs(permissions.MANAGE_PEOPLE)
def change_account(request: Request, account_id: UUID, deed: str) -> HttpResponse:
    """Close or open an account, forget its second factors, send the link to a password."""
    account = get_object_or_404(Account.objects.select_related("person"), pk=account_id)
    if deed not in DEEDS:
        raise Http404
    return _do(request, account.person_id, lambda: DEEDS[deed](request, account))


@require_POST
@needs(permissions.MANAGE_PEOPLE)
def end_post(request: Request, post_id: UUID) -> HttpResponse:
    post = get_object_or_404(Post, pk=post_id)

    def end() -> str:
        accounts.end_post(post=post, until=clock.today(), **_by(request))
        return _("The post has ended")

    return _do(request, post.person_id, end)


@require_POST
def end_grant(request: Request, grant_id: UUID) -> HttpResponse:
    """End a role that one may give, or rights that one lent."""
    if request.actor == NOBODY:
        return redirect_to_login(request.get_full_path())
    grant = get_object_or_404(Grant.objects.select_related("role", "delegated_from"), pk=grant_id)

    def end() -> str:
        granting.end_role(grant=grant, **_by(request))
        return _("The role has ended")

    own = grant.delegated_from is not None and grant.delegated_from.holder_id == request.actor.id
    return _do(request, None if own else grant.holder_id, end)


def _close(request: Request, account: Account) -> str:
    accounts.use_account(account=account, in_use=False, **_by(request))
    return _("The account is closed")


def _open(request: Request, account: Account) -> str:
    accounts.use_account(account=account, in_use=True, **_by(request))
    return _("The account is open")


def _forget_factors(request: Request, account: Account) -> str:
    accounts.reset_second_factor(account=account, **_by(request))
    return _("The second factor is set up anew at the next sign-in")


def _send_link(request: Request, account: Account) -> str:
    def address(account_id: UUID, token: str) -> str:
        return site.whole(reverse("kernel_login:new_password", args=[account_id, token]))

    link = accounts.send_password_link(account=account, address=address, **_by(request))
    return f"{_('The link is on its way')}: {link}" if settings.PROFILE == "demo" else _("The link is on its way")


DEEDS: dict[str, Callable[[Request, Account], str]] = {
    "khoa": _close,
    "mo": _open,
    "lam-lai-hai-lop": _forget_factors,
    "gui-lien-ket": _send_link,
}


def lists(*wanted: str) -> dict[str, Any]:
    """What the browser offers while one types: codes with their names; firms are found by code."""
    day = clock.today()
    offered: dict[str, Any] = {
        "agencies": Agency.objects.on(day).exclude(kind=AgencyKind.FIRM).order_by("folded").values_list("code", "name"),
        "places": Place.objects.order_by("name").values_list("code", "name"),
        "units": AdminUnit.objects.on(day).order_by("folded").values_list("code", "full_name"),
    }
    return {name: offered[name] for name in wanted}


def _filled(request: Request, form: forms.Form, enter: Callable[[], HttpResponse], **context: Any) -> HttpResponse:
    """Do what the form says, or show it again as it was typed."""
    if request.method == "POST" and form.is_valid():
        try:
            with transaction.atomic():
                return enter()
        except Refusal as refusal:
            tell(form, refusal)
    status = 422 if form.is_bound and form.errors else 200
    return render(request, FORM, {"form": form, **context}, status=status)


def _do(request: Request, person_id: UUID | None, deed: Callable[[], str]) -> HttpResponse:
    """Do it and say so; a refusal is told on the same page."""
    try:
        messages.info(request, deed())
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    return redirect("kernel_console:person", person_id) if person_id else redirect("kernel_console:my_rights")


def _person(person_id: UUID) -> Person:
    return get_object_or_404(Person, pk=person_id)


def _by(request: Request) -> dict[str, Any]:
    return {"by": request.actor, "at": request.moment}
