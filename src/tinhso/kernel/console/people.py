"""People as the administrator looks them up: accounts, posts, rights, and which grant allows what."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.identity.models import AccessLink, Account, ApiKey, Person
from tinhso.kernel.organisations.models import Post
from tinhso.kernel.search.matching import holding

IN_USE, CLOSED, WITHOUT = "dang-dung", "da-khoa", "chua-co"
STANDINGS = {IN_USE: _("account in use"), CLOSED: _("account closed"), WITHOUT: _("no account")}


def present(at: datetime) -> Q:
    """Grants that hold at the moment."""
    return Q(valid_from__lte=at) & (Q(valid_until=None) | Q(valid_until__gt=at))


def people(*, words: str = "", standing: str = "", at: datetime) -> QuerySet[Person]:
    """People with an account, a post or a role; with words, anybody of that name or user name."""
    day = at.astimezone(clock.HANOI).date()
    grants = Grant.objects.filter(present(at), holder_id=OuterRef("pk"))
    posts = Post.objects.on(day).filter(person=OuterRef("pk"))
    rows = Person.objects.annotate(
        username=F("account__username"),
        in_use=F("account__is_active"),
        demo=F("account__demo"),
        post=Subquery(posts.values("title")[:1]),
        agency=Subquery(posts.values("agency__name")[:1]),
        roles=Subquery(grants.order_by().values("holder_id").annotate(number=Count("pk")).values("number")),
    )
    if words:
        rows = holding(rows, words, "full_name", "account__username")
    else:
        rows = rows.filter(Q(account__isnull=False) | Exists(posts) | Exists(grants))
    return rows.filter(_standing(standing)).order_by("full_name", "id")


def grants_of(person_id: UUID) -> list[Grant]:
    """Every grant that the person has or had, those without an end first; their scopes loaded."""
    rows = Grant.objects.filter(holder_id=person_id).select_related(*SCOPES)
    return list(rows.order_by(F("valid_until").desc(nulls_first=True), "-valid_from"))


def holders_of(role: Role, *, at: datetime) -> QuerySet[Grant]:
    """Who holds a role now, with the holder's name, whatever it is: a person, a machine, a link."""
    return named(Grant.objects.filter(present(at), role=role).select_related(*SCOPES)).order_by("holder", "id")


def named(grants: QuerySet[Grant]) -> QuerySet[Grant]:
    """With `holder` and `giver`, the names of who holds and who gave."""
    return grants.annotate(holder=_name("holder_id"), giver=_name("granted_by"))


def names_of(ids: Iterable[UUID]) -> dict[UUID, str]:
    """Names of people, in one query."""
    found = Person.objects.filter(pk__in=set(ids)).values_list("pk", "full_name")
    return {SYSTEM.id: SYSTEM.name, **dict(found)}


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether a right is held there and then, and the grants that say so."""

    may: bool
    grants: list[Grant]


def saying(person_id: UUID, permission: str, where: Where, *, at: datetime) -> list[Grant]:
    """The grants that allow it there: the same comparison as the database makes for each step."""
    asked = {"agency_id": where.agency, "unit_id": where.unit, "place_id": where.place, "record_id": where.record}
    fits = Q()
    for column, value in asked.items():
        fits &= Q(**{f"{column}__isnull": True}) | (Q(**{column: value}) if value else Q(pk__in=[]))
    return list(allowing(person_id, permission, at=at).filter(fits))


def allowing(person_id: UUID, permission: str, *, at: datetime) -> QuerySet[Grant]:
    """The grants by which somebody holds a right anywhere."""
    rows = Grant.objects.filter(present(at), holder_id=person_id, role__permissions__permission=permission)
    return rows.filter(Q(only=None) | Q(only__contains=[permission])).select_related(*SCOPES)


def found_account(words: str) -> Account | None:
    """The account of that user name."""
    return Account.objects.select_related("person").filter(username=words.strip()).first()


def scope_words(grant: Grant) -> list[str]:
    """Where a grant holds, in words; nothing means everywhere."""
    known = [getattr(part, "name", str(part)) for part in (grant.agency, grant.unit, grant.place) if part is not None]
    return [*known, *([str(_("one record"))] if grant.record_id else [])]


SCOPES = ("role", "agency", "unit", "place", "delegated_from")


def _standing(standing: str) -> Q:
    wanted: dict[str, Q] = {
        IN_USE: Q(account__is_active=True),
        CLOSED: Q(account__is_active=False),
        WITHOUT: Q(account__isnull=True),
    }
    return wanted.get(standing, Q())


def _name(column: str) -> Any:
    people = Person.objects.filter(pk=OuterRef(column)).values("full_name")[:1]
    keys = ApiKey.objects.filter(holder_id=OuterRef(column)).values("name")[:1]
    links = AccessLink.objects.filter(holder_id=OuterRef(column)).values("name")[:1]
    return Coalesce(Subquery(people), Subquery(keys), Subquery(links))
