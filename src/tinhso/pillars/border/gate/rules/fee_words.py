"""The formula of a fee as a payer reads it on his receipt, in both languages."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal
from typing import Any

from tinhso.kernel.base.money import grouped, vnd
from tinhso.pillars.border.gate.rules import fees

Line = tuple[str, str]

ROUTES: dict[str, Line] = {
    fees.INLAND: ("hàng nhập vào nội địa", "imports going inland"),
    fees.YARD_TRANSFER: ("chỉ sang tải trong bãi", "transfer in the yard only"),
}


NOTES: dict[str, Line] = {
    "two_containers": (
        "Hai container 20 feet: tạm tính như một container 40 feet",
        "Two of 20 feet: taken as one of 40, assumed",
    ),
    "capped": ("Không vượt mức tối đa", "Not above the ceiling"),
}
NOTHING: dict[str, Line] = {
    "empty": (
        "Xe không chở hàng phải thu phí: không phải nộp (giả định)",
        "The vehicle carries no goods that are charged: nothing to pay, assumed",
    ),
    "goods": ("Theo quy định của ngày: không phải nộp", "By the rule of the day: nothing to pay"),
}


def formula(explanation: Mapping[str, Any]) -> list[Line]:
    """One line for each base, each coefficient, the ceiling and the document; Vietnamese and English."""
    return list(_formula(explanation))


def _formula(told: Mapping[str, Any]) -> Iterator[Line]:
    yield from _goods(told)
    for line in told.get("lines", ()):
        base = f"{line['group']}: {vnd(int(line['base']))}"
        times = _times(line["group_coefficient"])
        yield (f"Mức thu {base}{times} ({line['base_rule']})", f"Rate {base}{times} ({line['base_rule']})")
    if times := _times(told.get("route_coefficient", "1")):
        vi, en = ROUTES.get(told.get("route", ""), (told.get("route", ""), told.get("route", "")))
        yield (f"Hệ số theo tuyến: {vi}{times}", f"Coefficient of the route: {en}{times}")
    if len(told.get("lines", ())) > 1:
        yield ("Nhiều loại hàng: tính theo mức cao nhất", "Mixed goods: the highest rate counts")
    yield from (words for name, words in NOTES.items() if told.get(name))
    for document in told.get("documents", ()):
        yield (f"Căn cứ {document}", f"By {document}")


def _goods(told: Mapping[str, Any]) -> Iterator[Line]:
    """Which goods are charged, where they are not simply those that the vehicle was declared with."""
    if told.get("way_back"):
        yield ("Hàng nhập mà xe hai chiều chở về", "Imports that a two-way vehicle brings back")
    if kg := told.get("taken_over_kg"):
        yield (f"Hàng nhận từ xe khác trong bãi: {grouped(kg)} kg", f"Taken over in the yard: {grouped(kg)} kg")
    if nothing := told.get("nothing"):
        yield NOTHING[nothing]


def _times(coefficient: str) -> str:
    """` × 1,3`, or nothing for a coefficient of one."""
    number = Decimal(str(coefficient))
    return "" if number == 1 else f" × {number.normalize():f}".replace(".", ",")
