"""Give, end and delegate rights. Each leaves an entry in the audit."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid

EVERYWHERE = Where()


@transaction.atomic
def give(
    *,
    role: Role,
    holder_id: UUID,
    where: Where = EVERYWHERE,
    since: datetime | None = None,
    until: datetime | None = None,
    only: Iterable[str] | None = None,
    by: Actor,
    at: datetime,
) -> Grant:
    """Give `role` to the actor `holder_id` within `where`, from `since` (now) until `until` (excluded; empty = open).

    `only` keeps a part of the role's rights.

    Who may give is asked by the caller (the console asks for `kernel_console.give_role`). Raises Invalid when
    it would begin in the past, or end before it begins.
    """
    begins = since or at
    if begins < at:
        raise Invalid(_("a role cannot be given for the past"), field="valid_from")
    if until is not None and until <= begins:
        raise Invalid(_("the end must come after the beginning"), field="valid_until")
    grant = Grant.objects.create(
        holder_id=holder_id,
        role=role,
        agency_id=where.agency,
        unit_id=where.unit,
        place_id=where.place,
        record_id=where.record,
        valid_from=begins,
        valid_until=until,
        only=None if only is None else sorted(only),
        granted_by=by.id,
    )
    _tell("access.given", grant, by=by, at=at)
    return grant


@transaction.atomic
def end(*, grant: Grant, by: Actor, at: datetime) -> Grant:
    """End a grant now; what its holder delegated of it ends with it. An ended grant stays as it was."""
    grant = Grant.objects.select_for_update(of=("self",)).get(pk=grant.pk)
    if grant.valid_until is not None and grant.valid_until <= at:
        return grant
    grant.valid_until = max(at, grant.valid_from)
    grant.save(update_fields=["valid_until"])
    _tell("access.ended", grant, by=by, at=at)
    return grant


@transaction.atomic
def delegate(
    *,
    grant: Grant,
    to: UUID,
    until: datetime,
    permissions: Iterable[str] | None = None,
    where: Where = EVERYWHERE,
    by: Actor,
    at: datetime,
) -> Grant:
    """Let `to` use the rights of `by`'s own `grant`, or a part of them, until `until` (excluded).

    `permissions` keeps a part of the rights, `where` narrows the scope. A delegated right is not delegated
    again (the authorised may not authorise further). Raises Forbidden when the grant is not a present one of
    `by`'s own, Invalid when more is asked than it holds.
    """
    grant = Grant.objects.select_for_update(of=("self",)).select_related("role").get(pk=grant.pk)
    if grant.holder_id != by.id or not _is_present(grant, at):
        raise Forbidden(_("you can delegate only rights that you hold yourself"), code="not-your-grant")
    if grant.delegated_from_id is not None:
        raise Forbidden(_("a delegated right cannot be delegated further"), code="delegated-further")
    _refuse_more_than(grant, to=to, until=until, at=at)
    part = Grant.objects.create(
        holder_id=to,
        role=grant.role,
        only=_part_of(grant, permissions),
        **_narrowed(grant, where),
        valid_from=at,
        valid_until=until,
        delegated_from=grant,
        granted_by=by.id,
    )
    _tell("access.delegated", part, by=by, at=at)
    return part


def _is_present(grant: Grant, at: datetime) -> bool:
    return grant.valid_from <= at and (grant.valid_until is None or at < grant.valid_until)


def _refuse_more_than(grant: Grant, *, to: UUID, until: datetime, at: datetime) -> None:
    if to == grant.holder_id:
        raise Invalid(_("choose another person"), field="to")
    if until <= at:
        raise Invalid(_("the end must come after the beginning"), field="until")
    if grant.valid_until is not None and until > grant.valid_until:
        raise Invalid(_("the delegation cannot outlast your own right"), field="until")


def _part_of(grant: Grant, permissions: Iterable[str] | None) -> list[str]:
    """The rights that go over: named ones, or all at this moment. Rights that the role gets later do not follow."""
    held = set(grant.role.permissions.values_list("permission", flat=True))
    wanted = held if permissions is None else set(permissions)
    if not wanted or not wanted <= held:
        raise Invalid(_("you can delegate only rights that you hold yourself"), field="permissions")
    return sorted(wanted)


def _narrowed(grant: Grant, where: Where) -> dict[str, UUID | None]:
    """The scope of the part: what the grant is bound to stays, and more may be added."""
    asked = {"agency_id": where.agency, "unit_id": where.unit, "place_id": where.place, "record_id": where.record}
    for column, value in asked.items():
        bound = getattr(grant, column)
        if bound is not None and value not in (None, bound):
            raise Invalid(_("you can delegate only rights that you hold yourself"), field=column)
        asked[column] = bound if bound is not None else value
    return asked


def _tell(action: str, grant: Grant, *, by: Actor, at: datetime) -> None:
    scope = {column: str(value) for column in Grant.SCOPES if (value := getattr(grant, column)) is not None}
    record(
        action,
        by=by,
        at=at,
        kind="kernel_access.grant",
        record_id=grant.id,
        holder=str(grant.holder_id),
        role=grant.role.code,
        only=grant.only,
        since=grant.valid_from,
        until=grant.valid_until,
        scope=scope,
    )
