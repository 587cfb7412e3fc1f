"""Words for goods groups, headings, regimes and the fields of a declaration."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.queries.law import goods_today

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

DECLARED_TITLES: dict[str, Any] = {
    "customs_no": _("Customs declaration number"),
    "goods": _("Goods"),
    "lines": _("Goods lines, added or taken out"),
    "weight": _("Gross weight, kg"),
    "share": _("What this vehicle carries, kg"),
    "packages": _("Packages"),
    "value": _("Value of the goods"),
    "certificate": _("Quarantine certificate"),
    "temperature": _("Temperature of the goods, °C"),
    "un_number": _("UN number of dangerous goods"),
    "channel": _("Customs channel"),
    "just_in_time": _("Electronics that a production line waits for"),
    "contract": _("Contract number"),
    "partner": _("Partner on the Chinese side"),
    "partner_phone": _("Telephone of the partner"),
    "regime": _("Regime"),
    "tractor": _("Plate of the tractor"),
    "trailer": _("Plate of the trailer"),
    "container": _("Container number"),
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
