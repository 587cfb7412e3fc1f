"""Firms, vehicles and drivers: found however they are written, and refused where a rule says so."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.db import IntegrityError, transaction

from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations.models import Agency
from tinhso.pillars.border.gate.demo import demo_parties, parties
from tinhso.pillars.border.gate.models import Driver, Enterprise, Standing, Vehicle, sealing
from tinhso.pillars.border.gate.queries import parties as queries
from tinhso.pillars.border.gate.rules.codes import GateRefusal

DAY = date(2026, 11, 24)
NOON = datetime(2026, 11, 24, 5, tzinfo=UTC)


def a_firm(code, name="Công ty Thử"):
    agency = Agency.objects.create(code=f"FIRM-{code}", name=name, kind="firm", valid_from=date(2022, 1, 1))
    return Enterprise.objects.create(agency=agency, tax_code=code, standing=Standing.ACTIVE)


def a_driver(nationality="VN", paper=("CCCD", "020190001234"), **more):
    person = Person.objects.create(full_name="Nguyễn Văn A", nationality=nationality)
    driver = Driver(person=person, **more)
    driver.keep_paper(*paper)
    driver.save()
    return driver


def code_of_refusal(function, *args, **kwargs):
    with pytest.raises(GateRefusal) as refused:
        function(*args, **kwargs)
    return refused.value.code


@pytest.mark.django_db
def test_demo_parties_are_loaded_once_and_marked():
    first = demo_parties(run=None)
    count = Vehicle.objects.count()
    again = demo_parties(run=None)

    assert first > 5_000
    assert again == 0
    assert Vehicle.objects.count() == count > 2_900
    assert not Agency.objects.filter(kind="firm").exclude(name__endswith="(DEMO)").exists()
    assert queries.firm_by_tax_code("4900234569").agency.name == "Công ty Nông sản Mẫu A (DEMO)"
    assert queries.vehicle_by_plate("12c 12345").shown_plate == "12C-123.45"
    assert queries.driver_by_paper("CCCD", parties.NAMED_PAPER).person.full_name == "Nguyễn Văn A"


def test_demo_rows_are_the_same_on_every_call():
    first, second = parties.make(), parties.make()

    assert [vehicle.id for vehicle in first.vehicles] == [vehicle.id for vehicle in second.vehicles]
    assert [firm.tax_code for firm in first.firms] == [firm.tax_code for firm in second.firms]
    assert len({vehicle.plate for vehicle in first.vehicles}) == len(first.vehicles)
    assert len({bytes(driver.paper_digest) for driver in first.drivers}) == len(first.drivers)


@pytest.mark.django_db
def test_a_paper_is_encrypted_at_rest_and_found_by_its_number():
    driver = a_driver()
    stored = Driver.objects.get(pk=driver.pk)

    assert b"020190001234" not in bytes(stored.paper_sealed)
    assert stored.paper_number() == "020190001234"
    assert queries.driver_by_paper("CCCD", "020 190 001 234") == driver
    assert queries.driver_by_paper("PASSPORT", "020190001234") is None


@pytest.mark.django_db
def test_one_paper_belongs_to_one_driver():
    a_driver()

    with pytest.raises(IntegrityError), transaction.atomic():
        a_driver()


def test_a_new_key_in_front_still_reads_and_finds_old_papers(settings):
    settings.PAPER_KEYS = ["old"]
    sealed, digest = sealing.seal(b"020190001234"), sealing.digest("020190001234")

    settings.PAPER_KEYS = ["new", "old"]

    assert sealing.unseal(sealed) == b"020190001234"
    assert sealing.digest("020190001234") == digest


@pytest.mark.django_db
def test_a_plate_is_registered_once_per_country():
    Vehicle.objects.create(country="VN", kind="TRACTOR", plate="12C12345")

    with pytest.raises(IntegrityError), transaction.atomic():
        Vehicle.objects.create(country="VN", kind="RIGID", plate="12C12345")
    with pytest.raises(IntegrityError), transaction.atomic():
        Vehicle.objects.create(country="VN", kind="NEW")


@pytest.mark.django_db
def test_a_chinese_vehicle_is_driven_by_a_chinese_citizen_or_an_allowed_shuttle_driver():
    truck = Vehicle.objects.create(country="CN", kind="TRACTOR", plate="桂F12345")
    vietnamese = a_driver(is_shuttle=True)
    chinese = a_driver("CN", ("CN_ID", "451481199001011234"))
    ask = queries.must_be_allowed_to_drive

    ask(chinese, truck, on=DAY, shuttle_drivers=False)
    ask(vietnamese, truck, on=DAY, shuttle_drivers=True)

    assert code_of_refusal(ask, vietnamese, truck, on=DAY, shuttle_drivers=False) == "BG-109"


@pytest.mark.django_db
def test_an_expired_paper_is_refused():
    truck = Vehicle.objects.create(country="VN", kind="TRACTOR", plate="12C12345")
    driver = a_driver(licence_until=DAY - timedelta(days=1))

    assert code_of_refusal(queries.must_be_allowed_to_drive, driver, truck, on=DAY, shuttle_drivers=False) == "BG-007"


def test_weight_must_lie_within_the_vehicle_s_papers():
    truck = Vehicle(country="VN", kind="TRACTOR", plate="12C12345", max_gross_kg=48_000)

    queries.must_fit(truck, gross_kg=48_000)

    assert code_of_refusal(queries.must_fit, truck, gross_kg=48_001) == "BG-009"
    assert code_of_refusal(queries.must_fit, truck, gross_kg=-1) == "BG-009"


def test_the_kerb_weight_is_part_of_what_a_loaded_vehicle_may_weigh():
    truck = Vehicle(country="VN", kind="TRACTOR", plate="12C12345", max_gross_kg=48_000, kerb_kg=9_000)

    queries.must_fit(truck, gross_kg=39_000)
    with pytest.raises(GateRefusal) as refused:
        queries.must_fit(truck, gross_kg=39_001)

    assert (refused.value.code, refused.value.facts["max"]) == ("BG-009", 39_000)


@pytest.mark.django_db
def test_a_locked_firm_may_book_again_when_the_lock_ends():
    firm = a_firm("4900234569")
    firm.standing, firm.locked_until = Standing.BOOKING_LOCKED, NOON

    queries.must_be_able_to_book(firm, at=NOON)

    with pytest.raises(GateRefusal) as refused:
        queries.must_be_able_to_book(firm, at=NOON - timedelta(1))

    assert (refused.value.code, refused.value.facts["t"]) == ("BG-037", "12:00 24/11/2026")
