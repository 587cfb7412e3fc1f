"""What a two-way vehicle brings back, as its firm types it."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.actions.goods_forms import LINES, OUTWARDS, goods_fields, goods_groups, line_of


class Back(Checked):
    """The goods of the way back: import, so no codes of growing areas."""

    customs_no = forms.RegexField(
        r"^[0-9]{12}$",
        label=_("Customs declaration number"),
        required=False,
        strip=True,
        help_text=_("12 digits; may be added later"),
        error_messages={"invalid": _("A customs declaration number has 12 digits.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for number in LINES:
            asked = goods_fields(number, required=number == 1)
            self.fields.update({name: field for name, field in asked.items() if not name.startswith(OUTWARDS)})
        for name in ("goods_1", "kg_1"):
            self.fields[name].error_messages["required"] = _("This has to be filled in.")

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.lines = [line for number in LINES if (line := line_of(self, number, None, "CN")) is not None]
        return found

    def groups(self) -> list[dict[str, Any]]:
        """The goods lines with their fields; further lines are folded until they hold something."""
        return goods_groups(self)
