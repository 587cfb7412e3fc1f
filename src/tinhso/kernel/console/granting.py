"""Giving and ending roles, with the separation that whoever gives rights never gives himself any."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access import actions as access
from tinhso.kernel.access.glass import BREAKABLES
from tinhso.kernel.access.may import may, require
from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.permissions import SYSTEM_ROLE
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.console.permissions import GIVE_ROLE, POWERFUL, WHOLE
from tinhso.kernel.identity.models import Person


@transaction.atomic
def give_role(
    *,
    role: Role,
    person: Person,
    where: Where,
    since: datetime | None = None,
    until: datetime | None = None,
    by: Actor,
    at: datetime,
) -> Grant:
    """Give a role within the scope for which `by` may give.

    Raises Forbidden when it would be for himself, or when the role makes others administrators or holds for the
    whole platform and `by` does not give roles everywhere; Invalid when the days do not fit.
    """
    if person.id == by.id:
        raise Forbidden(_("nobody gives himself a role: ask another administrator"), code="own-rights")
    if role.code == SYSTEM_ROLE or role.code in {one.role for one in BREAKABLES}:
        raise Invalid(_("this role is the platform's own"), field="role")
    require(by, GIVE_ROLE, where, at)
    _refuse_beyond_reach(role, by=by, at=at)
    return access.give(role=role, holder_id=person.id, where=where, since=since, until=until, by=by, at=at)


@transaction.atomic
def end_role(*, grant: Grant, by: Actor, at: datetime) -> Grant:
    """End a grant within one's scope, or what one delegated oneself. Raises Forbidden."""
    if not _is_own_delegation(grant, by):
        require(by, GIVE_ROLE, where_of_grant(grant), at)
    return access.end(grant=grant, by=by, at=at)


def where_of_grant(grant: Grant) -> Where:
    return Where(grant.agency_id, grant.unit_id, grant.place_id, grant.record_id)


def _refuse_beyond_reach(role: Role, *, by: Actor, at: datetime) -> None:
    held = set(role.permissions.values_list("permission", flat=True))
    if held.isdisjoint((*POWERFUL, *WHOLE)) or may(by, GIVE_ROLE, Where(), at):
        return
    if not held.isdisjoint(POWERFUL):
        raise Forbidden(
            _("only who gives roles everywhere makes another person an administrator"), code="powerful-role"
        )
    raise Forbidden(
        _("only who gives roles everywhere gives a role that holds for the whole platform"), code="whole-role"
    )


def _is_own_delegation(grant: Grant, by: Actor) -> bool:
    return grant.delegated_from is not None and grant.delegated_from.holder_id == by.id
