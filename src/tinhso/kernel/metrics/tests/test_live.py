from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.errors import Forbidden, NotFound
from tinhso.kernel.metrics import live, queries, snapshot
from tinhso.kernel.metrics.models import DayValue, LiveValue, ReferenceFigure
from tinhso.kernel.modules import declare

NOON = datetime(2026, 11, 20, 12, 0, tzinfo=ZoneInfo("Asia/Ho_Chi_Minh"))
pytestmark = pytest.mark.django_db


@pytest.fixture
def figures(monkeypatch):
    """Registries of this test only: what it declares is forgotten afterwards."""
    monkeypatch.setattr(declare.METRICS, "_entries", {})
    calls = []

    @declare.metric("tests.records_waiting", title="Records waiting", unit="record", public=True)
    def waiting():
        calls.append("waiting")
        return 7

    @declare.metric("tests.records", title="Records", unit="record", dimensions=("area", "kind"))
    def by_area():
        return {("04001", "fruit"): 3, ("04001", "wood"): 2, ("04002", "fruit"): 5}

    return calls


def test_many_viewers_cost_one_computation(figures):
    first = queries.live("tests.records_waiting")

    again = queries.live("tests.records_waiting")

    assert (first.value, again.value, figures) == (7, 7, ["waiting"])
    assert again.age >= 0
    assert not again.stale


def test_an_old_value_is_computed_anew(figures):
    queries.live("tests.records_waiting")
    LiveValue.objects.update(values=[[[], 1]], computed_at=clock.real() - timedelta(seconds=20))

    figure = queries.live("tests.records_waiting")

    assert figure.value == 7


def test_while_another_computes_the_old_value_is_shown_with_its_age(figures):
    queries.live("tests.records_waiting")
    LiveValue.objects.update(
        values=[[[], 1]], computed_at=clock.real() - timedelta(seconds=90), claimed_at=clock.real()
    )

    figure = queries.live("tests.records_waiting")

    assert figure.value == 1
    assert figure.age > 80
    assert figure.stale


def test_a_figure_that_fails_is_stale_and_keeps_its_last_value(figures, monkeypatch, caplog):
    queries.live("tests.records_waiting")
    LiveValue.objects.update(computed_at=clock.real() - timedelta(seconds=20))
    monkeypatch.setattr(live, "normal", lambda measured: 1 / 0)

    figure = queries.live("tests.records_waiting")

    assert (figure.value, figure.stale) == (7, True)
    assert "tests.records_waiting" in caplog.text


def test_a_figure_by_area_is_the_sum_of_its_parts(figures):
    figure = queries.live("tests.records", by=SYSTEM)

    assert figure.value == 10
    assert figure.values[("04002", "fruit")] == 5


def test_a_figure_that_is_not_public_is_shown_to_holders_of_the_right_only(figures):
    with pytest.raises(Forbidden):
        queries.live("tests.records")

    assert queries.names_for() == ["tests.records_waiting"]
    assert queries.names_for(SYSTEM) == ["tests.records_waiting", "tests.records"]


def test_an_unknown_figure_is_not_found(figures):
    with pytest.raises(NotFound):
        queries.live("tests.nothing")


def test_published_numbers_stand_beside_the_live_one_even_when_they_contradict(figures):
    for source, value in (("Report A", 1702), ("Report B", 1680)):
        ReferenceFigure.objects.create(
            code="teams",
            metric="tests.records_waiting",
            value=value,
            unit="team",
            as_of=date(2022, 1, 1),
            source=source,
        )

    figure = queries.live("tests.records_waiting")

    assert figure.value == 7
    assert [int(row.value) for row in figure.references] == [1702, 1680]


def test_a_day_is_written_anew_until_it_is_over(figures):
    snapshot.take(NOON)
    DayValue.objects.filter(metric="tests.records_waiting").update(value=1)
    snapshot.take(NOON + timedelta(hours=1))

    snapshot.take(NOON + timedelta(days=1))

    days = queries.history("tests.records_waiting", date(2026, 11, 20), date(2026, 11, 22))
    assert [(one.day.day, one.value, one.closed) for one in days] == [(20, 7, True), (21, 7, False)]


def test_a_closed_day_is_never_overwritten(figures):
    metric = declare.METRICS.get("tests.records_waiting")
    snapshot.keep(metric, NOON.date(), {(): 4}, at=NOON, closed=True)

    snapshot.take(NOON)

    assert DayValue.objects.get(metric=metric.name).value == 4


def test_history_is_kept_by_area_and_dimension(figures):
    snapshot.take(NOON)

    rows = queries.history("tests.records", date(2026, 11, 20), date(2026, 11, 21), by=SYSTEM, area="04001")

    assert [(row.dimension, row.value) for row in rows] == [("kind=fruit", 3), ("kind=wood", 2)]


def test_the_last_day_asked_for_is_excluded(figures):
    snapshot.take(NOON)

    assert queries.history("tests.records_waiting", date(2026, 11, 19), date(2026, 11, 20)) == []
