"""Words of what the department of industry and trade writes: drafts, what became of them, notices on the inflow."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

DRAFTED = notice(
    "border_gate.moratorium_drafted",
    title=_("Draft of a notice to be decided"),
    texts={
        "vi": "Dự thảo thông báo tạm dừng {ref} chờ quyết định: ban hành hoặc trả lại. Chưa dừng hàng nào.",
        "en": "The draft {ref} of a notice that stops goods waits for a decision. It stops nothing yet.",
    },
)
PLACED = notice(
    "border_gate.moratorium_draft_placed",
    title=_("Draft of a notice put in force"),
    texts={"vi": "Dự thảo {ref} đã được ban hành.", "en": "The draft {ref} is put in force."},
)
RETURNED = notice(
    "border_gate.moratorium_draft_returned",
    title=_("Draft of a notice sent back"),
    texts={"vi": "Dự thảo {ref} bị trả lại. Lý do: {reason}", "en": "The draft {ref} is sent back. Reason: {reason}"},
)
INFLOW = notice(
    "border_gate.inflow_published",
    title=_("Notice on the inflow of goods"),
    texts={
        "vi": "Thông báo điều tiết {ref}, từ {a} đến {b}, có lượt xe của doanh nghiệp. {text}",
        "en": "Notice {ref} on the inflow of goods, from {a} to {b}; trips of the firm are touched. {text}",
        "zh-hans": "货物调节通知{ref}，时间为河内时间{a}至{b}，涉及贵企业的车次。{text}",
    },
)
INFLOW_ON_THE_WAY = notice(
    "border_gate.inflow_on_the_way",
    title=_("Notice on the inflow of goods"),
    texts={
        "vi": "Thông báo điều tiết {ref}, từ {a} đến {b}, có lượt xe của bạn. Hỏi doanh nghiệp trước khi khởi hành.",
        "en": "Notice {ref} on the inflow, from {a} to {b}, touches your trip. Ask the firm before setting out.",
        "zh-hans": "货物调节通知{ref}涉及您的车次，时间为河内时间{a}至{b}。出发前请询问企业。",
    },
    channels=("app", "sms"),
    sms_fields=("ref", "a", "b"),
)
INFLOW_OVER = notice(
    "border_gate.inflow_over",
    title=_("Notice on the inflow ended early"),
    texts={
        "vi": "Thông báo điều tiết {ref} đã kết thúc sớm. Đi theo kế hoạch của doanh nghiệp.",
        "en": "Notice {ref} on the inflow of goods has ended early. Drive as the firm has planned.",
        "zh-hans": "货物调节通知{ref}已提前结束。请按企业安排行驶。",
    },
    channels=("app", "sms"),
    sms_fields=("ref",),
)
INFLOW_ENDED = notice(
    "border_gate.inflow_ended",
    title=_("Notice on the inflow ended early"),
    texts={
        "vi": "Thông báo điều tiết {ref} kết thúc sớm. Lý do: {reason}",
        "en": "Notice {ref} on the inflow of goods has ended early. Reason: {reason}",
        "zh-hans": "货物调节通知{ref}已提前结束。原因：{reason}",
    },
)
