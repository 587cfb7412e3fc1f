"""The plant quarantine's sample: drawn by lot by dated rows, not to be chosen, and the check waits for its result."""

from __future__ import annotations

import json
from datetime import date, timedelta

import pytest
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.events.models import Outbox
from tinhso.pillars.border.gate.actions import amend, declare, samples, signed_lists, tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Enterprise, SampleDraw, SampleRule, Trip
from tinhso.pillars.border.gate.queries.law import law_on
from tinhso.pillars.border.gate.queries.samples import draws_of, shares
from tinhso.pillars.border.gate.queries.selection import lot
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm
from tinhso.pillars.border.gate.tests.test_orders import of_force
from tinhso.pillars.border.gate.tests.test_rulebook import TOMORROW, changed, two  # noqa: F401

DURIAN = declare.DraftLine(
    hs6="081060", title="Sầu riêng tươi", group="FRUIT", gross_kg=18_000, growing_areas=("DEMO-0123",),
    packing_houses=("DEMO-9001",), certificate_no="KD-1",
)  # fmt: skip
FINDING = "Có rệp sáp ở cuống quả"


def sent(gate, plate: str = "12C10001", *, line=DURIAN, on=TODAY) -> Trip:
    firm = Enterprise.objects.first() or make_firm()
    driver = make_driver(number=f"0200900{plate[-5:]}", employer=firm)
    draft = fruit_draft(
        gate, firm=firm, plate=plate, driver=driver, planned_on=on, **({"lines": (line,)} if line else {})
    )
    trip = declare.draft_trip(draft=draft, by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def share(percent: int) -> None:
    SampleRule.objects.filter(valid_until=None).update(share_percent=percent)


def plant(trip: Trip) -> ClearanceTask:
    return ClearanceTask.objects.select_related("trip", "force").get(trip=trip, kind="PLANT_Q")


@pytest.mark.parametrize(("day", "percent"), [(date(2022, 8, 1), 2), (date(2024, 7, 10), 2), (date(2024, 7, 11), 1)])
def test_two_per_cent_for_two_years_then_one(gate, day, percent):
    (sample,) = law_on(day).samples

    assert (sample.code, sample.direction, sample.hs_prefixes, sample.share) == ("DURIAN", "X", ("081060",), percent)
    assert set(SampleRule.objects.values_list("status", flat=True)) == {"recalled"}


def test_each_trip_with_durian_draws_once_by_its_code_alone(gate):
    share(100)
    trip = sent(gate)
    other = sent(gate, "12C10002", line=None)

    samples.draw_samples(trips=[trip, other], at=NOON + timedelta(hours=1))

    (draw,) = SampleDraw.objects.all()
    assert (draw.trip_id, draw.number, draw.drawn_at) == (trip.pk, lot(trip.code, "sample:DURIAN"), NOON)
    assert (draw.drawn, draw.share_percent, draw.waits) == (True, 100, True)


def test_who_is_not_drawn_passes_as_before(gate):
    share(0)
    trip = sent(gate)

    tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)

    assert [(one.drawn, one.waits) for one in draws_of(trip)] == [(False, False)]
    assert plant(trip).state == "passed"


def test_a_drawn_trip_passes_only_after_its_sample_is_clean(gate):
    share(100)
    trip = sent(gate)
    with pytest.raises(Refusal, match="BG-571"):
        tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)
    assert plant(trip).pk in tasks.pass_tasks(tasks=[plant(trip)], by=gate.everything, at=NOON).refused
    assert plant(trip).pk in signed_lists.sign_tasks(tasks=[plant(trip)], by=gate.everything, at=NOON).refused

    samples.record_sample(task=plant(trip), result="CLEAN", by=gate.everything, at=NOON)
    samples.record_sample(task=plant(trip), result="CLEAN", by=gate.everything, at=NOON)
    tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)

    assert plant(trip).state == "passed"
    assert Entry.objects.filter(action="border_gate.sample_recorded", record_id=trip.pk).count() == 1
    assert Outbox.objects.filter(name="border_gate.sample_recorded").count() == 1


def test_what_was_found_keeps_the_check_from_passing_until_the_goods_are_treated_and_sampled_again(gate):
    share(100)
    trip = sent(gate)
    samples.record_sample(task=plant(trip), result="FOUND", finding=FINDING, by=gate.everything, at=NOON)
    with pytest.raises(Refusal, match="BG-572"):
        tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)

    tasks.treat_task(task=plant(trip), reason=FINDING, by=gate.everything, at=NOON)
    tasks.recheck_task(task=plant(trip), by=gate.everything, at=NOON)
    samples.record_sample(task=plant(trip), result="CLEAN", by=gate.everything, at=NOON)
    tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)

    told = Entry.objects.filter(action="border_gate.sample_recorded").order_by("id").values_list("payload", flat=True)
    assert [(facts["before"], facts["result"]) for facts in map(json.loads, told)] == [
        ("", "FOUND"),
        ("FOUND", "CLEAN"),
    ]


@pytest.mark.parametrize(
    ("percent", "result", "finding", "code"),
    [(0, "CLEAN", "", "BG-573"), (100, "MAYBE", "", "BG-313"), (100, "FOUND", "rệp", "BG-038")],
)
def test_a_result_that_says_nothing_or_was_not_asked_is_refused(gate, percent, result, finding, code):
    share(percent)
    trip = sent(gate)

    with pytest.raises(Refusal) as refused:
        samples.record_sample(task=plant(trip), result=result, finding=finding, by=gate.everything, at=NOON)

    assert refused.value.code == code


def test_after_the_check_is_over_nothing_is_written_any_more(gate):
    share(100)
    trip = sent(gate)
    samples.record_sample(task=plant(trip), result="CLEAN", by=gate.everything, at=NOON)
    tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)

    with pytest.raises(Refusal, match="BG-023"):
        samples.record_sample(task=plant(trip), result="FOUND", finding=FINDING, by=gate.everything, at=NOON)


def test_goods_that_are_corrected_draw_then_and_a_draw_lapses_with_its_goods(gate):
    share(100)
    trip = sent(gate, line=None)
    assert draws_of(trip) == []
    durian, dragon = (
        {"goods": {"1": {"hs6": code, "title": title}}} for code, title in (("081060", "Sầu riêng"), ("081090", "Mít"))
    )

    amend.amend_trip(trip=trip, values=durian, reason="Khai nhầm mã hàng", by=gate.everything, at=NOON)
    assert [one.waits for one in draws_of(trip)] == [True]
    amend.amend_trip(
        trip=Trip.objects.get(pk=trip.pk), values=dragon, reason="Khai nhầm mã hàng", by=gate.everything, at=NOON
    )

    assert draws_of(trip) == []
    tasks.pass_task(task=plant(trip), by=gate.everything, at=NOON)


def test_a_new_share_holds_from_its_day_on(gate, two):  # noqa: F811
    changed(two, "sample_rule", {"share_percent": 100}, key={"code": "DURIAN"})

    sent(gate, on=TOMORROW)

    assert SampleDraw.objects.get().share_percent == 100


def test_goods_that_change_vehicles_take_their_sample_along(gate):
    share(100)
    giver, taker = sent(gate), sent(gate, "12C10002", line=None)

    samples.copy_samples(giver=giver.pk, taker=taker)
    samples.copy_samples(giver=giver.pk, taker=taker)

    (draw,) = draws_of(taker)
    assert (draw.number, draw.waits) == (draws_of(giver)[0].number, True)
    with pytest.raises(Refusal, match="BG-571"):
        tasks.pass_task(task=plant(taker), by=gate.everything, at=NOON)


def test_the_officer_reads_the_lot_and_writes_the_result_and_another_force_does_not(gate):
    share(100)
    trip = sent(gate)
    officer, customs = of_force(gate, "KDTV"), of_force(gate, "HAIQUAN")
    address = reverse("border_gate:task_sample", args=[plant(trip).pk])

    page = officer.get(reverse("border_gate:task", args=[plant(trip).pk])).content.decode()
    stranger = customs.post(address, {"result": "CLEAN"}).status_code
    untouched = SampleDraw.objects.get().result
    officer.post(address, {"result": "CLEAN"})

    assert "bốc thăm trúng lấy mẫu" in page
    assert address in page
    assert reverse("border_gate:task_pass", args=[plant(trip).pk]) not in page
    assert (stranger, untouched) == (404, "")
    assert SampleDraw.objects.get().result == "CLEAN"


def test_who_does_not_work_the_check_records_nothing(gate):
    from tinhso.kernel.base.actor import Actor
    from tinhso.kernel.base.ids import uuid7

    share(100)
    trip = sent(gate)

    with pytest.raises(Forbidden):
        samples.record_sample(task=plant(trip), result="CLEAN", by=Actor(uuid7(), "person", "X"), at=NOON)


def test_the_report_tells_how_the_draws_came_out(gate):
    share(100)
    trips = [sent(gate, f"12C1000{number}") for number in range(3)]
    samples.record_sample(task=plant(trips[0]), result="CLEAN", by=gate.everything, at=NOON)
    samples.record_sample(task=plant(trips[1]), result="FOUND", finding=FINDING, by=gate.everything, at=NOON)

    (told,) = shares(begins=NOON - timedelta(hours=1), ends=NOON + timedelta(hours=1))

    assert (told.title.vi, told.trips, told.drawn, told.clean, told.found) == ("Sầu riêng tươi xuất khẩu", 3, 3, 1, 1)


def test_the_lot_is_spread_evenly(gate):
    drawn = sum(lot(f"HNX261122{number:06d}00", "sample:DURIAN") < 2 for number in range(20_000))

    assert 300 < drawn < 500
