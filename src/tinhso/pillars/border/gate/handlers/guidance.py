"""Movement orders to drivers by message, in few queries whatever their number; help wanted to the help desk."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers.audience import people_of
from tinhso.pillars.border.gate.models import HelpRequest, MovementOrder
from tinhso.pillars.border.gate.queries.guidance import drivers_of

ORDERED = notice(
    "border_gate.ordered",
    title=_("Movement order"),
    texts={
        "vi": "Lệnh điều tiết {number} tại {gate}: {vi} Mở trang lượt xe, bấm Đã đọc lệnh.",
        "en": "Movement order {number} at {gate}: {en} Open the trip's page and tap that you have read it.",
        "zh-hans": "{gate}调度指令{number}：{zh} 请打开车次页面，点击“已阅读指令”。",
    },
    channels=("app", "sms"),
    sms_fields=("number", "gate", "vi", "en", "zh"),
    urgent=True,
)
WITHDRAWN = notice(
    "border_gate.order_withdrawn",
    title=_("Movement order withdrawn"),
    texts={
        "vi": "Lệnh điều tiết {number} tại {gate} đã thu hồi.",
        "en": "Movement order {number} at {gate} is withdrawn.",
        "zh-hans": "{gate}调度指令{number}已撤回。",
    },
    channels=("app", "sms"),
    sms_fields=("number", "gate"),
    urgent=True,
)
HELP_WANTED = notice(
    "border_gate.help_wanted",
    title=_("A driver asks to be called"),
    texts={
        "vi": "Lái xe lượt {code} tại {gate} đề nghị gọi lại.",
        "en": "The driver of trip {code} at {gate} asks to be called.",
    },
)


@subscribe(events.ORDER_ISSUED)
def tell_order(event: Event) -> None:
    """Each driver is told once of each time that it is said; a withdrawn order is not told any more."""
    order = _order(event)
    if order is not None and order.withdrawn_at is None:
        words = {"vi": order.text_vi, "en": order.text_en or order.text_vi, "zh": order.text_zh or order.text_vi}
        _send(ORDERED.name, event, order, repeats=event.payload.get("repeats", 0), **words)


@subscribe(events.ORDER_WITHDRAWN)
def tell_withdrawal(event: Event) -> None:
    order = _order(event)
    if order is not None:
        _send(WITHDRAWN.name, event, order)


@subscribe(events.HELP_ASKED)
def tell_help_desk(event: Event) -> None:
    """The help desk of the point hears of it in the application."""
    asked = HelpRequest.objects.select_related("trip__point", "trip__yard").filter(pk=event.record_id).first()
    if asked is None or asked.closed_at is not None:
        return
    desk = people_of(asked.trip, ["HELPDESK"], at=event.at)["HELPDESK"]
    facts = {"code": asked.trip.shown_code(), "gate": asked.trip.point.gate_short}
    url = reverse("border_gate:help_desk")
    send(HELP_WANTED.name, to=desk, event_key=_key(event), by=SYSTEM, at=event.at, url=url, **facts)


def _order(event: Event) -> MovementOrder | None:
    return MovementOrder.objects.select_related("point").filter(pk=event.record_id).first()


def _send(kind: str, event: Event, order: MovementOrder, **facts: Any) -> None:
    people = drivers_of([UUID(one) for one in event.payload.get("trips", ())], now=clock.real())
    facts |= {"number": order.number, "gate": order.point.gate_short}
    url = reverse("border_gate:driver")
    send(kind, to=people, event_key=_key(event), by=SYSTEM, at=event.at, url=url, **facts)


def _key(event: Event) -> str:
    return f"{event.name}:{event.id}"
