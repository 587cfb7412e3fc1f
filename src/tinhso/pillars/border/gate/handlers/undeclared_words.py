"""Words of what follows when a vehicle came undeclared, beside those that travellers hear at once."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

NOTED_BY_MISTAKE = notice(
    "border_gate.noted_by_mistake",
    title=_("Noted as undeclared by mistake"),
    texts={
        "vi": "Xe {plate} bị ghi nhận nhầm là chưa khai báo tại {gate}; đã rút lại và không tính cho doanh nghiệp.",
        "en": "Vehicle {plate} was noted as undeclared at {gate} by mistake; it is withdrawn and does not count.",
    },
)
