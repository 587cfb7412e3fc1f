"""T4 of the time-release study: the time in which a force waited for the firm is none of the force's own."""

from __future__ import annotations

from datetime import date, timedelta

import pytest

from tinhso.pillars.border.gate.actions import amend, figures, move, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Force, MonthTime, ReasonCode, Trip
from tinhso.pillars.border.gate.queries import release_times
from tinhso.pillars.border.gate.rulebook import previews, sentences
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY
from tinhso.pillars.border.gate.tests.test_ways import PLATE, declared, firm, people  # noqa: F401

MINUTE = timedelta(minutes=1)
WHY = "Số niêm phong không khớp chứng từ"


@pytest.fixture
def in_yard(gate, firm, people) -> Trip:  # noqa: F811
    """In the yard at noon: from then on its checks can begin."""
    trip = declared(gate, firm, people, at=NOON - 60 * MINUTE)
    move.depart(trip=trip, by=people["DRIVER"], at=NOON - 50 * MINUTE)
    move.enter_buffer(trip=trip, plate=PLATE, by=people["BUFFER"], at=NOON - 40 * MINUTE)
    move.call_next(point=trip.point, at=NOON - 10 * MINUTE)
    trip.refresh_from_db()
    move.arrive(trip=trip, plate=PLATE, by=people["BIENPHONG"], at=NOON - 5 * MINUTE)
    move.enter_yard(trip=trip, by=people["YARD"], at=NOON)
    return trip


def papers_of(trip: Trip) -> ClearanceTask:
    return ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="CUSTOMS_DOC")


def took(force: str) -> release_times.Times:
    return release_times.studies(TODAY, TODAY)[release_times.GROUP][force, ""]


def test_a_correction_asked_of_the_firm_pauses_the_check_until_its_answer(in_yard, people):  # noqa: F811
    customs = Force.objects.get(code="HAIQUAN")
    asked = amend.want_amendment(
        trip=in_yard, fields=["seal"], reason=WHY, force=customs, by=people["HAIQUAN"], at=NOON + 5 * MINUTE
    )
    amend.reject(amendment=asked, reason="Số niêm phong đã đúng", by=people["ENTERPRISE"], at=NOON + 45 * MINUTE)

    tasks.pass_task(task=papers_of(in_yard), by=people["HAIQUAN"], at=NOON + 50 * MINUTE)

    assert (took("HAIQUAN").n, took("HAIQUAN").median) == (1, 10 * 60)


def test_another_forces_question_pauses_nothing(in_yard, people):  # noqa: F811
    plants = Force.objects.get(code="KDTV")
    amend.want_amendment(
        trip=in_yard, fields=["seal"], reason=WHY, force=plants, by=people["KDTV"], at=NOON + 5 * MINUTE
    )

    tasks.pass_task(task=papers_of(in_yard), by=people["HAIQUAN"], at=NOON + 50 * MINUTE)

    assert took("HAIQUAN").median == 50 * 60


def test_hold_and_question_at_one_time_count_once(in_yard, people):  # noqa: F811
    customs = Force.objects.get(code="HAIQUAN")
    hold = tasks.hold_task(
        task=papers_of(in_yard), reason=WHY, reason_code="DOC_MISMATCH", by=people["HAIQUAN"], at=NOON + 10 * MINUTE
    )
    amend.want_amendment(
        trip=in_yard, fields=["seal"], reason=WHY, force=customs, by=people["HAIQUAN"], at=NOON + 20 * MINUTE
    )
    tasks.lift_hold(hold=hold, by=people["HAIQUAN"], at=NOON + 30 * MINUTE)

    tasks.pass_task(task=papers_of(in_yard), by=people["HAIQUAN"], at=NOON + 60 * MINUTE)

    assert took("HAIQUAN").median == 10 * 60


def test_a_check_that_was_not_passed_counts_with_its_time(in_yard, people):  # noqa: F811
    tasks.fail_task(
        task=papers_of(in_yard), reason=WHY, reason_code="DOC_MISMATCH", by=people["HAIQUAN"], at=NOON + 25 * MINUTE
    )

    assert (took("HAIQUAN").n, took("HAIQUAN").median) == (1, 25 * 60)


def held_for(trip: Trip, people, code: str) -> None:  # noqa: F811
    """From the tenth minute to the thirtieth; the check is passed after an hour."""
    hold = tasks.hold_task(
        task=papers_of(trip), reason=WHY, reason_code=code, by=people["HAIQUAN"], at=NOON + 10 * MINUTE
    )
    tasks.lift_hold(hold=hold, by=people["HAIQUAN"], at=NOON + 30 * MINUTE)
    tasks.pass_task(task=papers_of(trip), by=people["HAIQUAN"], at=NOON + 60 * MINUTE)


@pytest.mark.parametrize(
    ("code", "minutes"),
    [("TAX_DEBT", 40), ("RED_CHANNEL", 60), ("QUARANTINE_WAIT", 60), ("WANTED", 60), ("SECURITY", 60)],
)
def test_only_a_hold_that_waits_for_the_firm_pauses_the_check(in_yard, people, code, minutes):  # noqa: F811
    held_for(in_yard, people, code)

    assert took("HAIQUAN").median == minutes * 60


def test_the_reason_counts_as_it_was_on_the_day_of_the_hold(in_yard, people):  # noqa: F811
    old = ReasonCode.objects.get(kind="HOLD", code="TAX_DEBT")
    ReasonCode.objects.filter(id=old.id).update(valid_until=TODAY)
    told = {"label_vi": old.label_vi, "label_en": old.label_en}
    ReasonCode.objects.create(kind="HOLD", code="TAX_DEBT", waits_for_firm=False, valid_from=TODAY, **told)

    held_for(in_yard, people, "TAX_DEBT")

    assert took("HAIQUAN").median == 60 * 60


def test_a_month_that_is_not_kept_is_counted_in_the_evening(in_yard, people):  # noqa: F811
    held_for(in_yard, people, "RED_CHANNEL")
    month = TODAY.replace(day=1)
    figures.count_days(TODAY, TODAY)
    later = date(TODAY.year + 1, TODAY.month, 20)

    figures.count_lately(later)

    kept = MonthTime.objects.filter(month=month, what="HAIQUAN", part=release_times.GROUP)
    assert list(kept.values_list("minutes", "n")) == [(60, 1)]


def test_the_rulebook_says_for_whom_a_hold_waits(gate):
    debt, red = (ReasonCode.objects.get(kind="HOLD", code=code) for code in ("TAX_DEBT", "RED_CHANNEL"))

    def said(name: str) -> str:
        return name

    assert sentences.reason(debt, said).endswith("Trong lúc đó doanh nghiệp phải xử lý.")
    assert "doanh nghiệp phải xử lý" not in sentences.reason(red, said)
    assert debt.status == red.status == "assumed"
    assert previews.reason(debt, debt) == []
    assert len(previews.reason(red, debt)) == len(previews.reason(debt, red)) == 1
