"""Firms, vehicles and drivers that do not exist: 300 firms, 20 Chinese carriers, 3,000 vehicles, 2,400 drivers.

Check digits are right and numbers of telephones cannot be called. Ids follow from the numbers, so that loading
twice changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, timedelta
from random import Random
from uuid import NAMESPACE_URL, UUID, uuid5

from django.db import transaction
from stdnum.cn import ric, uscc
from stdnum.vn import mst

from tinhso.kernel.base import text
from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations.models import Agency, AgencyKind, agency_id
from tinhso.pillars.border.gate.models import Driver, Enterprise, Standing, Vehicle, VehicleKind
from tinhso.pillars.border.gate.rules import plates

FIRMS, CARRIERS = 300, 20
NOT_YET_CONFIRMED = 37
"""One firm of so many waits for confirmation: a person accepts its declarations, no rule."""
TRUCKS_OF_A_FIRM, TRUCKS_OF_A_CARRIER, TRUCKS_OF_THE_NAMED = 6, 30, 24
MARK = "(DEMO)"
SINCE = date(2022, 2, 21)
VALID_UNTIL = date(2029, 1, 1)
SEED = 2026
BATCH = 1000
_DEMO = uuid5(NAMESPACE_URL, "tinhso:border-gate-demo")

# The firm, truck and driver that stories and manuals speak of.
NAMED_FIRM = ("4900234569", f"Công ty Nông sản Mẫu A {MARK}")
NAMED_TRACTOR, NAMED_TRAILER, NAMED_DRIVER = "12C-123.45", "12R-001.23", "Nguyễn Văn A"
NAMED_PAPER = "020190000017"

TRADES = ("Nông sản", "Xuất nhập khẩu", "Thương mại", "Logistics", "Vận tải", "Trái cây", "Thủy sản", "Lâm sản")
PLACES = ("Lạng Sơn", "Tân Thanh", "Đồng Đăng", "Bắc Giang", "Tiền Giang", "Long An", "Đắk Lắk", "Bình Thuận", "Hà Nội")
AREAS = ("12", "12", "12", "98", "29", "15", "63", "62", "86", "47", "51", "99")
FAMILY = ("Nguyễn", "Hoàng", "Nông", "Lý", "Vi", "Triệu", "Lương", "Hà", "Đặng", "Trần", "Phạm", "Bế", "Chu", "Dương")
MIDDLE = ("Văn", "Đức", "Xuân", "Quang", "Minh", "Hữu", "Công", "Thế")
GIVEN = ("Hùng", "Dũng", "Nam", "Long", "Sơn", "Tuấn", "Hải", "Bình", "Thành", "Khánh", "Phong", "Việt", "Lâm", "Đạt")
CHINESE_FAMILY, CHINESE_GIVEN = "黄韦李陆农梁陈覃", "伟强军勇杰涛明超辉鹏"
LETTERS = "ABCDEFGHJK"


@dataclass(slots=True)
class Rows:
    """What is to be put in, in the order of its keys."""

    agencies: list[Agency] = field(default_factory=list)
    firms: list[Enterprise] = field(default_factory=list)
    vehicles: list[Vehicle] = field(default_factory=list)
    people: list[Person] = field(default_factory=list)
    drivers: list[Driver] = field(default_factory=list)


@transaction.atomic
def load() -> int:
    """Put the rows in, all or none; returns how many were put in, none the second time."""
    if Enterprise.objects.filter(tax_code=NAMED_FIRM[0]).exists():
        return 0
    rows = make()
    Agency.objects.bulk_create(rows.agencies, ignore_conflicts=True, batch_size=BATCH)
    Enterprise.objects.bulk_create(rows.firms, ignore_conflicts=True, batch_size=BATCH)
    Vehicle.objects.bulk_create(rows.vehicles, ignore_conflicts=True, batch_size=BATCH)
    Person.objects.bulk_create(rows.people, ignore_conflicts=True, batch_size=BATCH)
    Driver.objects.bulk_create(rows.drivers, ignore_conflicts=True, batch_size=BATCH)
    return len(rows.firms) + len(rows.vehicles) + len(rows.drivers)


def make() -> Rows:
    """All rows, the same on every call."""
    rows = Rows()
    chance = Random(SEED)  # noqa: S311
    plates_left = _plates(chance)
    chinese_left = _chinese_plates(chance)
    named = _named(rows)
    for number, code in zip(range(1, FIRMS), _tax_codes(), strict=False):
        name = f"Công ty {chance.choice(TRADES)} {chance.choice(PLACES)} {number:03d} {MARK}"
        standing = Standing.PENDING if number % NOT_YET_CONFIRMED == 5 else Standing.ACTIVE
        firm = _firm(rows, name, tax_code=code, preferred=number % 25 == 0, standing=standing)
        for _ in range(TRUCKS_OF_A_FIRM):
            _truck(rows, firm, next(plates_left), chance)
    for number in range(1, CARRIERS + 1):
        firm = _firm(rows, f"广西凭祥示范运输 {number:02d} {MARK}", uscc=_credit_code(number))
        for _ in range(TRUCKS_OF_A_CARRIER):
            _chinese_truck(rows, firm, next(chinese_left), chance)
    for _ in range(TRUCKS_OF_THE_NAMED):
        _truck(rows, named, next(plates_left), chance)
    return rows


def demo_id(name: str) -> UUID:
    """The id of a demo row, by what it is known as."""
    return uuid5(_DEMO, name)


def _named(rows: Rows) -> UUID:
    firm = _firm(rows, NAMED_FIRM[1], tax_code=NAMED_FIRM[0])
    _vehicle(rows, firm, plates.read(NAMED_TRACTOR), VehicleKind.TRACTOR)
    _vehicle(rows, firm, plates.read(NAMED_TRAILER), VehicleKind.TRAILER)
    _driver(rows, firm, NAMED_DRIVER, "CCCD", NAMED_PAPER)
    return firm


def _firm(
    rows: Rows,
    name: str,
    *,
    tax_code: str = "",
    uscc: str = "",
    preferred: bool = False,
    standing: Standing = Standing.ACTIVE,
) -> UUID:
    code = f"FIRM-{tax_code or uscc}"
    id = agency_id(code)
    rows.agencies.append(
        Agency(
            id=id,
            code=code,
            name=name,
            folded=text.fold(name),
            kind=AgencyKind.FIRM,
            valid_from=SINCE,
            basis="DEMO",
        )
    )
    rows.firms.append(
        Enterprise(
            agency_id=id,
            tax_code=tax_code,
            uscc=uscc,
            phone="+84000000000",
            standing=standing,
            preferred=preferred,
        )
    )
    return id


def _truck(rows: Rows, firm: UUID, number: tuple[str, str], chance: Random) -> None:
    area, serial = number
    _vehicle(rows, firm, plates.read(f"{area}C{serial}"), VehicleKind.TRACTOR)
    if chance.random() < 0.3:
        _vehicle(rows, firm, plates.read(f"{area}R{serial}"), VehicleKind.TRAILER)
    name = f"{chance.choice(FAMILY)} {chance.choice(MIDDLE)} {chance.choice(GIVEN)} {MARK}"
    _driver(rows, firm, name, "CCCD", f"0{area}1{len(rows.drivers) + 80_000_000:08d}")


def _chinese_truck(rows: Rows, firm: UUID, plate: plates.Plate, chance: Random) -> None:
    _vehicle(rows, firm, plate, VehicleKind.TRACTOR)
    born = date(1970, 1, 1) + timedelta(days=chance.randrange(12_000))
    body = f"451481{born:%Y%m%d}{len(rows.drivers) % 1000:03d}"
    paper = body + ric.calc_check_digit(body + "0")
    name = f"{chance.choice(CHINESE_FAMILY)}{chance.choice(CHINESE_GIVEN)} {MARK}"
    _driver(rows, firm, name, "CN_ID", paper, country="CN")


def _vehicle(rows: Rows, firm: UUID, plate: plates.Plate, kind: VehicleKind) -> None:
    trailer = kind == VehicleKind.TRAILER
    rows.vehicles.append(
        Vehicle(
            id=demo_id(plate.norm),
            country=plate.country,
            kind=kind,
            plate=plate.norm,
            plate_typed=plate.shown,
            axles=3,
            kerb_kg=7_000 if trailer else 9_000,
            max_gross_kg=None if trailer else 48_000,
            inspected_until=VALID_UNTIL,
            permit_no="" if trailer else f"DEMO-{plate.norm}",
            permit_until=None if trailer else VALID_UNTIL,
            owner_id=firm,
        )
    )


def _driver(rows: Rows, firm: UUID, name: str, kind: str, paper: str, country: str = "VN") -> None:
    person = Person(
        id=demo_id(f"person {paper}"),
        full_name=name,
        nationality=country,
        phone=f"{'+86' if country == 'CN' else '+84'}{len(rows.drivers):09d}",
        language="zh-hans" if country == "CN" else "vi",
    )
    driver = Driver(
        id=demo_id(paper),
        person=person,
        employer_id=firm,
        paper_until=VALID_UNTIL,
        licence_no=f"DEMO-{len(rows.drivers):05d}",
        licence_class="A2" if country == "CN" else "FC",
        licence_until=VALID_UNTIL,
    )
    driver.keep_paper(kind, paper)
    rows.people.append(person)
    rows.drivers.append(driver)


def _tax_codes() -> Iterator[str]:
    """Right tax codes of the province, one after the other; the named firm's is left out."""
    for serial in range(90_000, 100_000):
        body = f"4900{serial:05d}"
        digit = mst.calc_check_digit(body)
        if len(digit) == 1 and body + digit != NAMED_FIRM[0]:
            yield body + digit


def broker_code() -> str:
    """The tax code of the demo firm that acts as a customs broker for the named one."""
    return next(_tax_codes())


def carrier_code() -> str:
    """The tax code of the demo firm that carries what others declare."""
    codes = _tax_codes()
    next(codes)
    return next(codes)


def _credit_code(number: int) -> str:
    body = f"91451481DEMA{number:05d}"
    return body + uscc.calc_check_digit(body)


def _plates(chance: Random) -> Iterator[tuple[str, str]]:
    """Areas and serial numbers, none twice."""
    serials = chance.sample(range(10_000, 99_999), FIRMS * TRUCKS_OF_A_FIRM)
    taken = {plates.normalise(NAMED_TRACTOR)[3:]}
    for serial in serials:
        if str(serial) not in taken:
            yield chance.choice(AREAS), str(serial)
    yield from ((area, str(serial)) for area in ("36", "37") for serial in range(10_000, 10_100))


def _chinese_plates(chance: Random) -> Iterator[plates.Plate]:
    for serial in chance.sample(range(10_000, 99_999), CARRIERS * TRUCKS_OF_A_CARRIER):
        yield plates.read(f"桂{chance.choice('AFFFF')}{serial}")
