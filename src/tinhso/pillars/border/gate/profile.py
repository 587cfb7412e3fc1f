"""The gate's reference rows, put in from its tables: set-wise, again and again without harm.

What the board sets by order (switches of points, room of yards, slots) is put in once and then left alone.
"""

from __future__ import annotations

from datetime import date, datetime, time
from pathlib import Path
from typing import Any, TypeVar
from uuid import NAMESPACE_URL, uuid5

from django.contrib.gis.geos import Point
from django.db import models, transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import text
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.geo.models import Place
from tinhso.kernel.metrics.models import ReferenceFigure
from tinhso.kernel.modules.declare import importer, profile
from tinhso.kernel.organisations.models import Agency, AgencyKind, agency_id
from tinhso.kernel.rulebook.first_rows import put_new
from tinhso.pillars.border.gate.actions.codes import COLUMNS, all_wrong, keep_codes, read_codes
from tinhso.pillars.border.gate.actions.fee_money import PAYEE
from tinhso.pillars.border.gate.actions.first_rules import SINCE, force_named, load_first_rules
from tinhso.pillars.border.gate.actions.tariff import load_rates
from tinhso.pillars.border.gate.models import (
    Bay,
    ControlPoint,
    CrossingPoint,
    Force,
    Gate,
    HsCode,
    OperatingCalendar,
    QrKey,
    Yard,
)
from tinhso.pillars.border.gate.models.places import SHORT_NAMES, place_id
from tinhso.pillars.border.gate.rules import hs
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.rules.tables import Row, table
from tinhso.shared.payments import facade as payments

REPORT_SAMPLE = (
    ("Thông quan", 1243),
    ("Xuất khẩu", 328),
    ("Xuất khẩu, hoa quả", 234),
    ("Xuất khẩu, hàng khác", 94),
    ("Nhập khẩu", 915),
    ("Nhập khẩu, hàng hóa", 865),
    ("Nhập khẩu, xe mới", 50),
    ("Tồn cuối ngày", 369),
    ("Tồn, hoa quả", 216),
    ("Tồn, hàng khác", 153),
)
WEEK_SAMPLE = (("Thông quan", 12_857), ("Xuất khẩu", 3_681), ("Nhập khẩu", 9_176))
CENTRE = ("Trung tâm Quản lý cửa khẩu", "Border gate management centre")
_CALENDAR = uuid5(NAMESPACE_URL, "tinhso:border-gate-calendar")

Record = TypeVar("Record", bound=models.Model)


@profile(40)
@transaction.atomic
def places(at: datetime) -> int:
    """Gates, crossing points, barriers and yards, with the kernel's places that they are."""
    points, yards = table("gates"), table("yards")
    gates = {row["gate_code"]: row for row in points}
    _put([Gate(row["gate_code"], row["gate_name_vi"], row["gate_class"]) for row in gates.values()], unique=["code"])
    _put([*map(_place_of_point, points), *map(_place_of_yard, yards)], unique=["code"])
    known = dict(Place.objects.filter(kind__in=("crossing_point", "yard")).values_list("code", "id"))
    by_order = [_point(row, known, order) for order, row in enumerate(points)]
    _put(by_order, unique=["place"], only=["gate", "name", "markers", "opposite", "source", "order", "unlocode"])
    barriers = [_barrier(row, known) for row in table("control_points")]
    _put(barriers, unique=["code"], only=["point", "kind", "source"])
    _put([_yard(row, known) for row in yards], unique=["place"], only=["name", "name_zh", "point", "level", "source"])
    Bay.objects.bulk_create(_bays(known), ignore_conflicts=True)
    return len(points) + len(yards) + len(barriers)


@profile(41)
@transaction.atomic
def forces(at: datetime) -> int:
    """The forces, each of them an agency; one that is a department already stays one."""
    rows = table("forces")
    Agency.objects.bulk_create(map(_agency, rows), ignore_conflicts=True)
    ids = dict(Agency.objects.filter(code__in=[row["code"] for row in rows]).values_list("code", "id"))
    _put([_force(row, ids) for row in rows], unique=["agency"], only=["number", "basis", "name_zh"])
    return len(rows)


@profile(42)
@transaction.atomic
def reference(at: datetime) -> int:
    """What the forces check, reasons, HS codes, goods, normal hours and the published tariff."""
    codes = [HsCode(code) for code in sorted(hs.codes())]
    HsCode.objects.bulk_create(codes, ignore_conflicts=True, batch_size=2000)
    put_new([_hours(row) for row in table("calendar")], "id")
    load_rates(demo=False)
    return len(codes) + load_first_rules()


@importer("puc-phc", title=_("growing areas and packing houses"), columns=COLUMNS)
def growing_areas_and_packing_houses(path: Path, *, at: datetime, on: date | None = None) -> int:
    """The ministry's list, all of it or nothing; every wrong row is told at once. Refusal: BG-036."""
    reading = read_codes(path.read_text(encoding="utf-8"))
    if reading.wrong:
        raise GateRefusal(all_wrong(reading.wrong), code="BG-036", status=422)
    return keep_codes(rows=reading.rows, source=path.name, by=SYSTEM, at=at)


@profile(43)
def first_qr_key(at: datetime) -> int:
    """A key to sign QR codes with, if there is none."""
    if QrKey.objects.filter(retired_at=None).exists():
        return 0
    QrKey.fresh(at=at).save(force_insert=True)
    return 1


@profile(45)
def payee(at: datetime) -> int:
    """To whom the fee is paid: the gate's centre. Its bank account is the province's to name."""
    payments.ensure_payee(code=PAYEE, title_vi=CENTRE[0], title_en=CENTRE[1], agency_id=agency_id("BQLKKT"), book="BL")
    return 1


@profile(44)
def published(at: datetime) -> int:
    """What was published of the traffic, to stand beside the live figures and never instead of them."""
    rows = [row for row in table("gates") if int(row["avg_per_day_2025_07"])]
    figures = [
        _published(f"border_gate.daily_average.{row['point_code']}", row["point_name_vi"], row["avg_per_day_2025_07"])
        for row in rows
    ]
    whole = sum(int(row["avg_per_day_2025_07"]) for row in rows)
    figures.append(_published("border_gate.daily_average", "Trung bình ngày tháng 7/2025", whole))
    figures += [_sample(number, *line) for number, line in enumerate(REPORT_SAMPLE, start=1)]
    figures += [_week_sample(number, *line) for number, line in enumerate(WEEK_SAMPLE, start=1)]
    _put(figures, unique=["code", "as_of", "source"])
    return len(figures)


def _sample(number: int, title: str, value: int) -> ReferenceFigure:
    """A line of the report that the press printed of 22 August 2024 (border brief 9)."""
    return ReferenceFigure(
        code=f"border_gate.report_sample.{number:02d}",
        title=title,
        value=value,
        unit="vehicle",
        as_of=date(2024, 8, 22),
        source="vietnam.vn, 8/2024",
    )


def _week_sample(number: int, title: str, value: int) -> ReferenceFigure:
    """Vehicles of one week of May 2025, as the press told them (border brief 9); which week is not said."""
    return ReferenceFigure(
        code=f"border_gate.week_sample.{number:02d}",
        title=title,
        value=value,
        unit="vehicle",
        as_of=date(2025, 5, 31),
        source="báo chí, một tuần tháng 5/2025",
    )


def _published(code: str, title: str, value: int | str) -> ReferenceFigure:
    whole = code == "border_gate.daily_average"
    return ReferenceFigure(
        code=code,
        metric="border_gate.cleared_today" if whole else "",
        title=title,
        value=int(value),
        unit="vehicle",
        as_of=date(2025, 7, 31),
        source="vietnam.vn",
        note="average of a day of July 2025, both directions",
    )


def _put(records: list[Record], *, unique: list[str], only: list[str] | None = None) -> None:
    """Insert, or bring up to date the fields of `only` (all when not given), in one statement."""
    model = type(records[0])
    fields = [field.name for field in model._meta.concrete_fields if field.name not in {*unique, "id"}]
    model._default_manager.bulk_create(
        records, update_conflicts=True, unique_fields=unique, update_fields=only or fields
    )


def _place_of_point(row: Row) -> Place:
    where = Point(float(row["lon"]), float(row["lat"]), srid=4326) if row["lat"] else None
    return Place(
        id=place_id(row["point_code"]),
        code=row["point_code"],
        name=row["point_name_vi"],
        short_name=SHORT_NAMES.get(row["point_code"], ""),
        kind="crossing_point",
        point=where,
        unit_code=row["unit_code"],
        source=row["coord_source"],
    )


def _place_of_yard(row: Row) -> Place:
    code = f"YARD-{row['yard_code']}"
    return Place(id=place_id(code), code=code, name=row["name_vi"], kind="yard", source=row["basis"])


def _point(row: Row, known: dict[str, Any], order: int) -> CrossingPoint:
    return CrossingPoint(
        place_id=known[row["point_code"]],
        code=row["point_code"],
        unlocode=row["unlocode"] or None,
        gate_id=row["gate_code"],
        name=row["point_name_vi"],
        markers=row["boundary_markers"],
        opposite=row["opposite_side"],
        goods_open=row["open_for_goods_default"] == "1" and "RAIL" not in row["gate_class"],
        slots_export=int(row["default_slot_cap_export_per_h"]),
        slots_import=int(row["default_slot_cap_import_per_h"]),
        daily_average=int(row["avg_per_day_2025_07"]),
        daily_export=int(row["avg_export"]),
        daily_import=int(row["avg_import"]),
        order=order,
        source=row["coord_source"],
    )


def _barrier(row: Row, known: dict[str, Any]) -> ControlPoint:
    return ControlPoint(
        code=row["control_point"],
        point_id=known[row["point_code"]],
        kind=row["kind"],
        name=row["name_vi"],
        lanes=int(row["lanes"]),
        source=row["basis"],
    )


def _yard(row: Row, known: dict[str, Any]) -> Yard:
    return Yard(
        place_id=known[f"YARD-{row['yard_code']}"],
        code=row["yard_code"],
        name=row["name_vi"],
        name_zh=row["name_zh"],
        point_id=known[row["point_code"]],
        level=row["level"],
        capacity=int(row["capacity"]),
        source=row["basis"],
    )


def _bays(known: dict[str, Any]) -> list[Bay]:
    """Bays in rows of fifty, kind after kind: A01, A02 …; what the board has closed or given another kind stays."""
    found: list[Bay] = []
    numbers: dict[str, int] = {}
    for row in table("bays"):
        for _each in range(int(row["bays"])):
            number = numbers[row["yard_code"]] = numbers.get(row["yard_code"], 0) + 1
            code = f"{chr(65 + (number - 1) // 50)}{(number - 1) % 50 + 1:02d}"
            yard = known[f"YARD-{row['yard_code']}"]
            found.append(Bay(yard_id=yard, code=code, kind=row["kind"], number=number, source=row["basis"]))
    return found


def _agency(row: Row) -> Agency:
    return Agency(
        id=agency_id(row["code"]),
        code=row["code"],
        name=row["name_vi"],
        folded=text.fold(row["name_vi"]),
        kind=AgencyKind.FORCE,
        valid_from=SINCE,
        basis=force_named(row),
    )


def _force(row: Row, ids: dict[str, Any]) -> Force:
    return Force(
        agency_id=ids[row["code"]],
        code=row["code"],
        number=int(row["no"]),
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        duties=row["duties"],
        basis=force_named(row),
    )


def _hours(row: Row) -> OperatingCalendar:
    name = "/".join((row["point_code"], row["direction"], row["kind"], row["weekdays"], row["valid_from"]))
    return OperatingCalendar(
        id=uuid5(_CALENDAR, name),
        point_id=place_id(row["point_code"]),
        direction=row["direction"],
        kind=row["kind"],
        weekdays=row["weekdays"],
        opens=time.fromisoformat(row["opens"]),
        closes=time.fromisoformat(row["closes"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        source=row["source"],
    )
