"""The reference rows in the database, and what the database itself refuses."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.geo.models import Place
from tinhso.kernel.organisations.models import Agency, AgencyKind
from tinhso.pillars.border.gate import profile
from tinhso.pillars.border.gate.actions.tariff import load_rates
from tinhso.pillars.border.gate.models import (
    CheckRule,
    ControlPoint,
    CrossingPoint,
    FeeRule,
    Force,
    GoodsRule,
    HsCode,
    Moratorium,
    OperatingCalendar,
    QrKey,
    ReasonCode,
    SlotWindow,
    Yard,
)
from tinhso.pillars.border.gate.queries import reference
from tinhso.pillars.border.gate.rules import fees, hours, plates, qr
from tinhso.pillars.border.gate.rules.codes import GateRefusal

NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)
LOADERS = (profile.places, profile.forces, profile.reference, profile.first_qr_key)


@pytest.fixture
def loaded(db):
    for load in LOADERS:
        load(NOON)


def test_all_tables_are_in(loaded):
    assert CrossingPoint.objects.count() == 9
    assert (Yard.objects.count(), ControlPoint.objects.count()) == (6, 16)
    assert (Force.objects.count(), CheckRule.objects.count()) == (10, 12)
    assert (HsCode.objects.count(), GoodsRule.objects.count(), ReasonCode.objects.count()) == (5613, 72, 30)
    assert set(FeeRule.objects.values_list("status", flat=True)) == {"Published", "Placeholder"}


def test_loading_again_changes_nothing_that_the_board_has_set(loaded):
    CrossingPoint.objects.filter(code="HN-1119").update(medical_control=True, slots_export=50)
    Yard.objects.filter(code="XC").update(capacity=400)
    before = {model: model.objects.count() for model in (Place, Agency, FeeRule, OperatingCalendar, QrKey)}

    for load in LOADERS:
        load(NOON)

    point = CrossingPoint.objects.get(code="HN-1119")
    assert (point.medical_control, point.slots_export) == (True, 50)
    assert Yard.objects.get(code="XC").capacity == 400
    assert before == {model: model.objects.count() for model in before}


def test_a_force_that_is_a_department_already_stays_one(db):
    Agency.objects.create(code="BQLKKT", name="Ban Quản lý", kind=AgencyKind.DEPARTMENT, valid_from=date(2022, 1, 1))

    profile.forces(NOON)

    assert Force.objects.get(code="BQLKKT").agency.kind == AgencyKind.DEPARTMENT
    assert Force.objects.get(code="BIENPHONG").agency.kind == AgencyKind.FORCE


def test_places_know_their_commune_even_where_the_position_is_not_surveyed(loaded):
    chi_ma = CrossingPoint.objects.get(code="CM-01").place

    assert (chi_ma.point, chi_ma.unit_code) == (None, "06541")
    assert CrossingPoint.objects.get(code="HN-1119").place.point.y == pytest.approx(21.97507)


def test_the_tariff_of_the_database_charges_like_the_table(loaded):
    asked = {"regime": "EXPORT", "groups": ["FRUIT"], "vehicle": "LT2", "route": fees.ACROSS, "on": NOON.date()}

    assert fees.assess(**asked, rates=reference.rates_on(NOON.date())).amount == 100_000
    with pytest.raises(GateRefusal, match="BG-029"):
        fees.assess(**{**asked, "regime": "IMPORT"}, rates=reference.rates_on(NOON.date()))

    load_rates(demo=True)

    assert fees.assess(**{**asked, "regime": "IMPORT"}, rates=reference.rates_on(NOON.date())).amount == 1_000_000


def test_versions_of_a_rate_do_not_overlap(loaded):
    rate = FeeRule.objects.get(code="R1")
    rate.pk = None
    rate.valid_from = rate.valid_from + timedelta(days=1)

    with pytest.raises(IntegrityError), transaction.atomic():
        rate.save(force_insert=True)


def test_two_rows_of_normal_hours_do_not_overlap(loaded):
    row = OperatingCalendar.objects.first()

    with pytest.raises(IntegrityError), transaction.atomic():
        OperatingCalendar.objects.create(
            point=row.point, direction=row.direction, opens=row.opens, closes=row.closes, valid_from=date(2026, 1, 1)
        )


def test_a_window_is_never_overbooked(loaded):
    point = CrossingPoint.objects.get(code="HN-1119")
    window = SlotWindow.objects.create(
        point=point, direction="X", begins_at=NOON, ends_at=NOON + timedelta(hours=1), capacity=35, booked=35
    )

    with pytest.raises(IntegrityError), transaction.atomic():
        SlotWindow.objects.filter(pk=window.pk).update(booked=36)


def test_points_work_from_seven_to_nineteen(loaded):
    rows = reference.hours_of(CrossingPoint.objects.get(code="HN-1119"), "X")
    at = lambda hour: datetime(2026, 11, 24, hour - 7, tzinfo=UTC)  # noqa: E731

    assert [hours.is_open(rows, at(hour)) for hour in (7, 18, 19)] == [True, True, False]
    assert hours.next_opening(rows, at(19)) == datetime(2026, 11, 25, tzinfo=UTC)


def test_a_moratorium_speaks_of_its_goods_only(loaded):
    point = CrossingPoint.objects.get(code="HN-1119")
    notice = Moratorium.objects.create(
        points=[point.pk],
        directions=["X"],
        groups=["FRUIT"],
        hs_prefixes=["0709"],
        begins_at=NOON,
        ends_at=NOON + timedelta(days=9),
        document_no="121/TB-SCT",
        text_vi="Tạm dừng tiếp nhận trái cây tươi",
    )
    ask = lambda **more: reference.moratorium_for(  # noqa: E731
        **{"point": point, "direction": "X", "hs_codes": ["081060"], "groups": ["FRUIT"], "at": NOON, **more}
    )

    assert ask() == notice
    assert ask(hs_codes=["070960"], groups=["VEG"]) == notice
    assert ask(hs_codes=["400122"], groups=["OTHER"]) is None
    assert ask(direction="N") is None
    assert ask(at=notice.ends_at) is None
    assert ask(point=CrossingPoint.objects.get(code="CM-01")) is None


def test_the_stored_key_signs_what_the_public_keys_verify(loaded):
    key = reference.signing_key()
    token = qr.sign(
        trip_code="HNX26112200012353",
        tractor=plates.read("12C-123.45"),
        not_after=NOON,
        nonce=b"12345678",
        key=key.private_key(),
        key_id=bytes(key.key_id),
    )

    assert qr.verify(token, keys=reference.verifying_keys(), at=NOON).trip_code == "HNX26112200012353"
