"""Words for those on the way: drivers by text message and on their page, firms in the application.

Text messages carry the trip code and no name or plate (border brief §10). What only tells that all goes well is quiet.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

ACCEPTED = notice(
    "border_gate.accepted",
    title=_("Trip accepted"),
    texts={
        "vi": "Lượt {code} qua {gate} đã được tiếp nhận. Mã QR: {link}",
        "en": "Trip {code} through {gate} is accepted. QR code: {link}",
        "zh-hans": "车次{code}（{gate}）已受理。二维码：{link}",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate", "link"),
)
TO_FIX = notice(
    "border_gate.to_fix",
    title=_("Declaration to be corrected"),
    texts={
        "vi": "Khai báo lượt {code} cần sửa {count} ô ({fields}): {reason}",
        "en": "The declaration of trip {code} needs {count} fields corrected ({fields}): {reason}",
        "zh-hans": "车次{code}的申报需要更正{count}项（{fields}）：{reason}",
    },
    channels=("app", "email"),
)
WAIT_FOR_FIX = notice(
    "border_gate.wait_for_fix",
    title=_("Declaration to be corrected"),
    texts={
        "vi": "Lượt {code}: khai báo cần sửa. Chưa khởi hành, hỏi doanh nghiệp.",
        "en": "Trip {code}: the declaration has to be corrected. Do not set out yet, ask the firm.",
        "zh-hans": "车次{code}：申报需要更正。请暂勿出发，并询问企业。",
    },
    channels=("app", "sms"),
    sms_fields=("code",),
)
TO_MEND = notice(
    "border_gate.to_mend",
    title=_("Declaration to be corrected"),
    texts={
        "vi": "Lượt {code}: khai báo cần sửa, chưa khởi hành. Sửa tại {link}",
        "en": "Trip {code}: correct the declaration before you set out: {link}",
        "zh-hans": "车次{code}：申报需要更正，请暂勿出发。在此更正：{link}",
    },
    channels=("app", "sms"),
    sms_fields=("code", "link"),
)
BOOKED = notice(
    "border_gate.booked",
    title=_("Hour booked"),
    texts={
        "vi": "Lượt {code}: giờ hẹn tại {gate} là {hour}.",
        "en": "Trip {code}: the hour at {gate} is {hour}.",
        "zh-hans": "车次{code}：{gate}预约时间为河内时间{hour}。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate", "hour"),
)
BUFFERED = notice(
    "border_gate.buffered",
    title=_("In the holding area"),
    texts={
        "vi": "Lượt {code} đã vào {area}, đang xếp hàng vào {gate}.",
        "en": "Trip {code} is in {area} and waits for {gate}.",
        "zh-hans": "车次{code}已进入{area}，正在排队进入{gate}。",
    },
    quiet=True,
)
CALLED = notice(
    "border_gate.called",
    title=_("Call to the gate"),
    texts={
        "vi": "Lượt {code}: mời vào {gate}, barie 1, có mặt trước {until}.",
        "en": "Trip {code}: come to {gate}, barrier 1, before {until}.",
        "zh-hans": "车次{code}：请在河内时间{until}之前到{gate}1号关卡。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate", "until"),
    urgent=True,
)
LAPSED = notice(
    "border_gate.call_lapsed",
    title=_("Call lapsed"),
    texts={
        "vi": "Lượt {code}: đã quá giờ mời vào {gate}. Xe trở lại hàng chờ, xem trang lượt xe.",
        "en": "Trip {code}: the call to {gate} has lapsed. The vehicle waits in the queue again, see the trip's page.",
        "zh-hans": "车次{code}：进入{gate}的叫号已过时。车辆重新排队，请看车次页面。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate"),
)
EXTENDED = notice(
    "border_gate.call_extended",
    title=_("More time for the call"),
    texts={
        "vi": "Lượt {code}: thời hạn gọi vào {gate} dời đến {until} vì tắc đường: {what}.",
        "en": "Trip {code}: the call to {gate} holds until {until}, because the way was blocked: {what}.",
        "zh-hans": "车次{code}：因前方道路受阻（{what}），进入{gate}的叫号时限延至河内时间{until}。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate", "until", "what"),
)
ENTERED = notice(
    "border_gate.entered",
    title=_("Vehicle crossed in"),
    texts={
        "vi": "Lượt {code} đã nhập cảnh qua {gate}.",
        "en": "Trip {code} has crossed into Vietnam through {gate}.",
        "zh-hans": "车次{code}已从{gate}入境。",
    },
    quiet=True,
)
YARDED = notice(
    "border_gate.yarded",
    title=_("Vehicle in the yard"),
    texts={
        "vi": "Lượt {code} đã vào {yard}, ô {bay}.",
        "en": "Trip {code} stands in {yard}, bay {bay}.",
        "zh-hans": "车次{code}已进入{yard}，车位{bay}。",
    },
    quiet=True,
)
TO_YARD = notice(
    "border_gate.to_yard",
    title=_("Yard assigned"),
    texts={
        "vi": "Lượt {code}: vào {yard}, đi theo hướng dẫn tại cửa khẩu.",
        "en": "Trip {code}: drive to {yard}, follow the directions at the gate.",
        "zh-hans": "车次{code}：请前往{yard}，按口岸指示行驶。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "yard"),
    urgent=True,
)
REDIRECTED = notice(
    "border_gate.redirected",
    title=_("Sent to another yard"),
    texts={
        "vi": "Lượt {code}: chuyển sang {yard}. Đi theo hướng dẫn tại cửa khẩu.",
        "en": "Trip {code}: drive to {yard} instead. Follow the directions at the gate.",
        "zh-hans": "车次{code}：请改往{yard}，按口岸指示行驶。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "yard"),
    urgent=True,
)
TO_AREA = notice(
    "border_gate.to_area",
    title=_("Sent to another holding area"),
    texts={
        "vi": "Lượt {code}: chuyển sang chờ tại {area}. Thứ tự gọi vào {gate} giữ nguyên.",
        "en": "Trip {code}: wait at {area} instead. The place in the queue for {gate} stays the same.",
        "zh-hans": "车次{code}：请改到{area}等候，进入{gate}的排队顺序不变。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "area", "gate"),
    urgent=True,
)
UNLOADED = notice(
    "border_gate.unloaded",
    title=_("Unloading closed"),
    texts={
        "vi": "Lượt {code}: đã dỡ, sang tải xong tại {yard}.",
        "en": "Trip {code}: the unloading in {yard} is closed.",
        "zh-hans": "车次{code}：在{yard}的卸货换装已完成。",
    },
    quiet=True,
)
RELEASED = notice(
    "border_gate.released",
    title=_("Trip released"),
    texts={
        "vi": "Lượt {code} đã được thông quan, hiệu lực đến {until}.",
        "en": "Trip {code} is released, until {until}.",
        "zh-hans": "车次{code}已放行，有效至河内时间{until}。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "until"),
    urgent=True,
)
REVOKED = notice(
    "border_gate.revoked",
    title=_("Release revoked"),
    texts={
        "vi": "Lượt {code}: quyết định thông quan đã bị thu hồi. Ở lại trong bãi.",
        "en": "Trip {code}: the release is revoked. Stay in the yard.",
        "zh-hans": "车次{code}：放行已被撤销。请留在停车场内。",
    },
    channels=("app", "sms"),
    sms_fields=("code",),
    urgent=True,
)
CROSSED_OUT = notice(
    "border_gate.crossed_out",
    title=_("Vehicle crossed out"),
    texts={
        "vi": "Lượt {code} đã xuất cảnh qua {gate} lúc {moment}.",
        "en": "Trip {code} has left Vietnam through {gate} at {moment}.",
        "zh-hans": "车次{code}已于河内时间{moment}从{gate}出境。",
    },
)
LEFT = notice(
    "border_gate.left",
    title=_("Vehicle left inland"),
    texts={
        "vi": "Lượt {code} đã rời khu vực cửa khẩu {gate} vào nội địa lúc {moment}.",
        "en": "Trip {code} has left the zone of {gate} inland at {moment}.",
        "zh-hans": "车次{code}已于河内时间{moment}离开{gate}口岸区域，驶入内地。",
    },
)
RETURNED = notice(
    "border_gate.returned",
    title=_("Vehicle back in Vietnam"),
    texts={
        "vi": "Lượt {code} đã quay về qua {gate}.",
        "en": "Trip {code} is back in Vietnam through {gate}.",
        "zh-hans": "车次{code}已从{gate}返回越南。",
    },
    quiet=True,
)
CLOSED = notice(
    "border_gate.closed",
    title=_("Trip completed"),
    texts={"vi": "Lượt {code} đã hoàn thành.", "en": "Trip {code} is completed.", "zh-hans": "车次{code}已完成。"},
    quiet=True,
)
SENT_BACK = notice(
    "border_gate.sent_back",
    title=_("Vehicle sent back over the line"),
    texts={
        "vi": "Lượt {code} bị trả lại qua biên giới tại {gate}. Xem kết quả kiểm tra trên trang lượt xe.",
        "en": "Trip {code} was sent back over the line at {gate}. See the checks on the trip's page.",
        "zh-hans": "车次{code}在{gate}被退回出境。检查结果请看车次页面。",
    },
)
TURNED_BACK = notice(
    "border_gate.turned_away",
    title=_("Vehicle turned back"),
    texts={
        "vi": "Lượt {code}: xe phải quay lại tại {gate}, lượt kết thúc. {reason}",
        "en": "Trip {code}: the vehicle is turned back at {gate}, the trip has ended. {reason}",
        "zh-hans": "车次{code}：车辆在{gate}被劝返，车次已结束。{reason}",
    },
    channels=("app", "sms"),
    sms={
        "vi": "Lượt {code}: xe phải quay lại tại {gate}, lượt kết thúc. Hỏi doanh nghiệp hoặc Ban Quản lý.",
        "en": "Trip {code}: the vehicle is turned back at {gate}, the trip has ended. Ask the firm or the board.",
        "zh-hans": "车次{code}：车辆在{gate}被劝返，车次已结束。请询问企业或管理委员会。",
    },
    sms_fields=("code", "gate"),
    urgent=True,
)
CANCELLED = notice(
    "border_gate.trip_called_off",
    title=_("Trip cancelled"),
    texts={
        "vi": "Lượt {code} qua {gate} đã bị hủy, mã QR không dùng được nữa. Không đi tiếp, hỏi doanh nghiệp.",
        "en": "Trip {code} through {gate} is cancelled, its QR code holds no more. Do not drive on, ask the firm.",
        "zh-hans": "车次{code}（{gate}）已取消，二维码已失效。请勿继续前往，并询问企业。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate"),
    urgent=True,
)
DIVERTED = notice(
    "border_gate.diverted",
    title=_("Diverted to another crossing point"),
    texts={
        "vi": "Lượt {code}: chuyển sang {gate}, giữ nguyên nhóm ưu tiên và giờ đến đầu tiên.",
        "en": "Trip {code}: diverted to {gate}; its class and first arrival are kept.",
        "zh-hans": "车次{code}：改由{gate}通关，保留优先类别和首次到达时间。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate"),
    urgent=True,
)
NOT_SHOWN = notice(
    "border_gate.not_shown",
    title=_("Hour not kept"),
    texts={
        "vi": "Lượt {code} không đến {gate} đúng khung giờ đã đặt, lượt kết thúc.",
        "en": "Trip {code} did not come to {gate} in its hour; the trip has ended.",
        "zh-hans": "车次{code}未按预约时段到达{gate}，车次已结束。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate"),
)
DRIVER_CALLED_OFF = notice(
    "border_gate.driver_called_off",
    title=_("Called off by the driver"),
    texts={
        "vi": "Lái xe đã hủy lượt {code}: giờ hẹn tại {gate} không còn vì tạm ngừng tiếp nhận.",
        "en": "The driver has called trip {code} off: its hour at {gate} was taken by a closure.",
        "zh-hans": "司机已取消车次{code}：{gate}的预约时段因暂停受理而失效。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate"),
)
EXPIRED = notice(
    "border_gate.expired",
    title=_("Trip expired"),
    texts={
        "vi": "Lượt {code} đã quá hạn. Khai báo lượt mới nếu vẫn cần đi.",
        "en": "Trip {code} has expired. Declare a new one if it is still needed.",
        "zh-hans": "车次{code}已过期。如仍需通行，请重新申报。",
    },
)
GIVEN_BACK = notice(
    "border_gate.given_back",
    title=_("Seized vehicle given back"),
    texts={
        "vi": "Lượt {code}: đã trả lại tang vật, xe ở trong {yard}.",
        "en": "Trip {code}: what was seized is given back, the vehicle stands in {yard}.",
        "zh-hans": "车次{code}：被扣押物已发还，车辆停在{yard}。",
    },
)
TO_DECLARE = notice(
    "border_gate.to_declare",
    title=_("Vehicle to be declared now"),
    texts={
        "vi": "Xe đang ở {gate} chưa khai báo. Khai nhanh 6 ô tại {link}",
        "en": "The vehicle at {gate} is not declared. Six fields at {link}",
        "zh-hans": "停在{gate}的车辆尚未申报。请填写六项：{link}",
    },
    channels=("sms",),
    sms_fields=("gate", "link"),
    urgent=True,
)
CAME_UNDECLARED = notice(
    "border_gate.came_undeclared",
    title=_("Vehicle came undeclared"),
    texts={
        "vi": "Xe {plate} của doanh nghiệp đến {gate} mà chưa khai báo. Khai nhanh để xe vào hàng chờ.",
        "en": "Vehicle {plate} of the firm came to {gate} undeclared. Declare it so that it may join the queue.",
        "zh-hans": "贵企业车辆{plate}未申报即到达{gate}。请立即申报，以便车辆排队。",
    },
)
WARNED = notice(
    "border_gate.warned",
    title=_("Undeclared arrivals of the firm"),
    texts={
        "vi": "Doanh nghiệp có {count} xe đến chưa khai báo trong {days} ngày. Từ {limit} xe, quyền đặt khung giờ "
        "bị khóa {lock} ngày.",
        "en": "{count} vehicles of the firm came undeclared within {days} days. From {limit} on, booking is locked "
        "for {lock} days.",
        "zh-hans": "贵企业在{days}天内有{count}辆车未申报到达。达到{limit}辆时，预约将被锁定{lock}天。",
    },
)
LOCKED = notice(
    "border_gate.locked",
    title=_("Booking locked"),
    texts={
        "vi": "Doanh nghiệp có {count} xe đến chưa khai báo trong {days} ngày: quyền đặt khung giờ bị khóa "
        "đến {until}.",
        "en": "{count} vehicles of the firm came undeclared within {days} days: booking is locked until {until}.",
        "zh-hans": "贵企业在{days}天内有{count}辆车未申报到达：预约锁定至{until}。",
    },
)
CORRECTION_WANTED = notice(
    "border_gate.correction_wanted",
    title=_("A correction is asked for"),
    texts={
        "vi": "Lượt {code}: cán bộ yêu cầu sửa ô ({fields}). {reason}",
        "en": "Trip {code}: an officer asks for a correction ({fields}). {reason}",
        "zh-hans": "车次{code}：工作人员要求更正（{fields}）。{reason}",
    },
    channels=("app", "sms"),
    sms={
        "vi": "Lượt {code}: cán bộ yêu cầu sửa khai báo. Trả lời ngay trên trang lượt xe.",
        "en": "Trip {code}: an officer asks for a correction. Answer now on the trip's page.",
        "zh-hans": "车次{code}：工作人员要求更正申报。请立即在车次页面答复。",
    },
    sms_fields=("code",),
    urgent=True,
)
CORRECTION_DECLINED = notice(
    "border_gate.correction_declined",
    title=_("The change was declined"),
    texts={
        "vi": "Lượt {code}: không đồng ý thay đổi. {reason}",
        "en": "Trip {code}: the change was declined. {reason}",
        "zh-hans": "车次{code}：更改未获同意。{reason}",
    },
)
LEAVE_SOON = notice(
    "border_gate.leave_soon",
    title=_("Your stay is nearly over"),
    texts={
        "vi": "Lượt {code}: phải qua lại cửa khẩu trước {deadline}.",
        "en": "Trip {code}: cross back before {deadline}.",
        "zh-hans": "车次{code}：请在{deadline}之前返回出境。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "deadline"),
    urgent=True,
)
STAY_OVER = notice(
    "border_gate.stay_over",
    title=_("Your stay is over"),
    texts={
        "vi": "Lượt {code}: đã quá hạn {deadline}. Liên hệ biên phòng tại cửa khẩu.",
        "en": "Trip {code}: the stay ended {deadline}. Turn to the border guard at the gate.",
        "zh-hans": "车次{code}：停留已于{deadline}到期。请联系口岸边防。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "deadline"),
    urgent=True,
)
