"""The one question: may this actor do this, here, now? The database answers it, lists ask the same view."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import TypeVar

from django.db import connection, models
from django.db.models import Q, QuerySet

from tinhso.kernel.access import refusals
from tinhso.kernel.access.models import Right
from tinhso.kernel.access.scope import Where, scope_of, where_of
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, NotFound

Row = TypeVar("Row", bound=models.Model)

MAY = "select kernel_access_may(%s::uuid, %s::text, %s::uuid, %s::uuid, %s::uuid, %s::uuid, %s::timestamptz)"
WHICH = (
    "select wanted from unnest(%s::text[]) as asked(wanted) where kernel_access_may"
    "(%s::uuid, wanted, %s::uuid, %s::uuid, %s::uuid, %s::uuid, %s::timestamptz)"
)
MAY_SOMEWHERE = "select kernel_access_may(%s::uuid, %s::text, %s::timestamptz)"


def may(actor: Actor, permission: str, on: models.Model | Where | None = None, at: datetime | None = None) -> bool:
    """Whether `actor` holds `permission` on the record or place `on` at the moment `at`.

    Without `on` the question is whether he holds it anywhere at all: enough to show a door, never to act.
    """
    moment = at or clock.now()
    with connection.cursor() as cursor:
        if on is None:
            cursor.execute(MAY_SOMEWHERE, [actor.id, permission, moment])
        else:
            where = where_of(on)
            values = [where.agency, where.unit, where.place, where.record]
            cursor.execute(MAY, [actor.id, permission, *values, moment])
        return bool(cursor.fetchone()[0])


def which(actor: Actor, permissions: Iterable[str], on: models.Model | Where, at: datetime | None = None) -> set[str]:
    """Those of the permissions for which `may` is true on that record or place; one query, for a page's buttons."""
    where = where_of(on)
    values = [actor.id, where.agency, where.unit, where.place, where.record, at or clock.now()]
    with connection.cursor() as cursor:
        cursor.execute(WHICH, [list(permissions), *values])
        return {permission for (permission,) in cursor.fetchall()}


def require(actor: Actor, permission: str, on: models.Model | Where | None = None, at: datetime | None = None) -> None:
    """Raise Forbidden, and keep a trace of the refusal in the audit, unless `actor` may."""
    moment = at or clock.now()
    if may(actor, permission, on, moment):
        return
    refusals.record(actor, permission, on=on, at=moment)
    raise Forbidden(permission=permission)


def unseen(
    model: type[models.Model], pk: object, actor: Actor, permission: str, at: datetime | None = None
) -> NotFound:
    """What to raise for a record that `visible` does not show: the same for what is not there and what is not his.

    Who asks for one that is there, as by guessing, leaves a trace in the audit.
    """
    if found := model._default_manager.only("pk").filter(pk=pk).first():
        refusals.record(actor, permission, on=found, at=at or clock.now())
    return NotFound()


def visible(queryset: QuerySet[Row], actor: Actor, permission: str, at: datetime | None = None) -> QuerySet[Row]:
    """Those rows on which `may(actor, permission, row, at)` is true.

    The actor's scopes are read first, so that the list is filtered by plain, indexed comparisons.
    """
    paths = scope_of(queryset.model).paths()
    allowed: list[dict[str, object]] = []
    for right in rights(actor, permission, at).values(*paths).distinct():
        scope = {column: value for column, value in right.items() if value is not None}
        if not scope:
            return queryset
        if all(_names_record(queryset.model, paths[column]) for column in scope):
            allowed.append({str(paths[column]): value for column, value in scope.items()})
    if not allowed:
        return queryset.none()
    return queryset.filter(_any_of(allowed))


def rights(actor: Actor, permission: str | None = None, at: datetime | None = None) -> QuerySet[Right]:
    """Rows of the view that hold for `actor` at the moment, of one permission or of all."""
    moment = at or clock.now()
    found = Right.objects.filter(Q(valid_until=None) | Q(valid_until__gt=moment), holder_id=actor.id)
    found = found.filter(valid_from__lte=moment)
    return found.filter(permission=permission) if permission else found


def _names_record(model: type[models.Model], path: str | None) -> bool:
    """A grant can only meet a column that the model has; a key that is no UUID is named by no grant."""
    return path is not None and (path != "pk" or isinstance(model._meta.pk, models.UUIDField))


def _any_of(allowed: list[dict[str, object]]) -> Q:
    """One condition; single columns are gathered into `in` lists, as a driver of many records would have many."""
    lists: dict[str, list[object]] = {}
    whole = Q()
    for scope in allowed:
        if len(scope) == 1:
            ((path, value),) = scope.items()
            lists.setdefault(path, []).append(value)
        else:
            whole |= Q(**scope)
    for path, values in lists.items():
        whole |= Q(**{f"{path}__in": values})
    return whole
