"""A rule that is written is seen at once by whoever holds the rules in memory: each dated table counts its writes."""

from __future__ import annotations

from django.db import connection

from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.rulebook.rows import model_of
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.tests.conftest import TODAY


def test_each_table_of_rules_counts_its_writes(province):
    with connection.cursor() as cursor:
        cursor.execute("select tgrelid::regclass::text from pg_trigger where tgname = 'kernel_rulebook_touch'")
        counted = {name for (name,) in cursor.fetchall()}
    assert {model_of(table)._meta.db_table for table in RULE_TABLES} <= counted


def test_a_risk_rule_holds_from_the_moment_it_is_written(province):
    from tinhso.pillars.border.gate.models import RiskRule

    before = law_on(TODAY).risks
    RiskRule.objects.create(code="NEW", chooses="MARKET", share_percent=50, valid_from=TODAY, source="test")
    assert len(law_on(TODAY).risks) == len(before) + 1
