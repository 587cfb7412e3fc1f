"""The dry run of a change of rules: what yesterday would have been by it, or why nobody can tell."""

from __future__ import annotations

from datetime import timedelta

import pytest

from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.rulebook import actions, rehearsing, rows
from tinhso.kernel.rulebook.models import Rehearsal
from tinhso.pillars.border.gate.actions import tasks
from tinhso.pillars.border.gate.models import ClearanceTask, Force, Trip
from tinhso.pillars.border.gate.rules import codes, limits
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_rulebook import (
    DAY,
    NEW_CHECK,
    NEW_FORCE,
    TOMORROW,
    changed,
    checks_places,
    sent,
    two,
)

__all__ = ["two"]


def test_the_dry_run_plays_yesterday_by_the_rules_of_the_change(gate, two):
    firm = make_firm()
    for number in range(3):
        sent(gate, f"12C1000{number}", NOON - DAY, firm, eta=NOON - DAY + timedelta(hours=1))
    change = changed(two, "fee_rule", {"amount": 1_200_000}, key={"code": "D1"}, decide=False)
    for name, values in (("force", NEW_FORCE), ("check_rule", NEW_CHECK)):
        table = RULE_TABLES.get(f"border_gate.{name}")
        actions.put_row(change=change, table=table, values=values, by=two.deputy, at=NOON)

    rehearsing.ask(change=change, by=two.deputy, at=NOON)
    rehearsing.play_asked()
    kept = Rehearsal.objects.get(change=change)

    assert kept.error == ""
    opened, charged, refused = ([(r["before"], r["after"]) for r in s["rows"]] for s in kept.result["sections"])
    assert opened[0] == (0, 3)
    assert charged == [(3_000_000, 3_600_000)]
    assert refused == []
    assert kept.result["sections"][0]["rows"][0]["label"]["vi"] == "Kiểm tra lâm sản · Kiểm lâm"
    assert (kept.done, kept.whole) == (3, 3)


def shown(two, name, values, *, key) -> list[dict]:
    """The sections of a dry run of that one row."""
    change = changed(two, name, values, key=key, decide=False)
    rehearsing.ask(change=change, by=two.deputy, at=NOON)
    rehearsing.play_asked()
    kept = Rehearsal.objects.get(change=change)
    assert kept.error == ""
    return kept.result["sections"]


def pairs(section) -> list[tuple[int, int]]:
    return [(row["before"], row["after"]) for row in section["rows"]]


def waited(gate, minutes: int, number: int, firm, *, priority: str = "P1", called: int = 60) -> Trip:
    """A trip that stood in the holding area yesterday since so many minutes before its call at ten."""
    at = NOON - DAY - timedelta(hours=2)
    trip = sent(gate, f"12C2{number:04}", at - timedelta(hours=6), firm, eta=at)
    came = at + timedelta(minutes=called - minutes)
    moments = {"first_arrival_at": came, "buffer_at": came, "effective_at": came, "arrived_at": None}
    Trip.objects.filter(pk=trip.pk).update(**moments, called_at=at + timedelta(minutes=called), priority=priority)
    return trip


def test_the_dry_run_of_a_limit_counts_whom_it_would_have_caught(gate, two):
    firm = make_firm()
    trips = [sent(gate, f"12C1000{number}", NOON - DAY, firm, eta=NOON - DAY) for number in range(3)]
    for hours, trip in zip((5, 11, 20), trips, strict=True):
        out = NOON - DAY + timedelta(hours=hours - 12)
        Trip.objects.filter(pk=trip.pk).update(released_at=out - timedelta(hours=hours), crossed_out_at=out)

    (told,) = shown(two, "limit", {"value": 4}, key={"code": "release_h"})

    assert told["title"]["vi"] == "Hiệu lực của việc thông quan: 12 → 4 giờ"
    assert pairs(told) == [(1, 3)]
    assert told["note"]["vi"] == "Trong 3 trường hợp; lớn nhất là 20 giờ."


def test_the_dry_run_of_the_centres_share_splits_yesterdays_fees_anew(gate, two):
    firm = make_firm()
    for number in range(2):
        sent(gate, f"12C1000{number}", NOON - DAY, firm)

    (told,) = shown(two, "limit", {"value": 15}, key={"code": "fee_kept"})

    assert pairs(told) == [(200_000, 300_000), (1_800_000, 1_700_000)]


def test_every_limit_has_an_answer_or_says_why_there_is_none(gate, two):
    table = RULE_TABLES.get("border_gate.limit")
    change = actions.draft_change(
        title="T", document_no="1", source="test", effective_on=TOMORROW, by=two.deputy, at=NOON
    )
    found = list(rows.rows_on(table, TOMORROW))
    for row in found:
        actions.put_row(change=change, table=table, values={"value": row.value + 1}, base=row, by=two.deputy, at=NOON)

    rehearsing.ask(change=change, by=two.deputy, at=NOON)
    rehearsing.play_asked()
    kept = Rehearsal.objects.get(change=change)

    assert kept.error == ""
    told = kept.result["sections"][: len(found)]
    assert [one["title"]["vi"] for one in told if not (one["rows"] or one["note"]["vi"])] == []
    assert len(told) == len(found) == len(limits.first())


def test_the_dry_run_of_the_cycle_calls_yesterdays_vehicles_once_more(gate, two):
    firm = make_firm()
    for number, (priority, minutes) in enumerate([("P3", 50), ("P1", 40), ("P3", 60), ("P1", 30)]):
        waited(gate, minutes, number, firm, priority=priority, called=60 + number)

    (told,) = shown(two, "queue_cycle", {"steps": ["P3", "P1"]}, key={"season": "season"})
    means = {row["label"]["vi"]: (row["before"], row["after"]) for row in told["rows"]}

    assert told["note"]["vi"].startswith("4 lần gọi")
    assert means["Hàng tươi sống: chờ trung bình, phút"][1] > means["Hàng tươi sống: chờ trung bình, phút"][0]
    assert means["Thông thường: chờ trung bình, phút"][1] < means["Thông thường: chờ trung bình, phút"][0]


def test_the_dry_run_of_a_reason_shows_both_labels_and_how_often_it_was_given(gate, two):
    trip = sent(gate, "12C10001", NOON - DAY, make_firm())
    tasks.place_hold(
        trip=trip,
        force=Force.objects.get(code="HAIQUAN"),
        reason="nợ thuế quá hạn",
        reason_code="TAX_DEBT",
        by=gate.everything,
        at=NOON - DAY + timedelta(minutes=1),
    )

    (told,) = shown(two, "reason", {"label_vi": "Còn nợ thuế"}, key={"kind": "HOLD", "code": "TAX_DEBT"})

    assert [(one["old"], one["new"], one["used"]) for one in told["texts"]] == [("Nợ thuế", "Còn nợ thuế", 1)]


def test_the_dry_run_of_results_and_corrections_tells_what_they_would_have_done(gate, two):
    trip = sent(gate, "12C10001", NOON - DAY, make_firm())
    task = ClearanceTask.objects.get(trip=trip, kind="PLANT_Q")
    tasks.pass_task(task=task, by=gate.everything, at=NOON - DAY + timedelta(minutes=1))

    (results,) = shown(two, "task_result", {"task_state": "OPEN"}, key={"result": "PASS"})
    (corrected,) = shown(two, "correction", {"fee_anew": True}, key={"field": "seal"})

    assert {one["label"]["vi"]: (one["before"], one["after"]) for one in results["rows"]} == {
        "Đạt → Đạt": (1, 0),
        "Đạt → Chưa nhận": (0, 1),
    }
    assert corrected["note"]["vi"] == "Hôm qua có 0 ô được sửa."


@pytest.mark.parametrize(
    ("name", "values", "key"),
    [
        ("booking_rule", {"horizon_days": 3}, {"code": "booking"}),
        ("fee_term", {"codes": ["FRUIT"]}, {"term": "FRESH_VEG_FRUIT"}),
        ("order_text", {"text_vi": "Dừng xe, tắt máy, chờ lệnh."}, {"code": "STOP"}),
        ("refusal_text", {"message_vi": "Xe {plate} chưa có lượt."}, {"code": "BG-209"}),
        ("hours", {"closes": "18:00"}, {"point__code": "HN-1119", "direction": "X", "kind": "normal"}),
        ("barrier", {"lanes": 4}, {"code": "HN-1119-B1"}),
        ("yard_room", {"capacity": 290}, {"yard__code": "XC"}),
        ("yard_tariff", {"next_day": 110_000}, {"yard_code": "ANY"}),
        ("hour_capacity", {"capacity": 1}, {"point__code": "HN-1119", "direction": "X"}),
        ("risk_rule", {"share_percent": 40}, {"code": "I1"}),
        ("goods", {"papers": []}, {"code": "081090"}),
        ("just_in_time", {"hs_prefixes": ["8542"]}, {"code": "J1"}),
        ("sample_rule", {"share_percent": 50}, {"code": "DURIAN"}),
        ("force", {"name_vi": "Hải quan"}, {"code": "HAIQUAN"}),
        ("trip_type", {"goods_stage": "INLAND"}, {"trip_type": "EXP_VN"}),
        ("field_rule", {"need": "required"}, {"trip_type": "any", "field": "customs_no"}),
    ],
)
def test_no_table_is_without_an_answer(gate, two, name, values, key):
    if name == "refusal_text":
        places = checks_places(codes.catalogue()["BG-209"]["message_vi"])
        values = {"message_vi": f"Xe chưa có lượt {' '.join(places)}"}

    told = shown(two, name, values, key=key)

    assert told
    assert all(one["rows"] or one.get("texts") or one.get("note") or one["summed"] for one in told)
