"""Roles follow what the rooms declare, after each migrate; the platform itself gets its grant."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from django.db import connections
from django.db.models import F
from django.utils import translation

from tinhso.kernel.access.models import Grant, Role, RolePermission
from tinhso.kernel.access.permissions import SYSTEM_ROLE, Bundle, bundles, system_permissions
from tinhso.kernel.base.actor import SYSTEM

# Before any record of the platform, replayed years included.
BEGINNING = datetime(2000, 1, 1, tzinfo=UTC)


def after_migrate(using: str = "default", **_kwargs: Any) -> None:
    """Receiver of `post_migrate`; waits until the tables stand (a partial migrate has none)."""
    with connections[using].cursor() as cursor:
        cursor.execute("select to_regclass('kernel_access_right')")
        if cursor.fetchone()[0] is None:
            return
    synchronise()


def synchronise() -> None:
    """Make roles of all bundles, drop rights that are no longer declared, and give SYSTEM its own role."""
    declared = bundles()
    for bundle in declared.values():
        _keep(bundle)
    _keep(Bundle(SYSTEM_ROLE, "Tỉnh Số", tuple(system_permissions()), second_factor=False))
    gone = Role.objects.filter(declared=True).exclude(code__in=[*declared, SYSTEM_ROLE])
    RolePermission.objects.filter(role__in=gone).delete()
    if not Grant.objects.filter(holder_id=SYSTEM.id, role__code=SYSTEM_ROLE).exists():
        role = Role.objects.get(code=SYSTEM_ROLE)
        Grant.objects.create(holder_id=SYSTEM.id, role=role, valid_from=BEGINNING, granted_by=SYSTEM.id)


def _keep(bundle: Bundle) -> None:
    with translation.override("vi"):
        values = {
            "title": str(bundle.title),
            "declared": True,
            "second_factor": bundle.second_factor,
            "one_place": bundle.one_place,
        }
    bound_before = Role.objects.filter(code=bundle.code, one_place=True).exists()
    role, _created = Role.objects.update_or_create(code=bundle.code, defaults=values)
    if bound_before != role.one_place:  # written as they are: the database then binds them to duty, or frees them
        Grant.objects.filter(role=role, place__isnull=False).update(valid_from=F("valid_from"))
    have = set(role.permissions.values_list("permission", flat=True))
    wanted = set(bundle.permissions)
    role.permissions.filter(permission__in=have - wanted).delete()
    RolePermission.objects.bulk_create(
        (RolePermission(role=role, permission=name) for name in sorted(wanted - have)), ignore_conflicts=True
    )
