"""Words for the firm when a fee that was paid or deferred has changed, in the application only."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

FEE_DEARER = notice(
    "border_gate.fee_dearer",
    title=_("Rest of the fee to be paid"),
    texts={
        "vi": "Lượt {code}: phí tính lại là {after}, đã nộp {before}. Nộp thêm {amount} trước khi thông quan.",
        "en": "Trip {code}: the fee is now {after}, paid {before}. Pay {amount} more before release.",
        "zh-hans": "车次{code}：费用现为{after}，已缴{before}。放行前请补缴{amount}。",
    },
)
FEE_OWED_ANEW = notice(
    "border_gate.fee_owed_anew",
    title=_("Deferred fee changed"),
    texts={
        "vi": "Lượt {code}: phí được hoãn nộp, tính lại, là {after} thay cho {before}.",
        "en": "Trip {code}: the deferred fee is now {after} instead of {before}.",
        "zh-hans": "车次{code}：申报更正后，缓缴费用由{before}改为{after}。",
    },
)
FEE_CHEAPER = notice(
    "border_gate.fee_cheaper",
    title=_("Part of the fee to be given back"),
    texts={
        "vi": "Lượt {code}: phí tính lại là {after}, đã nộp {before}. Phần thừa {amount} được hoàn trả.",
        "en": "Trip {code}: the fee is now {after}, paid {before}. {amount} is given back.",
        "zh-hans": "车次{code}：费用现为{after}，已缴{before}。多缴的{amount}将退还。",
    },
)
FEE_PART_BACK = notice(
    "border_gate.fee_part_back",
    title=_("Part of the fee given back"),
    texts={
        "vi": "Lượt {code}: đã hoàn trả {amount} phí nộp thừa.",
        "en": "Trip {code}: {amount} of the fee was given back.",
        "zh-hans": "车次{code}：多缴的费用{amount}已退还。",
    },
)
FEE_REST_PAID = notice(
    "border_gate.fee_rest_paid",
    title=_("Rest of the fee paid"),
    texts={
        "vi": "Lượt {code}: đã thu phí bổ sung {amount}, biên lai {receipt}.",
        "en": "Trip {code}: the rest of the fee of {amount} is paid, receipt {receipt}.",
        "zh-hans": "车次{code}：已补缴费用{amount}，收据{receipt}。",
    },
)
FEE_GOES_BACK = notice(
    "border_gate.fee_goes_back",
    title=_("Fee of a disowned vehicle goes back"),
    texts={
        "vi": "Xe {plate} không phải của doanh nghiệp: phí {amount}, biên lai {receipt}, đang được hoàn trả.",
        "en": "Vehicle {plate} is not the firm's: the fee of {amount}, receipt {receipt}, is being given back.",
        "zh-hans": "车辆{plate}不属于贵企业：费用{amount}（收据{receipt}）正在退还。",
    },
)
FEE_WENT_BACK = notice(
    "border_gate.fee_went_back",
    title=_("Fee of a disowned vehicle given back"),
    texts={
        "vi": "Đã hoàn trả phí {amount}, biên lai {receipt}, của xe {plate} không phải của doanh nghiệp.",
        "en": "The fee of {amount}, receipt {receipt}, for vehicle {plate}, not the firm's, has been given back.",
        "zh-hans": "车辆{plate}不属于贵企业：费用{amount}（收据{receipt}）已退还。",
    },
)
FEE_STAYED = notice(
    "border_gate.fee_stayed",
    title=_("Fee of a disowned vehicle not given back"),
    texts={
        "vi": "Chưa hoàn trả phí {amount}, biên lai {receipt}, của xe {plate}. Hỏi quầy thu phí về lý do.",
        "en": "The fee of {amount}, receipt {receipt}, for vehicle {plate} is not given back. Ask the fee counter why.",
        "zh-hans": "车辆{plate}的费用{amount}（收据{receipt}）未退还。原因请询问收费柜台。",
    },
)
