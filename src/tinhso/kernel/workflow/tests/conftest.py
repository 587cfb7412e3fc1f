"""The sample record kinds stand in a database of their own, with An and Bình who may and Chi who may not."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import psycopg
import pytest
from psycopg import conninfo

from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.migrate import room_sql
from tinhso.kernel.workflow.table import FLOWS
from tinhso.kernel.workflow.tests.sample import SAMPLES, TABLES


@dataclass(frozen=True)
class Ground:
    an: Actor
    chi: Actor
    here: UUID
    there: UUID


@pytest.fixture(autouse=True)
def samples() -> Iterator[None]:
    """The sample flows stand among the flows while a test runs."""
    with FLOWS.holding(SAMPLES):
        yield


@pytest.fixture
def ground(own_database: str) -> Iterator[Ground]:
    from conftest import shared_cluster
    from tinhso.kernel.access.models import Grant, Role, RolePermission
    from tinhso.kernel.geo.models import Place

    with FLOWS.holding(SAMPLES):
        with psycopg.connect(conninfo.make_conninfo(shared_cluster(), dbname=own_database), autocommit=True) as owner:
            owner.execute("set role tinhso_owner")
            owner.execute(TABLES)
            owner.execute(room_sql("kernel_workflow"))
        here, there = (Place.objects.create(code=code, name=code, kind="point") for code in ("HERE", "THERE"))
        role = Role.objects.create(code="sample", title="sample")
        RolePermission.objects.bulk_create(
            RolePermission(role=role, permission=f"sample.{verb}") for verb in ("file", "close", "check", "expire")
        )
        an, chi = Actor(uuid7(), "person", "An"), Actor(uuid7(), "person", "Chi")
        since = datetime(2020, 1, 1, tzinfo=UTC)
        Grant.objects.create(holder_id=an.id, role=role, place=here, valid_from=since, granted_by=SYSTEM.id)
        Grant.objects.create(holder_id=SYSTEM.id, role=role, valid_from=since, granted_by=SYSTEM.id)
        yield Ground(an, chi, here.pk, there.pk)
