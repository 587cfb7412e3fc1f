"""What vehicles hand over to one that goes both ways: one owner each way, and of farm goods one item."""

from __future__ import annotations

import pytest

from tinhso.kernel.testing.people import grant
from tinhso.pillars.border.gate.actions import declare, transfers
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.models import Transfer, TransferLine, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_api import post, signed_in
from tinhso.pillars.border.gate.tests.test_transfers import CHINESE, GARLIC, Yard, fruit_draft_lines

CHIPS = declare.DraftLine(hs6="854231", title="Vi mạch", group="ELECTRONICS", gross_kg=5_000)
PARTS = declare.DraftLine(hs6="851779", title="Linh kiện điện thoại", group="ELECTRONICS", gross_kg=4_000)
FRUIT = fruit_draft_lines()
LONGAN = declare.DraftLine(
    hs6="081090", title="Nhãn tươi", group="FRUIT", gross_kg=9_000, growing_areas=("DEMO-0123",),
    packing_houses=("DEMO-9001",), certificate_no="KD-2611-0872",
)  # fmt: skip


@pytest.fixture
def yard(gate):
    return Yard(gate)


@pytest.fixture
def other(yard):
    """Another owner, for whom the same clerk declares."""
    firm = make_firm("Công ty Bình", "0100109106")
    grant(yard.people["ENTERPRISE"], role_code("ENTERPRISE"), agency=firm.pk)
    return firm


@pytest.fixture
def both_ways(yard) -> Trip:
    """A Chinese vehicle that goes both ways, its import goods handed over."""
    taker = yard.inside(yard.declared("IMP_CN", CHINESE, lines=(GARLIC,), two_way=True))
    pickup = yard.inside(yard.declared("IMP_VN_PICKUP", "12C99999"))
    yard.moved(Load(giver=taker, taker=pickup, kg=20_000))
    return Trip.objects.get(pk=taker.pk)


def export(yard, plate: str, *lines: declare.DraftLine, **fields) -> Trip:
    return yard.inside(yard.declared("EXP_XFER", plate, lines=lines, regime="EXPORT", **fields))


def refused(yard, taker: Trip, *givers: Trip) -> str:
    loads = [Load(giver=giver, taker=taker, kg=giver.gross_kg) for giver in givers]
    stood = Transfer.objects.count(), TransferLine.objects.count()
    with pytest.raises(GateRefusal) as refusal:
        yard.signed(*loads)
    assert (Transfer.objects.count(), TransferLine.objects.count()) == stood
    return refusal.value.code


def test_goods_of_two_owners_do_not_go_together(yard, other, both_ways):
    own, theirs = export(yard, "12C11111", CHIPS), export(yard, "12C22222", PARTS, enterprise=other)

    assert refused(yard, both_ways, own, theirs) == "BG-695"


def test_the_second_owner_is_refused_after_the_first_is_aboard(yard, other, both_ways):
    own, theirs = export(yard, "12C11111", *FRUIT), export(yard, "12C22222", LONGAN, enterprise=other)
    yard.moved(Load(giver=own, taker=both_ways, kg=18_600))

    assert refused(yard, both_ways, theirs) == "BG-017"


def test_a_second_farm_item_is_refused_though_the_first_is_not_signed_yet(yard, both_ways):
    fruit, garlic = export(yard, "12C11111", *FRUIT), export(yard, "12C22222", GARLIC)
    yard.signed(Load(giver=fruit, taker=both_ways, kg=18_600))

    assert refused(yard, both_ways, garlic) == "BG-017"


def test_one_owners_goods_of_one_item_and_electronics_of_several_go_together(yard, both_ways):
    first, second = export(yard, "12C11111", CHIPS), export(yard, "12C22222", PARTS)

    yard.moved(Load(giver=first, taker=both_ways, kg=5_000), Load(giver=second, taker=both_ways, kg=4_000))

    assert Trip.objects.get(pk=both_ways.pk).loaded_kg == 9_000


def test_what_the_yard_gave_up_or_wrote_anew_does_not_stand_in_the_way(yard, other, both_ways):
    own, theirs = export(yard, "12C11111", CHIPS), export(yard, "12C22222", PARTS, enterprise=other)
    begun = transfers.begin_transfer(
        yard=own.yard, loads=[Load(giver=own, taker=both_ways, kg=5_000)], by=yard.people["YARD"], at=NOON
    )
    anew = [Load(giver=theirs, taker=both_ways, kg=4_000)]

    transfers.correct_transfer(transfer=begun, loads=anew, by=yard.people["YARD"], at=NOON)
    assert [line.from_trip_id for line in begun.lines.all()] == [theirs.pk]
    transfers.drop_transfer(transfer=begun, by=yard.people["YARD"], at=NOON)
    yard.signed(Load(giver=own, taker=both_ways, kg=5_000))


def test_a_vehicle_that_goes_one_way_takes_goods_of_several(yard, other):
    taker = yard.inside(yard.declared("CN_EMPTY_IN", CHINESE, regime="EXPORT"))
    own, theirs = export(yard, "12C11111", *FRUIT), export(yard, "12C22222", LONGAN, enterprise=other)

    found = yard.signed(Load(giver=own, taker=taker, kg=18_600), Load(giver=theirs, taker=taker, kg=9_000))

    assert found.state == "signed"


def test_a_program_is_told_what_to_do(yard, other, both_ways):
    own, theirs = export(yard, "12C11111", CHIPS), export(yard, "12C22222", PARTS, enterprise=other)
    program = signed_in("YARD", place=yard.gate.points["HN-1119"])
    loads = [{"giver": str(one.pk), "taker": str(both_ways.pk), "kg": one.gross_kg} for one in (own, theirs)]

    answer = post(program, "/transfers", yard=own.yard.code, loads=loads)

    told = answer.json()
    assert (answer.status_code, told["code"]) == (422, "BG-695")
    assert "một chủ hàng ở mỗi chiều" in told["detail"]
