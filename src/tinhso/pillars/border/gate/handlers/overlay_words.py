"""Words of what lies over a trip, for its driver and firm: holds, checks and the fee."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

HELD = notice(
    "border_gate.held",
    title=_("Vehicle held"),
    texts={
        "vi": "Lượt {code} đang bị tạm giữ bởi {force}. Xem lý do trên trang lượt xe.",
        "en": "Trip {code} is held by {force}. See the trip's page for the reason.",
        "zh-hans": "车次{code}被{force}扣留。原因请看车次页面。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "force"),
    urgent=True,
)
FREED = notice(
    "border_gate.freed",
    title=_("Hold lifted"),
    texts={
        "vi": "Lượt {code}: {force} đã gỡ tạm giữ.",
        "en": "Trip {code}: {force} has lifted its hold.",
        "zh-hans": "车次{code}：{force}已解除扣留。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "force"),
    urgent=True,
)
FREED_BY_ORDER = notice(
    "border_gate.freed_by_order",
    title=_("Hold lifted by order"),
    texts={
        "vi": "Lượt {code}: tạm giữ của {force} đã được gỡ theo văn bản của lãnh đạo.",
        "en": "Trip {code}: the hold of {force} is lifted by a leader's order.",
        "zh-hans": "车次{code}：{force}的扣留已按领导文件解除。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "force"),
    urgent=True,
)
CHECK_PASSED = notice(
    "border_gate.check_passed",
    title=_("Check passed"),
    texts={
        "vi": "Lượt {code}: {force} xác nhận đạt.",
        "en": "Trip {code}: {force} has confirmed its check.",
        "zh-hans": "车次{code}：{force}确认检查通过。",
    },
    quiet=True,
)
CHECK_FAILED = notice(
    "border_gate.check_failed",
    title=_("Check not passed"),
    texts={
        "vi": "Lượt {code}: kiểm tra của {force} không đạt. Liên hệ quầy của lực lượng này.",
        "en": "Trip {code}: the check of {force} was not passed. Ask at its counter.",
        "zh-hans": "车次{code}：{force}检查未通过。请到其柜台询问。",
    },
    channels=("app", "sms", "email"),
    sms_fields=("code", "force"),
)
TO_BE_TREATED = notice(
    "border_gate.to_be_treated",
    title=_("Goods to be treated"),
    texts={
        "vi": "Lượt {code}: {force} yêu cầu xử lý hàng rồi kiểm tra lại. Xe ở lại trong bãi, liên hệ quầy của lực "
        "lượng này.",
        "en": "Trip {code}: {force} wants the goods treated and checked again. Stay in the yard, ask at its counter.",
        "zh-hans": "车次{code}：{force}要求对货物进行处理后重新检查。请留在停车场内，并到其柜台询问。",
    },
    channels=("app", "sms"),
    sms={
        "vi": "Lượt {code}: {force} yêu cầu xử lý hàng rồi kiểm tra lại. Xe ở lại trong bãi.",
        "en": "Trip {code}: {force} wants the goods treated and checked again. Stay in the yard.",
        "zh-hans": "车次{code}：{force}要求处理货物后重新检查。请留在停车场内。",
    },
    sms_fields=("code", "force"),
)
FEE_DUE = notice(
    "border_gate.fee_due",
    title=_("Fee to be paid"),
    texts={
        "vi": "Lượt {code}: phí hạ tầng cửa khẩu phải nộp {amount}.",
        "en": "Trip {code}: the infrastructure fee to be paid is {amount}.",
        "zh-hans": "车次{code}：应缴口岸基础设施费{amount}。",
    },
    channels=("app", "email"),
)
FEE_PAID = notice(
    "border_gate.fee_settled",
    title=_("Fee paid"),
    texts={
        "vi": "Lượt {code}: đã thu phí {amount}, biên lai {receipt}.",
        "en": "Trip {code}: the fee of {amount} is paid, receipt {receipt}.",
        "zh-hans": "车次{code}：已收费用{amount}，收据{receipt}。",
    },
    quiet=True,
)
FEE_REFUNDED = notice(
    "border_gate.fee_refunded",
    title=_("Fee given back"),
    texts={
        "vi": "Lượt {code}: hoàn trả phí {amount}, biên lai {receipt}.",
        "en": "Trip {code}: the fee of {amount} is given back, receipt {receipt}.",
        "zh-hans": "车次{code}：费用{amount}已退还，收据{receipt}。",
    },
)
