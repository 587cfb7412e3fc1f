"""Goods declared as fresh that are none: their firm is told once, with the finding, how often, and what follows."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.dates import show_date
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers.audience import ENTERPRISE
from tinhso.pillars.border.gate.handlers.telling import Told, tell, trip_of

NOT_FRESH = notice(
    "border_gate.not_fresh",
    title=_("Goods are not fresh"),
    texts={
        "vi": "Lượt {code}: kiểm dịch xác định không phải hàng tươi, xe chuyển sang lớp hàng thường. {reason} Đây là "
        "lần {count} trong {days} ngày; từ {limit} lần, quyền đặt khung giờ bị khóa {lock} ngày.",
        "en": "Trip {code}: quarantine found that the goods are not fresh, the vehicle is called with ordinary goods. "
        "{reason} This is number {count} within {days} days; from {limit} on, booking is locked for {lock} days.",
        "zh-hans": "车次{code}：检疫认定货物非鲜活货物，车辆按普通货物排队。{reason} "
        "{days}天内第{count}次；达到{limit}次时，预约将被锁定{lock}天。",
    },
)
NOT_FRESH_LOCKED = notice(
    "border_gate.not_fresh_locked",
    title=_("Booking locked"),
    texts={
        "vi": "Lượt {code}: kiểm dịch xác định không phải hàng tươi, xe chuyển sang lớp hàng thường. {reason} Đây là "
        "lần {count} trong {days} ngày: quyền đặt khung giờ bị khóa đến {until}. Có thể gửi khiếu nại tới Ban Quản lý "
        "ở trang Khung giờ.",
        "en": "Trip {code}: quarantine found that the goods are not fresh, the vehicle is called with ordinary goods. "
        "{reason} This is number {count} within {days} days: booking is locked until {until}. An appeal can be sent "
        "to the management board on the page Time windows.",
        "zh-hans": "车次{code}：检疫认定货物非鲜活货物，车辆按普通货物排队。{reason} "
        "{days}天内第{count}次：预约锁定至{until}。可在“时段”页面向管理委员会申诉。",
    },
)


@subscribe(events.CLAIM_DISPROVED, name="border_gate.tell_not_fresh")
def tell_not_fresh(event: Event) -> None:
    """One notice, also when booking is locked by it."""
    trip = trip_of(event.record_id)
    if trip is None or "count" not in event.payload:
        return
    facts = {name: event.payload[name] for name in ("reason", "count", "days", "limit", "lock")}
    until = event.payload.get("until")
    if until:
        facts["until"] = show_date(datetime.fromisoformat(until))
    tell(trip, event, [Told(NOT_FRESH_LOCKED if until else NOT_FRESH, (ENTERPRISE,), lasts=True)], **facts)
