"""What guards ask in SQL is what the rules say in Python."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from django.db import connection

from tinhso.pillars.border.gate.flows.predicates import point_is_open
from tinhso.pillars.border.gate.models import CrossingPoint, OperatingCalendar
from tinhso.pillars.border.gate.queries.reference import hours_of
from tinhso.pillars.border.gate.rules.hours import is_open

NEW_YEAR = datetime(2027, 2, 3, 17, tzinfo=UTC)
BEFORE, AFTER = NEW_YEAR - timedelta(hours=1), NEW_YEAR + timedelta(hours=1)
SQL = f"""
select {point_is_open("r.point_id")}
from (values (%s::uuid, 'X', %s::timestamptz, %s::timestamptz)) r(point_id, direction, accepted_at, p_at)
"""


def row(point, kind, begins, ends, opens=7, closes=19, **more):
    OperatingCalendar.objects.create(
        point=point, direction="X", kind=kind, valid_from=begins, valid_until=ends, source="test",
        opens=None if kind == "closed" else time(opens), closes=None if kind == "closed" else time(closes), **more,
    )  # fmt: skip


def asked_in_sql(point, at, accepted_at):
    with connection.cursor() as cursor:
        cursor.execute(SQL, [point.pk, accepted_at, at])
        return cursor.fetchone()[0]


def test_a_point_is_open_in_sql_whenever_the_rules_say_so(gate):
    point = CrossingPoint.objects.get(pk=gate.points["HN-1119"].pk)
    row(point, "closed", date(2027, 2, 5), date(2027, 2, 7))
    row(point, "preregistered", date(2027, 2, 7), date(2027, 2, 9), accepted_before=NEW_YEAR)
    row(point, "extended", date(2027, 2, 9), date(2027, 2, 10), opens=5, closes=22)
    row(point, "closed", date(2027, 2, 10), date(2027, 2, 12), weekdays="3")
    moments = [datetime(2027, 2, 4, tzinfo=UTC) + timedelta(minutes=30 * n) for n in range(9 * 48)]

    told = {(at, accepted): asked_in_sql(point, at, accepted) for at in moments for accepted in (BEFORE, AFTER, None)}

    known = hours_of(point, "X")
    assert told == {(at, accepted): is_open(known, at, accepted_at=accepted) for at, accepted in told}
    assert {True, False} == set(told.values())
