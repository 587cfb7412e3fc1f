"""People for tests: An owns, Bình shares, Chi is a stranger."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, datetime
from uuid import UUID, uuid4

from django.db.models import Model

from tinhso.kernel.access.models import Grant, Role, RolePermission
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.identity.models import Account, Person

BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def make_person(name: str, **fields: object) -> Person:
    """A stored person without an account and without any right; `person.actor()` acts."""
    return Person.objects.create(full_name=name, **fields)


def make_account(person: Person, *, password: str | None = None) -> Account:
    """An account for `client.force_login(account)`; a password is only hashed when one is given."""
    return Account.objects.create_user(f"user-{person.id}", password, person=person)


def make_role(*permissions: str, code: str = "", second_factor: bool = True) -> Role:
    """A role of its own with these rights."""
    code = code or f"test-{uuid4().hex[:12]}"
    role = Role.objects.create(code=code, title=code, second_factor=second_factor)
    RolePermission.objects.bulk_create(RolePermission(role=role, permission=name) for name in permissions)
    return role


def grant(
    holder: Person | Actor | UUID,
    role_or_permissions: Role | str | Iterable[str],
    *,
    agency: object = None,
    unit: object = None,
    place: object = None,
    record: object = None,
    valid_from: datetime = BEGINNING,
    valid_until: datetime | None = None,
) -> Grant:
    """Give a role (itself, or its code), one permission (its name has a dot) or several, within a scope.

    Scopes are records or their ids.
    """
    scope = {"agency_id": agency, "unit_id": unit, "place_id": place, "record_id": record}
    return Grant.objects.create(
        holder_id=holder if isinstance(holder, UUID) else holder.id,
        role=_role(role_or_permissions),
        **{column: _id(value) for column, value in scope.items()},
        valid_from=valid_from,
        valid_until=valid_until,
        granted_by=SYSTEM.id,
    )


def _role(wanted: Role | str | Iterable[str]) -> Role:
    if isinstance(wanted, Role):
        return wanted
    if isinstance(wanted, str) and "." not in wanted:
        return Role.objects.get(code=wanted)
    return make_role(*([wanted] if isinstance(wanted, str) else wanted))


def _id(value: object) -> UUID | None:
    """The id of a person, an actor, a record, or the id itself."""
    if value is None or isinstance(value, UUID):
        return value
    return value.pk if isinstance(value, Model) else value.id  # type: ignore[attr-defined]
