"""People, one person, and one's own rights: what is looked at."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from allauth.mfa.models import Authenticator
from django.contrib.auth.views import redirect_to_login
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from tinhso.kernel.access.models import Grant
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import text
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.console import people as queries
from tinhso.kernel.console import permissions
from tinhso.kernel.console.accounts import require_sight
from tinhso.kernel.console.pages.people.tables import PersonTable
from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations.models import Post
from tinhso.kernel.web.doors import held_of
from tinhso.kernel.web.request import Request
from tinhso.kernel.web.tables import show_table


@require_safe
@needs(permissions.VIEW_PEOPLE, everywhere=True)
def people(request: Request) -> HttpResponseBase:
    """Everybody with an account, a post or a role."""
    words, standing = text.nfc(request.GET.get("q", ""))[:100], request.GET.get("tai-khoan", "")
    return show_table(
        request,
        PersonTable,
        queries.people(words=words, standing=standing, at=request.moment),
        "kernel_console/people/people.html",
        {"words": words, "standing": standing, "standings": queries.STANDINGS.items(), **may_of(request)},
    )


@require_safe
@needs(permissions.VIEW_PEOPLE)
def person(request: Request, person_id: UUID) -> HttpResponse:
    """One person: account, posts, rights, and what may be changed."""
    found = get_object_or_404(Person.objects.select_related("account"), pk=person_id)
    require_sight(found, by=request.actor, at=request.moment)
    account = getattr(found, "account", None)
    context = {
        "person": found,
        "account": account,
        "factors": Authenticator.objects.filter(user=account).count() if account else 0,
        "posts": Post.objects.filter(person=found).select_related("agency").order_by("-valid_from"),
        "grants": shown(queries.grants_of(found.pk), request),
        "is_self": found.pk == request.actor.id,
        **may_of(request),
    }
    return render(request, "kernel_console/people/person.html", context)


@require_safe
def my_rights(request: Request) -> HttpResponse:
    """One's own rights, and what one has lent to others."""
    if request.actor == NOBODY:
        return redirect_to_login(request.get_full_path())
    lent = Grant.objects.filter(delegated_from__holder_id=request.actor.id).select_related(*queries.SCOPES)
    given = list(lent.order_by("-valid_until"))
    names = queries.names_of(grant.holder_id for grant in given)
    context = {
        "grants": shown(queries.grants_of(request.actor.id), request),
        "lent": [line | {"holder": names.get(line["grant"].holder_id, "")} for line in shown(given, request)],
    }
    return render(request, "kernel_console/people/my_rights.html", context)


def shown(grants: list[Grant], request: Request) -> list[dict[str, Any]]:
    """Grants with their words: where, by whom, whether they hold now."""
    names = queries.names_of(grant.granted_by for grant in grants)
    return [
        {
            "grant": grant,
            "scope": queries.scope_words(grant),
            "giver": names.get(grant.granted_by, ""),
            "standing": standing_of(grant, request),
        }
        for grant in grants
    ]


def standing_of(grant: Grant, request: Request) -> str:
    if grant.valid_until is not None and grant.valid_until <= request.moment:
        return "ended"
    return "later" if grant.valid_from > request.moment else "now"


def may_of(request: Request) -> dict[str, bool]:
    """What the administrator is shown; each action asks once more for the record itself."""
    held = held_of(set(permissions.POWERFUL), by=request.actor, at=request.moment)
    return {"may_manage": permissions.MANAGE_PEOPLE in held, "may_give": permissions.GIVE_ROLE in held}
