"""A dated table of its own, with An who drafts, Bình who decides and Chi who may nothing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime

import pytest

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.rule_tables import DRY_RUNS, RULE_TABLES
from tinhso.kernel.rulebook import permissions as p
from tinhso.kernel.rulebook.tests import sample
from tinhso.kernel.testing.people import grant, make_person

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)
TODAY, TOMORROW = date(2026, 6, 10), date(2026, 6, 11)


@dataclass(frozen=True)
class People:
    an: Actor
    binh: Actor
    chi: Actor


@pytest.fixture(scope="session")
def priced(template_database: str, worker_id: str) -> Iterator[str]:
    """The template with the sample table, for every test of this room; one for each worker."""
    import psycopg
    from psycopg import conninfo

    from conftest import clone, drop, shared_cluster

    name = f"test_rulebook_{template_database}_{worker_id}"[:60]
    clone(shared_cluster(), name, template_database)
    with psycopg.connect(conninfo.make_conninfo(shared_cluster(), dbname=name), autocommit=True) as owner:
        owner.execute("set role tinhso_owner")
        owner.execute(sample.CREATE)
    yield name
    drop(shared_cluster(), name)


@pytest.fixture
def people(priced: str, django_db_setup: None, django_db_blocker: object) -> Iterator[People]:
    """In a transaction that is rolled back; one row of the table holds since 2025."""
    from django.db import transaction

    from conftest import _at, shared_cluster

    tables, runs = {"sample.price": sample.TABLE}, {"sample.day": sample.DAY}
    with (
        RULE_TABLES.holding(tables),
        DRY_RUNS.holding(runs),
        _at(shared_cluster(), priced, django_db_blocker),
        transaction.atomic(),
    ):
        an, binh, chi = (make_person(name).actor() for name in ("An", "Bình", "Chi"))
        for who in (an, binh):
            grant(who, [p.VIEW, p.DRAFT, p.DECIDE, sample.PROPOSE, sample.APPROVE])
        grant(chi, [p.VIEW, p.DRAFT, p.DECIDE])
        sample.Price.objects.create(
            code="A", amount=100, groups=["x"], valid_from=date(2025, 1, 1), document_no="1/QĐ", source="press"
        )
        yield People(an, binh, chi)
        transaction.set_rollback(True)
