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
        "zh-hans": "车辆{plate}在{gate}被误记为未申报，现已撤销，不计入贵企业。",
    },
)
NAMED = notice(
    "border_gate.firm_named",
    title=_("A vehicle was declared for the firm"),
    texts={
        "vi": "Xe {plate} tại {gate} được khai là của doanh nghiệp. Nếu không đúng, báo ngay trước khi xe thông quan.",
        "en": "Vehicle {plate} at {gate} was declared as your firm's. If it is not, say so before it is released.",
        "zh-hans": "{gate}的车辆{plate}被申报为贵企业车辆。如不属实，请在放行前告知。",
    },
)
NAMED_BY_LINK = notice(
    "border_gate.firm_named_by_link",
    title=_("A vehicle was declared for the firm"),
    texts={
        "vi": "Một xe tại cửa khẩu được khai là của doanh nghiệp. Xem, và báo nếu không đúng: {link}",
        "en": "A vehicle at the border gate was declared as your firm's. Look, and say if it is not: {link}",
        "zh-hans": "口岸有一辆车被申报为贵企业车辆。请查看，如不属实请告知：{link}",
    },
    channels=("app", "sms"),
    sms_fields=("link",),
)
DISOWNED = notice(
    "border_gate.firm_disowned",
    title=_("The firm has disowned the vehicle"),
    texts={
        "vi": "Doanh nghiệp không nhận xe {plate} tại {gate}: {reason}. Hỏi lái xe và khai lại đúng doanh nghiệp.",
        "en": "The firm has disowned vehicle {plate} at {gate}: {reason}. Ask the driver and name the true firm.",
    },
)
