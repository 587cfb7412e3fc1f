"""Procedures change without a release: a fee, a check, a force, a field, a limit, a text, from their day on."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.utils import translation

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.base.text import fold
from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.rulebook import actions, rows, sheets
from tinhso.kernel.rulebook.wording import Wording
from tinhso.kernel.testing.people import grant
from tinhso.pillars.border.gate.actions import declare, fee_money, fees, tasks
from tinhso.pillars.border.gate.actions.first_rules import load_first_rules
from tinhso.pillars.border.gate.actions.forces import follow_rulebook
from tinhso.pillars.border.gate.flows.predicates import later, span
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    CrossingPoint,
    FeeAssessment,
    Force,
    ForceEdition,
    Limit,
    Trip,
)
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries import offline
from tinhso.pillars.border.gate.queries.law import law_on, usual_orders
from tinhso.pillars.border.gate.queries.qr_codes import token_of
from tinhso.pillars.border.gate.queries.queue import pace_of
from tinhso.pillars.border.gate.queries.reference import verifying_keys
from tinhso.pillars.border.gate.rulebook.condition_field import ConditionField
from tinhso.pillars.border.gate.rulebook.condition_field import told as told_in_words
from tinhso.pillars.border.gate.rules import checks, codes, conditions, qr
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm

DAY = timedelta(days=1)
TOMORROW = TODAY + DAY


class Two:
    """Who drafts and who decides."""

    def __init__(self) -> None:
        self.deputy, self.leader = (Actor(uuid7(), "person", name) for name in ("Bình", "Hoa"))
        grant(self.deputy, role_code("RULE_DRAFTER"))
        grant(self.leader, role_code("LEADER"))


@pytest.fixture
def two(gate):
    return Two()


def changed(two, name, values, *, key=None, on=TOMORROW, at=NOON, decide=True):
    """A change of one row: `key` names the row that holds on the day, none makes a new one."""
    table = RULE_TABLES.get(f"border_gate.{name}")
    change = actions.draft_change(
        title=name, document_no="31/QĐ-BQL", source="test", effective_on=on, by=two.deputy, at=at
    )
    base = rows.rows_on(table, on).get(**key) if key else None
    actions.put_row(change=change, table=table, values=values, base=base, by=two.deputy, at=at)
    if decide:
        actions.propose_change(change=change, by=two.deputy, at=at)
        actions.approve_change(change=change, by=two.leader, at=at)
    return change


def sent(gate, plate, at, firm, **fields) -> Trip:
    eta = fields.pop("eta", at + timedelta(hours=3))
    fields["driver"] = make_driver(number=f"0200900{plate[-5:]}", employer=firm)
    trip = declare.draft_trip(
        draft=fruit_draft(gate, firm=firm, plate=plate, planned_on=eta.date(), eta=eta, **fields),
        by=gate.everything,
        at=at,
    )
    return declare.submit_trip(trip=trip, by=gate.everything, at=at)


NEW_CHECK = {
    "task": "FOREST_Q",
    "title_vi": "Kiểm tra lâm sản",
    "title_en": "Forest products",
    "forces": ["KIEMLAM"],
    "needed": ["loaded & group:FRUIT"],
    "placed": "goods",
    "stages": ["EXIT"],
    "results": ["PASS", "FAIL"],
    "minutes": 20,
    "number": 55,
    "rule": "always",
}
NEW_FORCE = {"code": "KIEMLAM", "number": 11, "name_vi": "Kiểm lâm", "name_en": "Forest rangers", "duties": ""}


def test_every_table_of_the_rulebook_holds_rows_today(gate):
    counts = {table.name: rows.rows_on(table, TODAY).count() for table in RULE_TABLES}

    assert [name for name, count in counts.items() if not count] == []
    assert len([name for name in counts if name.startswith("border_gate.")]) == 24


def test_the_first_rows_open_the_same_checks_as_the_tables(gate):
    law = law_on(TODAY)

    assert law.book == checks.first_book()


def test_a_new_rate_charges_from_its_day_and_leaves_the_receipts_of_the_day_before(gate, two):
    firm = make_firm()
    before = sent(gate, "12C10001", NOON, firm)
    fee = FeeAssessment.objects.get(trip=before)
    fees.pay_fee(fee=fee, method="CARD", by=gate.everything, at=NOON)
    changed(two, "fee_rule", {"amount": 1_200_000}, key={"code": "D1"})

    after = sent(gate, "12C10002", NOON + DAY, firm)

    assert FeeAssessment.objects.get(trip=after).amount == 1_200_000
    fee.refresh_from_db()
    assert (fee.amount, fee.state) == (1_000_000, "paid")


def test_the_share_that_the_centre_keeps_is_that_of_the_day(gate, two):
    firm = make_firm()
    before = sent(gate, "12C10001", NOON, firm)
    changed(two, "limit", {"value": 15}, key={"code": "fee_kept"})

    after = sent(gate, "12C10002", NOON + DAY, firm)

    shares = [
        (fee.kept, fee.budget, fee.explanation["kept_percent"])
        for fee in (FeeAssessment.objects.get(trip=trip) for trip in (before, after))
    ]
    assert shares == [(100_000, 900_000, 10), (150_000, 850_000, 15)]
    fee = FeeAssessment.objects.get(trip=after)
    told = fee_money.shares_of(fee, kept=fee.kept, budget=fee.budget)
    assert told[0].title.vi.endswith("giữ lại 15 %")


def test_a_qr_code_holds_as_long_as_the_rulebook_says_and_to_the_trips_end(gate, two):
    trip = sent(gate, "12C10001", NOON, make_firm())
    changed(two, "limit", {"value": 200}, key={"code": "qr_hours"})

    lives = [qr.verify(token_of(trip, at=at), keys=verifying_keys(), at=at).not_after for at in (NOON, NOON + DAY)]

    assert lives == [max(trip.expires_at, NOON + DAY), NOON + DAY + timedelta(hours=200)]


def test_a_new_force_gets_its_tasks_without_a_release(gate, two):
    firm = make_firm()
    changed(two, "force", NEW_FORCE)
    changed(two, "check_rule", NEW_CHECK)
    before = sent(gate, "12C10001", NOON, firm)
    after = sent(gate, "12C10002", NOON + DAY, firm)
    officer = Actor(uuid7(), "person", "Lâm")
    grant(officer, "border_force", place=after.point_id, agency=Force.objects.get(code="KIEMLAM").pk)

    task = ClearanceTask.objects.get(kind="FOREST_Q")
    tasks.pass_task(task=task, by=officer, at=NOON + DAY)

    assert (task.trip_id, task.state, str(task.title)) == (after.pk, "passed", "Kiểm tra lâm sản")
    assert not ClearanceTask.objects.filter(trip=before, kind="FOREST_Q").exists()


def test_a_check_that_ended_is_still_finished_where_it_is_open(gate, two):
    trip = sent(gate, "12C10001", NOON, make_firm())
    table = RULE_TABLES.get("border_gate.check_rule")
    change = actions.draft_change(
        title="T", document_no="1", source="test", effective_on=TOMORROW, by=two.deputy, at=NOON
    )
    row = rows.rows_on(table, TOMORROW).get(task="PLANT_Q")
    actions.end_row(change=change, table=table, base=row, by=two.deputy, at=NOON)
    actions.propose_change(change=change, by=two.deputy, at=NOON)
    actions.approve_change(change=change, by=two.leader, at=NOON)

    task = tasks.pass_task(task=ClearanceTask.objects.get(trip=trip, kind="PLANT_Q"), by=gate.everything, at=NOON + DAY)

    assert task.state == "passed"
    assert law_on(TOMORROW).book.row("PLANT_Q") is None


def test_a_field_that_becomes_required_is_asked_by_the_validator(gate, two):
    changed(two, "field_rule", {"need": "required"}, key={"trip_type": "any", "field": "customs_no"})
    firm = make_firm()

    sent(gate, "12C10001", NOON, firm, customs_no="")
    with pytest.raises(Refusal) as refused:
        sent(gate, "12C10002", NOON + DAY, firm, customs_no="")

    assert refused.value.code == "BG-310"
    assert "Số tờ khai hải quan" in refused.value.for_people()


def test_a_limit_counts_in_python_and_in_the_steps_of_the_database(gate, two):
    changed(two, "limit", {"value": 48}, key={"code": "expiry_h"})
    changed(two, "limit", {"value": 30}, key={"code": "call_min"})
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"select {later('call_min', 'day')} - day from unnest(%s::timestamptz[]) as asked(day)",
            [[NOON, NOON + DAY]],
        )
        spans = [span for (span,) in cursor.fetchall()]

    assert spans == [timedelta(minutes=45), timedelta(minutes=30)]
    assert declare.expiry_of(TODAY) - declare.expiry_of(TODAY - DAY) == DAY
    assert declare.expiry_of(TOMORROW) - declare.expiry_of(TODAY) == timedelta(0)


def test_the_hour_of_a_vehicle_and_its_wait_go_by_the_rulebook_also_without_network(gate, two):
    changed(two, "limit", {"value": 90}, key={"code": "slot_late_min"})
    changed(two, "limit", {"value": 60}, key={"code": "wait_p1_min"})
    point = gate.points["HN-1119"]
    from django.db import connection

    with connection.cursor() as cursor:
        cursor.execute(
            f"select {span('slot_late_min', 'day')} from unnest(%s::timestamptz[]) as asked(day)", [[NOON, NOON + DAY]]
        )
        late = [one for (one,) in cursor.fetchall()]

    assert late == [timedelta(minutes=60), timedelta(minutes=90)]
    assert [offline.common_at(point, (), at)["slot"] for at in (NOON, NOON + DAY)] == [[1_800, 3_600], [1_800, 5_400]]
    assert pace_of(point, None, NOON).longest["P1"] == timedelta(minutes=120)
    assert pace_of(point, None, NOON + DAY).longest["P1"] == timedelta(minutes=60)


def test_a_refusal_says_what_the_rulebook_has_it_say_from_that_day(gate, two):
    sentence = "Xe đang bị tạm giữ: {list}. Liên hệ lực lượng giữ xe."
    first = str(codes.refuse("BG-026").message)
    places = checks_places(codes.catalogue()["BG-026"]["message_vi"])
    values = {"message_vi": f"Xe đang bị giữ {' '.join(places)}"}
    changed(two, "refusal_text", values, key={"code": "BG-026"})

    with clock.frozen(NOON):
        today = str(codes.refuse("BG-026").message)
    with clock.frozen(NOON + DAY):
        tomorrow = str(codes.refuse("BG-026").message)

    assert sentence != first == today
    assert tomorrow.startswith("Xe đang bị giữ")


def checks_places(sentence: str) -> list[str]:
    from tinhso.pillars.border.gate.rulebook.checks import PLACE

    return [f"{{{name}}}" for name in PLACE.findall(sentence)]


def test_the_usual_room_of_an_hour_is_the_points_from_its_day(gate, two):
    point = gate.points["HN-1119"]
    changed(two, "hour_capacity", {"capacity": 40}, key={"point": point, "direction": "X", "goods_group": "ANY"})

    follow_rulebook(at=NOON)
    before = CrossingPoint.objects.get(pk=point.pk).slots_export
    follow_rulebook(at=NOON + DAY)

    assert (before, CrossingPoint.objects.get(pk=point.pk).slots_export) == (35, 40)


@pytest.mark.parametrize(
    ("name", "values", "key", "code"),
    [
        ("check_rule", {**NEW_CHECK, "needed": ["moonlight"]}, None, "BG-311"),
        ("check_rule", {**NEW_CHECK, "forces": ["NOBODY"]}, None, "BG-312"),
        ("check_rule", {**NEW_CHECK, "forces": ["KDTV"], "results": ["MAYBE"]}, None, "BG-313"),
        ("fee_rule", {"amount": None}, {"code": "D1"}, "BG-315"),
        ("fee_rule", {"groups": ["MOON"]}, {"code": "D1"}, "BG-313"),
        ("refusal_text", {"message_vi": "Không được."}, {"code": "BG-014"}, "BG-314"),
        ("queue_cycle", {"steps": ["P1", "P9"]}, {"season": "season"}, "BG-313"),
        ("limit", {"value": 101}, {"code": "fee_kept"}, "BG-313"),
        ("order_text", {"text_vi": "Đi đến {place}."}, {"code": "GO_TO"}, "BG-314"),
        ("limit", {"unit": "day"}, {"code": "expiry_h"}, "BG-313"),
    ],
)
def test_a_row_that_would_make_no_sense_is_refused_when_drafted(gate, two, name, values, key, code):
    with pytest.raises(Refusal) as refused:
        changed(two, name, values, key=key, decide=False)

    assert refused.value.code == code


def test_a_stranger_and_a_firm_change_nothing(gate, two):
    firm = make_firm()
    stranger, clerk = Actor(uuid7(), "person", "Chi"), Actor(uuid7(), "person", "An")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)

    for who in (stranger, clerk):
        with pytest.raises(Refusal) as refused:
            actions.draft_change(title="T", document_no="1", source="s", effective_on=TOMORROW, by=who, at=NOON)
        assert refused.value.status == 403


def test_usual_words_of_an_order_change_on_their_day(gate, two):
    changed(two, "order_text", {"text_vi": "Dừng xe tại chỗ, tắt máy."}, key={"code": "STOP"})

    with clock.frozen(NOON):
        today = usual_orders().get(code="STOP").text_vi
    with clock.frozen(NOON + DAY):
        tomorrow = usual_orders().get(code="STOP").text_vi

    assert (today, tomorrow) == ("Dừng tại chỗ, tắt máy, chờ lệnh tiếp theo.", "Dừng xe tại chỗ, tắt máy.")


def test_every_row_of_every_table_says_in_words_what_it_means(gate):
    told = {
        table.name: [(row, Wording(table, TODAY)) for row in rows.rows_on(table, TODAY)]
        for table in RULE_TABLES
        if table.name.startswith("border_gate.")
    }

    with translation.override("vi"):
        for name, found in told.items():
            wording = found[0][1]
            for row, _own in found:
                sentence = wording.sentence(row)
                assert len(sentence) > 8, (name, str(row))
                if name not in ("border_gate.refusal_text", "border_gate.order_text", "border_gate.notice_text"):
                    assert "_" not in sentence, sentence


def test_a_condition_reads_as_words_and_comes_back_from_its_form():
    field = ConditionField()
    kept = ["loaded & flag:PLANT_Q", "!driver & type:AGV"]

    with translation.override("vi"):
        said = [told_in_words(one) for one in kept]
        html = field.widget.render("needed", kept)
    chosen = {
        "needed_0_0": "loaded",
        "needed_0_1": "flag:PLANT_Q",
        "needed_1_0": "driver",
        "needed_1_0_not": "1",
        "needed_1_1": "type:AGV",
        "needed_2_0": "",
    }

    assert said == [
        "xe có hàng và có hàng phải kiểm dịch thực vật",
        "không phải (có lái xe trên xe) và lượt xe là Xe tự hành",
    ]
    assert html.count("selected>") == 4
    assert field.widget.value_from_datadict(chosen, {}, "needed") == kept


def test_a_table_goes_out_and_comes_back_as_a_file(gate, two):
    for table in RULE_TABLES:
        change = actions.draft_change(
            title="T", document_no="1", source="test", effective_on=TOMORROW, by=two.deputy, at=NOON
        )
        text = sheets.written(table, TOMORROW)
        assert sheets.read_into(change=change, table=table, text=text, by=two.deputy, at=NOON) == (0, 0, 0), table.name


def test_loading_the_profile_again_leaves_what_the_board_has_changed(gate, two):
    from tinhso.pillars.border.gate.actions.first_rules import load_first_rules

    changed(two, "limit", {"value": 48}, key={"code": "expiry_h"})
    load_first_rules()

    assert law_on(TOMORROW).number("expiry_h").value == 48
    assert law_on(date(2026, 1, 1)).number("expiry_h").value == 72


def test_every_first_row_names_its_source_in_vietnamese(gate):
    plain = [
        (name, row.source)
        for name in sorted(table.name for table in RULE_TABLES if table.name.startswith("border_gate."))
        for row in rows.rows_on(RULE_TABLES.get(name), TODAY)
        if row.source != "test" and fold(row.source) == row.source.casefold()
    ]

    assert plain == []


def test_loading_again_names_the_source_anew_and_leaves_what_two_people_decided(gate, two):
    Limit.objects.filter(code="fee_kept").update(source="border brief")
    changed(two, "limit", {"value": 15}, key={"code": "fee_kept"})

    load_first_rules()

    told = Limit.objects.filter(code="fee_kept").order_by("valid_from").values_list("value", "source")
    assert [(value, source.startswith("tài liệu")) for value, source in told] == [(10, True), (15, False)]


def test_a_force_that_no_source_names_is_marked_as_assumed_until_two_people_decide(gate, two):
    ForceEdition.objects.update(status="")
    load_first_rules()

    def assumed(day: date) -> set[str]:
        rows_of_day = rows.rows_on(RULE_TABLES.get("border_gate.force"), day)
        return {row.code for row in rows_of_day if row.status == "assumed"}

    assert assumed(TODAY) == {"QLTT", "QLVT"}
    changed(two, "force", {"duties": "kiểm tra hàng giả"}, key={"code": "QLTT"})
    load_first_rules()
    assert assumed(TOMORROW) == {"QLVT"}


def test_a_condition_is_read_term_by_term():
    facts = {"loaded": True, "driver": False, "group": {"FRUIT"}, "type": ("EXP_VN",)}

    said = [
        conditions.holds([one], facts)
        for one in ("loaded & group:FRUIT", "loaded & driver", "!driver", "type:AGV", "always", "!group:WOOD & loaded")
    ]

    assert said == [True, False, True, False, True, True]
    with pytest.raises(conditions.Unreadable):
        conditions.holds(["moonlight"], facts)
