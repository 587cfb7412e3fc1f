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
    },
    sms={
        "vi": "Đăng ký doanh nghiệp cần bổ sung. Mở lại liên kết đã dùng để đăng ký.",
        "en": "The registration of your firm lacks something. Open its link again.",
    },
    channels=("app", "sms"),
)
REJECTED = notice(
    "border_gate.registration_rejected",
    title=_("The registration is rejected"),
    texts={
        "vi": "Đăng ký doanh nghiệp không được chấp nhận: {reason}",
        "en": "The registration of your firm is rejected: {reason}",
    },
    sms={
        "vi": "Đăng ký doanh nghiệp không được chấp nhận. Mở lại liên kết đăng ký để xem lý do.",
        "en": "The registration of your firm is rejected. Open its link for the reason.",
    },
    channels=("app", "sms"),
)


def _changed(change: str, title: Any, vi: str, en: str) -> NoticeKind:
    return notice(
        f"border_gate.firm_{change}", title=title, texts={"vi": f"{vi}: {{reason}}", "en": f"{en}: {{reason}}"}
    )


CHANGED: dict[str, NoticeKind] = {
    "confirm": _changed(
        "confirm", _("The firm is confirmed"), "Doanh nghiệp đã được xác nhận", "Your firm is confirmed"
    ),
    "suspend": _changed(
        "suspend",
        _("Activity suspended"),
        "Doanh nghiệp bị đình chỉ: không khai báo, đặt giờ mới; xe đang đi vẫn làm thủ tục",
        "Your firm is suspended: it neither declares nor books; trips under way go on",
    ),
    "restore": _changed(
        "restore", _("Activity restored"), "Doanh nghiệp được hoạt động trở lại", "Your firm may work again"
    ),
    "unlock": _changed("unlock", _("Booking unlocked"), "Đã mở khóa đặt khung giờ", "Your firm may book again"),
    "contact_asked": notice(
        "border_gate.firm_contact_asked",
        title=_("Another telephone for the firm"),
        texts={
            "vi": "Có yêu cầu đổi điện thoại của doanh nghiệp sang số tận cùng {number}. Nếu không phải bạn yêu cầu, "
            "hãy báo Ban Quản lý.",
            "en": "The firm's telephone is to become the number that ends in {number}. If you know nothing of it, tell "
            "the management board.",
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
        },
        channels=("app", "sms"),
        sms_fields=("number",),
    ),
    "prefer": _changed(
        "prefer",
        _("Marked as priority enterprise"),
        "Được ghi là doanh nghiệp ưu tiên",
        "Marked as priority enterprise",
    ),
    "prefer_not": _changed(
        "prefer_not",
        _("Priority mark taken off"),
        "Không còn là doanh nghiệp ưu tiên",
        "No priority enterprise any more",
    ),
}
"""The tax office's mark is not told: a firm that knows of it is warned."""
