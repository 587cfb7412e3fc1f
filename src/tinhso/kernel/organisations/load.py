"""Put the room's own tables into the database: set-wise, again and again without harm.

The tables say the last day of a unit as legal texts do; the database keeps the first day after it.
Sources (S1 to S8) are named in tables/SOURCES.md.
"""

from __future__ import annotations

import csv
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import TypeVar

from django.db import models, transaction

from tinhso.kernel.base import text
from tinhso.kernel.geo.areas import Land, draw_areas, place_areas
from tinhso.kernel.organisations.models import AdminUnit, Agency, AgencyKind, Level, Succession, agency_id, unit_id

TABLES = Path(__file__).parent / "tables"
PROVINCE = "20"

Row = dict[str, str]
Record = TypeVar("Record", bound=models.Model)


def rows(table: str) -> list[Row]:
    """The rows of one of the room's tables, texts as they stand."""
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


@transaction.atomic
def load_units() -> int:
    """Units of all days and what became of them; returns the number of units."""
    units = [_unit(row) for row in rows("units")]
    _put(units, unique=["id"])
    _put([_succession(row) for row in rows("successions")], unique=["old", "new", "on"])
    return len(units)


def load_areas() -> int:
    """The land of the province's units, and the schematic map of those that are in place; returns how many areas."""
    lands = [_land(row) for row in rows("units") if row["level"] != Level.PROVINCE or row["code"] == PROVINCE]
    communes = [land for land in lands if land.km2 and land.valid_until is None]
    place_areas(lands)
    draw_areas(communes)
    return len(lands)


@transaction.atomic
def load_agencies() -> int:
    """The departments and the people's committee of every unit of the province; returns the number of agencies."""
    committees = [_committee(unit) for unit in _units_of_the_province()]
    departments = [_department(row) for row in rows("departments")]
    _put([*committees, *departments], unique=["code"])
    return len(committees) + len(departments)


def committee_code(code: str, valid_until: date | None) -> str:
    """UBND-05977 for a unit in place, UBND-05977-2025 for one that ended in 2025: codes of units are used again."""
    return f"UBND-{code}" if valid_until is None else f"UBND-{code}-{valid_until.year}"


def _put(records: list[Record], *, unique: list[str]) -> None:
    """Insert or bring up to date, in one statement."""
    model = type(records[0])
    columns = [field.name for field in model._meta.concrete_fields if field.name not in {*unique, "id"}]
    model._default_manager.bulk_create(records, update_conflicts=True, unique_fields=unique, update_fields=columns)


def _unit(row: Row) -> AdminUnit:
    valid_from = date.fromisoformat(row["valid_from"])
    return AdminUnit(
        id=unit_id(row["code"], valid_from),
        code=row["code"],
        level=row["level"],
        type=row["type"],
        name=row["name"],
        full_name=row["full_name"],
        folded=text.fold(row["full_name"]),
        slug=row["slug"],
        parent_id=unit_id(row["parent_code"], date.fromisoformat(row["parent_from"])) if row["parent_code"] else None,
        valid_from=valid_from,
        valid_until=_day_after(row["last_day"]),
        area_km2=_decimal(row["area_km2"]),
        population=int(row["population"]) if row["population"] else None,
        seat=row["seat"],
        border_km=_decimal(row["border_km"]),
        basis=row["basis"],
    )


def _succession(row: Row) -> Succession:
    return Succession(
        old_id=unit_id(row["old_code"], date.fromisoformat(row["old_from"])),
        new_id=unit_id(row["new_code"], date.fromisoformat(row["new_from"])),
        on=date.fromisoformat(row["on"]),
        extent=row["extent"],
        share=_decimal(row["share"]),
        basis=row["basis"],
        act=row["act"],
    )


def _land(row: Row) -> Land:
    return Land(
        code=row["code"],
        level=row["level"],
        name=row["full_name"],
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=_day_after(row["last_day"]),
        lon=float(row["lon"]) if row["lon"] else None,
        lat=float(row["lat"]) if row["lat"] else None,
        km2=float(row["area_km2"]) if row["area_km2"] else None,
    )


def _units_of_the_province() -> list[AdminUnit]:
    """The province, its districts and communes of all days, higher levels first."""
    province = AdminUnit.objects.get(code=PROVINCE, level=Level.PROVINCE)
    below = list(AdminUnit.objects.filter(level__in=(Level.DISTRICT, Level.COMMUNE)).select_related("parent"))
    return [province, *sorted(below, key=lambda unit: (unit.level != Level.DISTRICT, unit.code, unit.valid_from))]


def _committee(unit: AdminUnit) -> Agency:
    code = committee_code(unit.code, unit.valid_until)
    above = unit.parent
    name = f"{unit.full_name[:1].lower()}{unit.full_name[1:]}"
    return Agency(
        id=agency_id(code),
        code=code,
        name=f"Ủy ban nhân dân {name}",
        short_name=f"UBND {name}",
        folded=text.fold(f"Ủy ban nhân dân {name}"),
        kind=AgencyKind.COMMITTEE,
        unit=unit,
        parent_id=agency_id(committee_code(above.code, above.valid_until)) if above else None,
        valid_from=unit.valid_from,
        valid_until=unit.valid_until,
        basis="theo đơn vị hành chính",
    )


def _department(row: Row) -> Agency:
    return Agency(
        id=agency_id(row["code"]),
        code=row["code"],
        name=row["name"],
        folded=text.fold(row["name"]),
        kind=AgencyKind.DEPARTMENT,
        unit_id=unit_id(PROVINCE, date(2008, 8, 1)),
        parent_id=agency_id(committee_code(PROVINCE, None)),
        successor_id=agency_id(row["successor"]) if row["successor"] else None,
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=_day_after(row["last_day"]),
        basis=row["basis"],
        recalled=row["recalled"] == "yes",
    )


def _day_after(last_day: str) -> date | None:
    return date.fromisoformat(last_day) + timedelta(days=1) if last_day else None


def _decimal(value: str) -> Decimal | None:
    return Decimal(value) if value else None
