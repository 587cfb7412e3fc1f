"""Words of registrations and of a firm's standing. By text message goes no name of a firm (border brief §10)."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import NoticeKind, notice

WANTED = notice(
    "border_gate.registration_wanted",
    title=_("A firm registers"),
    texts={"vi": "{firm} đăng ký hoạt động, chờ xác nhận.", "en": "{firm} registers and waits to be confirmed."},
)
CONFIRMED = notice(
    "border_gate.registration_confirmed",
    title=_("The firm is registered"),
    texts={
        "vi": "Doanh nghiệp đã được xác nhận tại cửa khẩu số. Vào làm việc: {link}",
        "en": "Your firm is confirmed at the digital border gate. Your way in: {link}",
        "zh-hans": "贵企业已在数字口岸获得确认。登录：{link}",
    },
    channels=("app", "sms"),
    sms_fields=("link",),
)
ASKED = notice(
    "border_gate.registration_asked",
    title=_("The registration lacks something"),
    texts={
        "vi": "Đăng ký doanh nghiệp cần bổ sung: {reason} Mở lại liên kết đã dùng để đăng ký.",
        "en": "The registration of your firm lacks something: {reason} Open the link of the registration again.",
        "zh-hans": "企业登记需要补充：{reason} 请重新打开登记时使用的链接。",
    },
    sms={
        "vi": "Đăng ký doanh nghiệp cần bổ sung. Mở lại liên kết đã dùng để đăng ký.",
        "en": "The registration of your firm lacks something. Open its link again.",
        "zh-hans": "企业登记需要补充。请重新打开登记链接。",
    },
    channels=("app", "sms"),
)
REJECTED = notice(
    "border_gate.registration_rejected",
    title=_("The registration is rejected"),
    texts={
        "vi": "Đăng ký doanh nghiệp không được chấp nhận: {reason}",
        "en": "The registration of your firm is rejected: {reason}",
        "zh-hans": "企业登记未获批准：{reason}",
    },
    sms={
        "vi": "Đăng ký doanh nghiệp không được chấp nhận. Mở lại liên kết đăng ký để xem lý do.",
        "en": "The registration of your firm is rejected. Open its link for the reason.",
        "zh-hans": "企业登记未获批准。原因请打开登记链接查看。",
    },
    channels=("app", "sms"),
)


def _changed(change: str, title: Any, vi: str, en: str, zh: str) -> NoticeKind:
    return notice(
        f"border_gate.firm_{change}",
        title=title,
        texts={"vi": f"{vi}: {{reason}}", "en": f"{en}: {{reason}}", "zh-hans": f"{zh}：{{reason}}"},
    )


CHANGED: dict[str, NoticeKind] = {
    "confirm": _changed(
        "confirm",
        _("The firm is confirmed"),
        "Doanh nghiệp đã được xác nhận",
        "Your firm is confirmed",
        "贵企业已获确认",
    ),
    "suspend": _changed(
        "suspend",
        _("Activity suspended"),
        "Doanh nghiệp bị đình chỉ: không khai báo, đặt giờ mới; xe đang đi vẫn làm thủ tục",
        "Your firm is suspended: it neither declares nor books; trips under way go on",
        "贵企业被暂停：不得新申报或预约，在途车辆照常办理",
    ),
    "restore": _changed(
        "restore",
        _("Activity restored"),
        "Doanh nghiệp được hoạt động trở lại",
        "Your firm may work again",
        "贵企业恢复业务",
    ),
    "unlock": _changed(
        "unlock",
        _("Booking unlocked"),
        "Đã mở khóa đặt khung giờ",
        "Your firm may book again",
        "贵企业可以重新预约时段",
    ),
    "contact_asked": notice(
        "border_gate.firm_contact_asked",
        title=_("Another telephone for the firm"),
        texts={
            "vi": "Có yêu cầu đổi điện thoại của doanh nghiệp sang số tận cùng {number}. Nếu không phải bạn yêu cầu, "
            "hãy báo Ban Quản lý.",
            "en": "The firm's telephone is to become the number that ends in {number}. If you know nothing of it, tell "
            "the management board.",
            "zh-hans": "有人申请将贵企业电话改为尾号{number}的号码。如非贵方申请，请告知管理委员会。",
        },
        channels=("app", "sms"),
        sms_fields=("number",),
    ),
    "contact": notice(
        "border_gate.firm_contact",
        title=_("The firm's contact has changed"),
        texts={
            "vi": "Liên hệ mới của doanh nghiệp đã có hiệu lực, điện thoại tận cùng {number}.",
            "en": "The firm's new contact holds; its telephone ends in {number}.",
            "zh-hans": "贵企业新的联系方式已生效，电话尾号{number}。",
        },
        channels=("app", "sms"),
        sms_fields=("number",),
    ),
    "prefer": _changed(
        "prefer",
        _("Marked as priority enterprise"),
        "Được ghi là doanh nghiệp ưu tiên",
        "Marked as priority enterprise",
        "贵企业被列为优先企业",
    ),
    "prefer_not": _changed(
        "prefer_not",
        _("Priority mark taken off"),
        "Không còn là doanh nghiệp ưu tiên",
        "No priority enterprise any more",
        "贵企业不再是优先企业",
    ),
}
"""The tax office's mark is not told: a firm that knows of it is warned."""
