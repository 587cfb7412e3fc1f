"""Words for what the clock and the board's orders bring: reminders, repeated calls, changed hours, warnings.

Text messages carry the trip code and no name or plate (border brief §10).
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.notices.kinds import notice

BOOKING_LOCKED = notice(
    "border_gate.no_shows_locked",
    title=_("Booking locked"),
    texts={
        "vi": "Doanh nghiệp có {count} lần không đến đúng giờ hẹn trong {days} ngày: quyền đặt khung giờ bị khóa đến "
        "{until}. Có thể gửi khiếu nại tới Ban Quản lý ở trang Khung giờ.",
        "en": "{count} booked hours of the firm were not kept within {days} days: booking is locked until {until}. "
        "An appeal can be sent to the management board on the page Time windows.",
        "zh-hans": "贵企业在{days}天内有{count}次未按预约时间到达：预约锁定至{until}。可在“时段”页面向管理委员会申诉。",
    },
)
SLOT_NEAR = notice(
    "border_gate.slot_near",
    title=_("Hour at the gate comes near"),
    texts={
        "vi": "Lượt {code}: giờ hẹn tại {gate} là {hour}, còn {left} giờ.",
        "en": "Trip {code}: the hour at {gate} is {hour}, in {left} hours.",
        "zh-hans": "车次{code}：{gate}预约时间为河内时间{hour}，还有{left}小时。",
    },
    channels=("app", "sms"),
    sms_fields=("code", "gate", "hour", "left"),
)
CALLED_AGAIN = notice(
    "border_gate.called_again",
    title=_("Call to the gate, said again"),
    texts={
        "vi": "Nhắc lần {count}: lượt {code} đã được gọi vào {gate}, barie 1, trước {until}. Bấm xác nhận trên trang "
        "lượt xe.",
        "en": "Reminder {count}: trip {code} is called to {gate}, barrier 1, before {until}. Confirm on the trip's "
        "page.",
        "zh-hans": "第{count}次提醒：车次{code}请在河内时间{until}之前到{gate}1号关卡，并在车次页面确认。",
    },
    channels=("sms",),
    sms_fields=("count", "code", "gate", "until"),
    urgent=True,
)
TO_BE_PHONED = notice(
    "border_gate.to_be_phoned",
    title=_("Driver does not answer the call"),
    texts={
        "vi": "Lượt {code} được gọi nhưng lái xe chưa xác nhận sau 3 lần nhắc. Gọi điện theo danh sách.",
        "en": "Trip {code} was called and its driver has not confirmed after 3 reminders. Telephone by the list.",
    },
    urgent=True,
)
STOPPED = notice(
    "border_gate.goods_stopped",
    title=_("Goods not accepted for a while"),
    texts={
        "vi": "Thông báo {ref}: tạm dừng tiếp nhận từ {a} đến {b}, có lượt xe của bạn. {text} Chọn giờ khác trên trang "
        "lượt xe.",
        "en": "Notice {ref}: not accepted from {a} to {b}, and a trip of yours is touched. {text} Choose another hour "
        "on the trip's page.",
        "zh-hans": "通知{ref}：{a}至{b}暂停接收，涉及您的车次。{text} 请在车次页面选择其他时段。",
    },
    channels=("app", "sms"),
    sms={
        "vi": "Thông báo {ref}: tạm dừng tiếp nhận từ {a} đến {b}, có lượt xe của bạn. Xem trang lượt xe.",
        "en": "Notice {ref}: not accepted from {a} to {b}; a trip of yours is touched. See the trip's page.",
        "zh-hans": "通知{ref}：{a}至{b}暂停接收，涉及您的车次。请看车次页面。",
    },
    sms_fields=("ref", "a", "b"),
)
HOURS_CHANGED = notice(
    "border_gate.hours_changed",
    title=_("Working hours changed"),
    texts={
        "vi": "{gate}: {what} từ {a} đến {b} ({ref}), có lượt xe của bạn. Xem lựa chọn trên trang lượt xe.",
        "en": "{gate}: {what} from {a} to {b} ({ref}), and a trip of yours is touched. See its page for your choice.",
        "zh-hans": "{gate}：{a}至{b}{what}（{ref}），涉及您的车次。请在车次页面选择。",
    },
    channels=("app", "sms"),
    sms_fields=("gate", "what", "a", "b", "ref"),
    urgent=True,
)
TAKEN_AGAIN = notice(
    "border_gate.goods_taken_again",
    title=_("Goods accepted again"),
    texts={
        "vi": "Thông báo {ref} đã được gỡ, hàng được tiếp nhận trở lại từ {a}. Giờ hẹn chưa đổi vẫn giữ nguyên.",
        "en": "Notice {ref} is lifted, goods are accepted again from {a}. An hour that was not changed holds again.",
        "zh-hans": "通知{ref}已解除，自河内时间{a}起恢复接收货物。未更改的预约仍然有效。",
    },
    channels=("app", "sms"),
    sms_fields=("ref", "a"),
    urgent=True,
)
HOURS_AGAIN = notice(
    "border_gate.hours_hold_again",
    title=_("Usual hours hold again"),
    texts={
        "vi": "{gate}: lịch làm việc thay đổi theo {ref} đã kết thúc từ {a}. Giờ hẹn chưa đổi vẫn giữ nguyên.",
        "en": "{gate}: the changed hours of {ref} ended {a}. An hour that was not changed holds again.",
        "zh-hans": "{gate}：{ref}所定的作业时间变更自河内时间{a}起结束。未更改的预约仍然有效。",
    },
    channels=("app", "sms"),
    sms_fields=("gate", "ref", "a"),
    urgent=True,
)
CONGESTED = notice(
    "border_gate.congestion_foreseen",
    title=_("Congestion foreseen"),
    texts={
        "vi": "{gate}: còn {count} xe xuất chưa thông quan, hơn {percent} % năng lực ngày mai ({room} xe).",
        "en": "{gate}: {count} export vehicles remain, more than {percent} % of tomorrow's capacity ({room} vehicles).",
    },
)
APPEALED = notice(
    "border_gate.appealed",
    title=_("Appeal to be answered"),
    texts={
        "vi": "Khiếu nại số {number} chờ Ban Quản lý trả lời.",
        "en": "Appeal {number} waits for the board's answer.",
    },
)
APPEAL_ANSWERED = notice(
    "border_gate.appeal_answered",
    title=_("Appeal answered"),
    texts={
        "vi": "Khiếu nại số {number} đã có trả lời của Ban Quản lý: {verdict}.",
        "en": "The board has answered appeal {number}: {verdict}.",
        "zh-hans": "管理委员会已答复申诉{number}：{verdict}。",
    },
)
