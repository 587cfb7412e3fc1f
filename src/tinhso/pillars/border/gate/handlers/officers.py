"""Words for those who work at the gate, in the application only. What only lengthens a list of work is quiet."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

EXPECTED = notice(
    "border_gate.expected",
    title=_("Vehicle expected"),
    texts={
        "vi": "Xe {plate} đã được tiếp nhận khai báo, sẽ vào {yard}.",
        "en": "Vehicle {plate} is declared and will come to {yard}.",
    },
    quiet=True,
)
DEPARTED = notice(
    "border_gate.departed",
    title=_("Vehicle has set out"),
    texts={"vi": "Xe {plate} đã khởi hành đến {gate}.", "en": "Vehicle {plate} has set out to {gate}."},
    quiet=True,
)
CALLED_IN = notice(
    "border_gate.called_in",
    title=_("Vehicle called"),
    texts={
        "vi": "Xe {plate} được gọi vào {gate}, có mặt trước {until}.",
        "en": "Vehicle {plate} is called to {gate}, before {until}.",
    },
    quiet=True,
)
ARRIVED = notice(
    "border_gate.arrived",
    title=_("Vehicle through barrier 1"),
    texts={
        "vi": "Xe {plate} đã qua barie 1, đang đến {yard}.",
        "en": "Vehicle {plate} is through barrier 1, on its way to {yard}.",
    },
    quiet=True,
)
CROSSED_IN = notice(
    "border_gate.crossed_in",
    title=_("Vehicle over the line"),
    texts={
        "vi": "Xe {plate} đã nhập cảnh qua {gate}, đang đến {yard}.",
        "en": "Vehicle {plate} has crossed in through {gate}, on its way to {yard}.",
    },
    quiet=True,
)
TO_CHECK = notice(
    "border_gate.to_check",
    title=_("Vehicle to be checked"),
    texts={"vi": "Xe {plate} đã vào {yard}, ô {bay}.", "en": "Vehicle {plate} stands in {yard}, bay {bay}."},
    quiet=True,
)
BACK_IN_YARD = notice(
    "border_gate.back_in_yard",
    title=_("Returned vehicle to be checked"),
    texts={
        "vi": "Xe {plate} quay về, đã vào {yard}, ô {bay}. Kiểm tra hàng của lượt về.",
        "en": "Vehicle {plate} came back and stands in {yard}, bay {bay}. Check what it brings back.",
    },
)
TO_YOUR_YARD = notice(
    "border_gate.to_your_yard",
    title=_("Vehicle sent to the yard"),
    texts={
        "vi": "Xe {plate} được điều sang {yard}.",
        "en": "Vehicle {plate} is sent to {yard}.",
    },
)
TO_YOUR_AREA = notice(
    "border_gate.to_your_area",
    title=_("Vehicle sent to the holding area"),
    texts={
        "vi": "Xe {plate} được điều sang chờ tại {area}.",
        "en": "Vehicle {plate} is sent to wait at {area}.",
    },
)
LET_OUT = notice(
    "border_gate.let_out",
    title=_("Vehicle released"),
    texts={
        "vi": "Xe {plate} đã được thông quan tại {gate}, hiệu lực đến {until}.",
        "en": "Vehicle {plate} is released at {gate}, until {until}.",
    },
    quiet=True,
)
STOPPED = notice(
    "border_gate.stopped",
    title=_("Release revoked, do not let out"),
    texts={
        "vi": "Xe {plate}: quyết định thông quan đã bị thu hồi. Không cho ra.",
        "en": "Vehicle {plate}: the release is revoked. Do not let it out.",
    },
)
BACK_FROM_ABROAD = notice(
    "border_gate.back_from_abroad",
    title=_("Vehicle back over the line"),
    texts={"vi": "Xe {plate} đã quay về qua {gate}.", "en": "Vehicle {plate} is back through {gate}."},
    quiet=True,
)
CALLED_OFF = notice(
    "border_gate.called_off",
    title=_("Trip called off"),
    texts={
        "vi": "Xe {plate} không đến {yard} nữa, lượt {code} đã hủy.",
        "en": "Vehicle {plate} does not come to {yard}: trip {code} is cancelled.",
    },
    quiet=True,
)
TURNED_BACK = notice(
    "border_gate.turned_back",
    title=_("Vehicle turned back"),
    texts={
        "vi": "Xe {plate} quay đầu tại {gate}, cho ra nội địa.",
        "en": "Vehicle {plate} is turned back at {gate}, let it out inland.",
    },
)
SENT_ELSEWHERE = notice(
    "border_gate.sent_elsewhere",
    title=_("Vehicle diverted"),
    texts={
        "vi": "Xe {plate}, lượt {code}, chuyển từ {before} sang {gate}.",
        "en": "Vehicle {plate}, trip {code}, is diverted from {before} to {gate}.",
    },
)
SEIZED = notice(
    "border_gate.seized",
    title=_("Vehicle seized"),
    texts={
        "vi": "Xe {plate} tại {gate} bị tạm giữ theo quyết định {decision}.",
        "en": "Vehicle {plate} at {gate} is seized by decision {decision}.",
    },
)
REOPENED = notice(
    "border_gate.reopened",
    title=_("Check opened again"),
    texts={
        "vi": "Xe {plate}: {check} phải làm lại.",
        "en": "Vehicle {plate}: to be checked again, {check}.",
    },
)
OVERRIDDEN = notice(
    "border_gate.overridden",
    title=_("Hold of the force lifted by order"),
    texts={
        "vi": "Xe {plate}: tạm giữ của {force} đã được gỡ theo văn bản {document}.",
        "en": "Vehicle {plate}: the hold of {force} is lifted by document {document}.",
    },
)
WAITS_ABROAD = notice(
    "border_gate.waits_abroad",
    title=_("Undeclared vehicle before the line"),
    texts={
        "vi": "Xe {plate} chưa khai báo, đang chờ bên kia mốc tại {gate}. Khai nhanh 6 ô hoặc báo chủ hàng.",
        "en": "Vehicle {plate} is not declared and waits beyond the line at {gate}. Declare it or tell the importer.",
    },
)
WAIVER_PROPOSED = notice(
    "border_gate.waiver_proposed",
    title=_("Waiver of a fee proposed"),
    texts={
        "vi": "Xe {plate}: đề nghị miễn phí {amount} theo văn bản {document}. Duyệt trên hồ sơ lượt xe.",
        "en": "Vehicle {plate}: it is proposed to waive {amount} by document {document}. Approve in the dossier.",
    },
)
CONSENT_WANTED = notice(
    "border_gate.consent_wanted",
    title=_("A change waits for your consent"),
    texts={
        "vi": "Xe {plate}: doanh nghiệp đề nghị thay đổi sau barie 1. {reason}",
        "en": "Vehicle {plate}: the firm asks for a change beyond barrier 1. {reason}",
    },
)
STAYS_LONG = notice(
    "border_gate.stays_long",
    title=_("Stay nearly over"),
    texts={
        "vi": "Xe {plate}: đã hết 80% thời gian được lưu lại, hạn {deadline}.",
        "en": "Vehicle {plate} has used 80 % of its stay, it ends {deadline}.",
    },
)
OVERSTAYED = notice(
    "border_gate.overstayed",
    title=_("Stay is over"),
    texts={
        "vi": "Xe {plate}: đã quá hạn lưu lại ({deadline}). Xử lý sự việc lưu quá hạn.",
        "en": "Vehicle {plate} has overstayed (until {deadline}). Handle the incident.",
    },
)
