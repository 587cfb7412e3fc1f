"""Room of yards and what standing there costs are dated rows: previewed, played against yesterday, in force by day."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import translation

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.rule_tables import RULE_TABLES
from tinhso.kernel.rulebook import rows
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions import move
from tinhso.pillars.border.gate.actions.first_rules import load_first_rules
from tinhso.pillars.border.gate.actions.forces import follow_rulebook
from tinhso.pillars.border.gate.models import Trip, Yard, YardRoom, YardTariff
from tinhso.pillars.border.gate.queries.barrier import yards_with_room
from tinhso.pillars.border.gate.queries.yard import charge_of, price_on
from tinhso.pillars.border.gate.rulebook.yards import Fullness, fullness, room_preview, tariff_preview
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm
from tinhso.pillars.border.gate.tests.test_dry_runs import pairs, shown
from tinhso.pillars.border.gate.tests.test_rulebook import DAY, TOMORROW, changed, sent, two
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC
from tinhso.pillars.border.gate.tests.test_transfers import Yard as At

__all__ = ["two"]
HOUR = timedelta(hours=1)


@pytest.fixture
def xuan_cuong(gate):
    return Yard.objects.get(code="XC")


def stayed(gate, yard: Yard, number: int, firm, *, since, until=None) -> Trip:
    """A trip that stood in the yard from one moment to the other."""
    trip = sent(gate, f"12C3{number:04}", NOON - 3 * DAY, firm, eta=NOON - 3 * DAY)
    Trip.objects.filter(pk=trip.pk).update(yard=yard, yard_in_at=since, crossed_out_at=until)
    return trip


def test_the_room_of_a_yard_is_what_the_rulebook_says_from_its_day(gate, two, xuan_cuong):
    changed(two, "yard_room", {"capacity": 250}, key={"yard": xuan_cuong})

    follow_rulebook(at=NOON)
    before = Yard.objects.get(code="XC").capacity
    for _again in range(2):
        follow_rulebook(at=NOON + DAY)

    assert (before, Yard.objects.get(code="XC").capacity) == (300, 250)
    assert Entry.objects.filter(action="border_gate.yard_room_set", record_id=xuan_cuong.pk).count() == 1


def test_vehicles_are_let_in_by_the_room_of_the_day(gate, two, xuan_cuong):
    people = At(gate)
    people.inside(people.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    other = people.declared("IMP_CN", "桂F54321", lines=(GARLIC,))
    move.cross_in(trip=other, plate="桂F54321", by=people.people["BIENPHONG"], at=NOON)
    changed(two, "yard_room", {"capacity": 1}, key={"yard": xuan_cuong})
    assert yards_with_room(xuan_cuong.point_id) == [xuan_cuong]

    follow_rulebook(at=NOON + DAY)

    assert yards_with_room(xuan_cuong.point_id) == []
    with pytest.raises(StepRefused, match="BG-030"):
        move.enter_yard(trip=Trip.objects.get(pk=other.pk), by=people.people["YARD"], at=NOON + DAY)


def test_loading_the_profile_again_leaves_room_and_prices_that_the_board_has_set(gate, two, xuan_cuong):
    changed(two, "yard_room", {"capacity": 250}, key={"yard": xuan_cuong})
    changed(two, "yard_tariff", {"first_day": 80_000}, key={"yard_code": YardTariff.ANY})
    load_first_rules()

    assert list(YardRoom.objects.filter(yard=xuan_cuong).order_by("valid_from").values_list("capacity", flat=True)) == [
        300,
        250,
    ]
    assert price_on(xuan_cuong, TODAY).first_day == 60_000
    assert price_on(xuan_cuong, TOMORROW).first_day == 80_000


def test_one_yard_is_free_by_order_while_the_others_keep_their_price(gate, two, xuan_cuong):
    free = {"yard_code": "XC", "free_hours": 0, "first_day": 0, "next_day": 0}
    changed(two, "yard_tariff", free)
    other = Yard.objects.get(code="BN")
    trip = Trip(yard_in_at=NOON)

    told = [charge_of(trip, price_on(yard, TOMORROW), at=NOON + 30 * HOUR) for yard in (xuan_cuong, other)]

    assert told == [0, 160_000]
    assert (price_on(xuan_cuong, TODAY).is_demo, price_on(xuan_cuong, TOMORROW).is_demo) == (True, False)
    assert price_on(xuan_cuong, TOMORROW).document_no == "31/QĐ-BQL"


@pytest.mark.parametrize(
    ("name", "values", "field"),
    [
        ("yard_room", {"capacity": 0}, "capacity"),
        ("yard_tariff", {"yard_code": "VT", "free_hours": 0, "first_day": 0, "next_day": 0}, "yard_code"),
        ("yard_tariff", {"yard_code": "XC", "free_hours": 0, "first_day": 10_000_001, "next_day": 0}, "first_day"),
    ],
)
def test_room_and_prices_that_nobody_means_are_refused_when_drafted(gate, two, xuan_cuong, name, values, field):
    key = {"yard": xuan_cuong} if name == "yard_room" else None

    with pytest.raises(Refusal) as refused:
        changed(two, name, values, key=key, decide=False)

    assert refused.value.field == field


def test_a_preview_says_who_stands_there_and_what_stays_cost(gate, xuan_cuong):
    people = At(gate)
    people.inside(people.declared("IMP_CN", CHINESE, lines=(GARLIC,)))
    room = YardRoom.objects.get(yard=xuan_cuong)
    price = YardTariff.objects.get()

    with translation.override("vi"):
        less = room_preview(room, YardRoom(yard=xuan_cuong, capacity=1))
        more = room_preview(room, YardRoom(yard=xuan_cuong, capacity=1_000))
        dearer = tariff_preview(price, YardTariff(free_hours=8, first_day=80_000, next_day=100_000))

    assert less == [
        "Bãi Xuân Cương: 300 → 1",
        "Hiện có 1 xe trong bãi.",
        "Không xe nào được vào cho đến khi có chỗ.",
    ]
    assert more[-1] == "Chỉ có 300 ô đang mở: quá số đó không xe nào có ô đỗ."
    assert dearer == ["6 giờ: 60.000 đ → 0 đ", "1 ngày: 60.000 đ → 80.000 đ", "3 ngày: 260.000 đ → 280.000 đ"]


def test_how_full_a_place_was_goes_by_who_was_there_at_once():
    spans = [(NOON, NOON + 3 * HOUR), (NOON + HOUR, NOON + 2 * HOUR), (NOON + HOUR, NOON + 4 * HOUR)]

    found = [fullness(spans, room) for room in (1, 2, 3, 4)]

    assert found == [Fullness(3, 240, 2), Fullness(3, 120, 1), Fullness(3, 60, 0), Fullness(3, 0, 0)]
    assert fullness([], 1) == Fullness(0, 0, 0)


def test_the_dry_run_tells_how_often_the_yard_would_have_been_full(gate, two, xuan_cuong):
    firm = make_firm()
    for number, (since, until) in enumerate([(-20, -10), (-18, -12), (-17, None), (-60, -50)]):
        stayed(gate, xuan_cuong, number, firm, since=NOON + since * HOUR, until=until and NOON + until * HOUR)

    (told,) = shown(two, "yard_room", {"capacity": 2}, key={"yard": xuan_cuong})

    assert pairs(told) == [(0, 360), (0, 1)]
    assert told["note"]["vi"] == "Nhiều nhất cùng lúc hôm qua: Bãi Xuân Cương 3."


def test_the_holding_areas_of_a_point_fill_as_one(gate, two):
    area = Yard.objects.get(code="PT")
    trip = sent(gate, "12C30001", NOON - DAY, make_firm(), eta=NOON - DAY)
    Trip.objects.filter(pk=trip.pk).update(buffer_at=NOON - 20 * HOUR, called_at=NOON - 19 * HOUR)

    (told,) = shown(two, "yard_room", {"capacity": 200}, key={"yard": area})

    assert told["rows"][0]["label"]["vi"].startswith("Bãi khu phi thuế quan + Công viên Logistics Viettel Lạng Sơn: ")
    assert pairs(told) == [(0, 0), (0, 0)]
    assert told["note"]["vi"].endswith("Lạng Sơn 1.")


def test_the_dry_run_tells_what_those_who_left_yesterday_would_have_paid(gate, two, xuan_cuong):
    firm = make_firm()
    for number, (since, until) in enumerate([(-40, -20), (-30, -14), (-20, None)]):
        stayed(gate, xuan_cuong, number, firm, since=NOON + since * HOUR, until=until and NOON + until * HOUR)

    (told,) = shown(two, "yard_tariff", {"first_day": 90_000}, key={"yard_code": YardTariff.ANY})

    assert (told["unit"], pairs(told)) == ("đ", [(120_000, 180_000)])
    assert told["rows"][0]["label"]["vi"] == "Bãi Xuân Cương"
    assert told["note"]["vi"] == "Trong 2 xe đã rời bãi hôm qua; xe còn trong bãi không tính."


def test_the_rows_say_in_words_which_yard_they_are_of(gate):
    from tinhso.kernel.rulebook.wording import Wording

    with translation.override("vi"):
        told = [
            Wording(table, TODAY).sentence(rows.rows_on(table, TODAY).first())
            for table in (RULE_TABLES.get(f"border_gate.{name}") for name in ("yard_room", "yard_tariff"))
        ]

    assert told[0].endswith(" xe.")
    assert told[1] == "bãi bất kỳ: 4 giờ không thu, sau đó 60.000 đ cho ngày đầu, 100.000 đ cho mỗi ngày tiếp theo."
