"""Words for goods groups, headings and regimes in reports."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.rules.goods import by_code

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


def goods_of(headings: list[str]) -> dict[str, str]:
    """HS headings (4 digits), each with the usual good of the border under it where there is one."""
    known = {code[:4]: row["name_vi"].split(",")[0] for code, row in by_code().items()}
    return {heading: f"{heading} {known.get(heading, '')}".strip() for heading in headings}
