"""Public holidays as dated rows: those of the Labour Code, computed; swapped days, from their documents."""

from __future__ import annotations

import csv
from datetime import date, time
from importlib.metadata import version
from pathlib import Path

import holidays as statutory
from django.db import transaction

from tinhso.kernel.worktime.models import DayKind, Session, SpecialDay

TABLES = Path(__file__).parent / "tables"
YEARS = range(2020, 2028)
SWAPPED = "Ngày nghỉ (thay cho ngày"  # such a row of the package is a swap: ours come with their document
UNCERTAIN = "Ngày Văn hóa Việt Nam"  # new in 2026, the amending act was not read


@transaction.atomic
def load_calendar() -> int:
    """Put sessions and special days in place; a row that is there stays as it is. Returns how many days there are."""
    Session.objects.bulk_create(_sessions(), ignore_conflicts=True)
    SpecialDay.objects.bulk_create([*_swaps(), *_statutory()], ignore_conflicts=True)
    return SpecialDay.objects.count()


def _statutory() -> list[SpecialDay]:
    source = f"Bộ luật Lao động 2019, Điều 112 (gói holidays {version('holidays')})"
    return [
        SpecialDay(day=day, kind=DayKind.HOLIDAY, name=name, source=source, recalled=name == UNCERTAIN)
        for day, name in sorted(statutory.country_holidays("VN", years=YEARS, language="vi").items())
        if not name.startswith(SWAPPED)
    ]


def _swaps() -> list[SpecialDay]:
    return [
        SpecialDay(
            day=date.fromisoformat(row["day"]),
            kind=row["kind"],
            name=row["name"],
            source=row["source"],
            recalled=row["recalled"] == "yes",
        )
        for row in _rows("swaps")
    ]


def _sessions() -> list[Session]:
    return [
        Session(
            schedule=row["schedule"],
            begins=time.fromisoformat(row["begins"]),
            ends=time.fromisoformat(row["ends"]),
            weekdays=row["weekdays"],
            valid_from=date.fromisoformat(row["valid_from"]),
            source=row["source"],
            recalled=row["recalled"] == "yes",
        )
        for row in _rows("sessions")
    ]


def _rows(table: str) -> list[dict[str, str]]:
    with (TABLES / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
