"""Words for goods groups, headings, regimes and the fields of a declaration."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Protocol

from django.utils.translation import get_language, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.money import grouped
from tinhso.pillars.border.gate.queries.law import goods_today
from tinhso.pillars.border.gate.rules import quantities

USUAL = 3
GOODS_TITLES = {
    "FRUIT": _("fruit"),
    "VEG": _("vegetables"),
    "AQUA": _("seafood"),
    "AGRI": _("farm products"),
    "WOOD": _("wood"),
    "ELECTRONICS": _("electronics"),
    "TEXTILE": _("textiles"),
    "FLOWER": _("flowers"),
    "MINERAL": _("minerals"),
    "NEW_VEHICLE": _("new vehicles"),
    "FERTILISER": _("fertiliser"),
    "OTHER": _("other goods"),
    "EMPTY": _("empty"),
}
REGIME_TITLES = {
    "EXPORT": _("ordinary export"),
    "IMPORT": _("ordinary import"),
    "TEMP_IMP_REEXP": _("temporary import for re-export"),
    "TEMP_EXP_REIMP": _("temporary export for re-import"),
    "TRANSIT": _("transit"),
    "BORDER_TRANSFER": _("border transfer"),
    "BONDED": _("bonded goods"),
}
UNIT_TITLES = {
    "KGM": _("kilogram"),
    "TNE": _("tonne"),
    "GRM": _("gram"),
    "H87": _("piece"),
    "PR": _("pair"),
    "SET": _("set of things"),
    "DZN": _("dozen"),
    "CEN": _("hundred pieces"),
    "MIL": _("thousand pieces"),
    "LTR": _("litre"),
    "MLT": _("millilitre"),
    "MTR": _("metre"),
    "MTK": _("square metre"),
    "MTQ": _("cubic metre"),
}
"""UNECE Recommendation 20, as offered (rules.quantities)."""
PACKAGE_TITLES = {
    "CT": _("carton"),
    "BX": _("box"),
    "CR": _("crate"),
    "BG": _("bag"),
    "SA": _("sack"),
    "PX": _("pallet"),
    "BK": _("basket"),
    "BE": _("bundle"),
    "RO": _("roll"),
    "CS": _("case"),
    "DR": _("drum"),
    "PK": _("package"),
    "NE": _("not packed"),
}
"""UNECE Recommendation 21, as offered (rules.quantities)."""
CURRENCY_TITLES = {
    "VND": _("Vietnamese đồng"),
    "CNY": _("Chinese yuan"),
    "USD": _("US dollar"),
    "EUR": _("euro"),
    "THB": _("Thai baht"),
    "JPY": _("Japanese yen"),
    "KRW": _("Korean won"),
    "HKD": _("Hong Kong dollar"),
}
"""ISO 4217: those that goods here are paid in; others are taken by their code."""

DECLARED_TITLES: dict[str, Any] = {
    "customs_no": _("Customs declaration number"),
    "goods": _("Goods"),
    "lines": _("Goods lines, added or taken out"),
    "weight": _("Gross weight, kg"),
    "share": _("What this vehicle carries, kg"),
    "packages": _("Packages"),
    "value": _("Value of the goods"),
    "quantity": _("Quantity"),
    "certificate": _("Quarantine certificate"),
    "temperature": _("Temperature of the goods, °C"),
    "un_number": _("UN number of dangerous goods"),
    "channel": _("Customs channel"),
    "just_in_time": _("Electronics that a production line waits for"),
    "contract": _("Contract number"),
    "partner": _("Partner on the Chinese side"),
    "partner_phone": _("Telephone of the partner"),
    "regime": _("Regime"),
    "kind": _("Trip type"),
    "tractor": _("Plate of the tractor"),
    "vin": _("VIN of the new vehicle"),
    "temporary_plate": _("Temporary plate"),
    "trailer": _("Plate of the trailer"),
    "container": _("Container number"),
    "second_container": _("Second container"),
    "reefer_temp": _("Temperature of the box, °C"),
    "seal": _("Seal number"),
    "tir": _("TIR carnet"),
    "ecmr": _("e-CMR reference"),
    "driver": _("Driver"),
    "second_driver": _("Second driver"),
    "supervisor": _("Supervisor of the driverless vehicle"),
    "phone": _("Telephone of the driver"),
    "two_way": _("Carries goods both ways"),
    "back": _("Goods of the way back"),
    "point": _("Crossing point"),
    "yard": _("Yard"),
    "planned_on": _("Day at the gate"),
    "eta": _("Hour at the gate"),
    "note": _("Note to the gate"),
}
"""What a firm declares (tables/corrections.csv), in the order in which people look for it."""


def measured(quantity: Decimal | float | None, unit: str) -> str:
    """A quantity with its unit in words: 1860 piece; empty for none."""
    return "" if quantity is None else f"{quantities.show_quantity(quantity)} {UNIT_TITLES.get(unit, unit)}".strip()


def valued(value: int | None, currency: str) -> str:
    """A value with its currency: 12.500 USD; empty for none."""
    return "" if value is None else f"{grouped(value)} {currency}".strip()


def packed(packages: int, kind: str) -> str:
    """Packages with their kind: 1.860 carton; empty for none."""
    if not packages:
        return ""
    if kind:
        return f"{grouped(packages)} {PACKAGE_TITLES.get(kind, kind)}"
    return gettext("%(count)s packages") % {"count": grouped(packages)}


def built(axles: int | None, kerb_kg: int | None) -> str:
    """How a vehicle is built, as far as its card tells: 3 axles, kerb weight 9.000 kg."""
    told = [ngettext("%(count)s axle", "%(count)s axles", axles) % {"count": axles}] if axles else []
    if kerb_kg:
        told.append(gettext("kerb weight %(kg)s kg") % {"kg": grouped(kerb_kg)})
    return ", ".join(told)


def goods_of(headings: list[str]) -> dict[str, str]:
    """HS headings (4 digits), each with the usual good of the border under it where there is one."""
    known = {kind.code[:4]: kind.name_vi.split(",")[0] for kind in goods_today().usual()}
    return {heading: f"{heading} {known.get(heading, '')}".strip() for heading in headings}


def chapters_of(chapters: list[str]) -> dict[str, str]:
    """HS chapters (2 digits), each with the usual goods of the border in it."""
    usual: dict[str, list[str]] = {}
    for kind in goods_today().usual():
        usual.setdefault(kind.code[:2], []).append(kind.name_vi.split(",")[0])
    return {chapter: f"{chapter} {', '.join(usual.get(chapter, [])[:USUAL])}".strip() for chapter in chapters}


class InTwoTongues(Protocol):
    """A notice of the board or of a department: its Chinese text may be empty."""

    text_vi: str
    text_zh: str


def text_of(row: InTwoTongues) -> str:
    """What the notice says to who reads the language in force: Chinese where it was given, else Vietnamese."""
    return (row.text_zh if get_language() == "zh-hans" else "") or row.text_vi
