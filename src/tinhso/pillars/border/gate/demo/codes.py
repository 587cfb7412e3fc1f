"""Growing areas and packing houses of the demo, each marked DEMO: those that the simulation's trips carry."""

from __future__ import annotations

from datetime import date, datetime

from tinhso.kernel.base.actor import Actor
from tinhso.pillars.border.gate.actions.codes import CodeRow, keep_codes
from tinhso.pillars.border.gate.rules.goods import REGISTERED
from tinhso.pillars.border.gate.rules.tables import table

SINCE = date(2022, 1, 1)
AREAS = (*range(10, 100), 123, 777)
HOUSES = range(9000, 9040)


def load(*, by: Actor, at: datetime) -> int:
    """Put them in; again and again without harm."""
    products = tuple(row["hs6"] for row in table("border_goods") if REGISTERED in row["papers"])
    rows = [_row("PUC", f"DEMO-{number:04d}", "Vùng trồng", products) for number in AREAS]
    rows += [_row("PHC", f"DEMO-{number}", "Cơ sở đóng gói", products) for number in HOUSES]
    return keep_codes(rows=rows, source="DEMO", by=by, at=at, demo=True)


def _row(kind: str, code: str, title: str, products: tuple[str, ...]) -> CodeRow:
    return CodeRow(kind, code, f"{title} {code} (dữ liệu mẫu)", "", products, "ACTIVE", SINCE, "DEMO")
