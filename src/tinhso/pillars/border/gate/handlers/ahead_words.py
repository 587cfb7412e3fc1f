"""Words of declarations ahead. By text message goes a link and no name of anybody (border brief §10)."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

ASKED = notice(
    "border_gate.ahead_asked",
    title=_("A driver wants to declare for the firm"),
    texts={
        "vi": "Lái xe của xe {plate} đề nghị khai trước thay doanh nghiệp. Xem và đồng ý hoặc từ chối.",
        "en": "The driver of {plate} wants to declare ahead for your firm. Read it and consent or decline.",
        "zh-hans": "车辆{plate}的司机请求代贵企业预申报。请查看并同意或拒绝。",
    },
)
ASKED_BY_LINK = notice(
    "border_gate.ahead_asked_by_link",
    title=_("A driver wants to declare for the firm"),
    texts={
        "vi": "Một lái xe đề nghị khai báo cửa khẩu thay doanh nghiệp. Xem và trả lời: {link}",
        "en": "A driver wants to declare at the border gate for your firm. Read and answer: {link}",
        "zh-hans": "有司机请求代贵企业办理口岸申报。请查看并答复：{link}",
    },
    channels=("app", "sms"),
    sms_fields=("link",),
)
CONSENTED = notice(
    "border_gate.ahead_consented",
    title=_("The firm has consented"),
    texts={
        "vi": "Doanh nghiệp đã đồng ý, lượt xe đã khai. Chờ liên kết có mã QR rồi hãy đi.",
        "en": "The firm has consented and the trip is declared. Wait for the link with the QR code, then set out.",
        "zh-hans": "企业已同意，车次已申报。请收到二维码链接后再出发。",
    },
    channels=("app", "sms"),
)
DECLINED = notice(
    "border_gate.ahead_declined",
    title=_("The firm has declined"),
    texts={
        "vi": "Doanh nghiệp từ chối tờ khai trước. Mở lại liên kết đã dùng để xem lý do.",
        "en": "The firm has declined what you declared ahead. Open your link again for the reason.",
        "zh-hans": "企业拒绝了您的预申报。请重新打开链接查看原因。",
    },
    channels=("app", "sms"),
)
