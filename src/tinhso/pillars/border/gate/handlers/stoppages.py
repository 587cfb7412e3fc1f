"""Incidents on lanes: board and traffic police hear at once; drivers behind one that lasts, and when it is over."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.dates import show_time
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.kinds import NoticeKind, notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.actions.stoppages import mark_of
from tinhso.pillars.border.gate.handlers import audience
from tinhso.pillars.border.gate.handlers.board_orders import send_to
from tinhso.pillars.border.gate.models import ClockMark, CrossingPoint, Stoppage
from tinhso.pillars.border.gate.queries.stoppages import behind

BLOCKED = notice(
    "border_gate.way_blocked",
    title=_("Lane blocked"),
    texts={
        "vi": "{gate}: {what} từ {a}. Xem bản đồ trực tiếp.",
        "en": "{gate}: {what} since {a}. See the live map.",
    },
)
LONG = notice(
    "border_gate.way_blocked_long",
    title=_("The way ahead is blocked"),
    texts={
        "vi": "{gate}: đường phía trước bị tắc từ {a}. Giữ nguyên vị trí, xe qua chậm hơn dự kiến.",
        "en": "{gate}: the way ahead is blocked since {a}. Stay where you are, it takes longer than foreseen.",
        "zh-hans": "{gate}：前方道路自河内时间{a}起受阻。请留在原位，通行将比预计慢。",
    },
    channels=("app", "sms"),
    sms_fields=("gate", "a"),
)
FREE = notice(
    "border_gate.way_free",
    title=_("The way ahead is free again"),
    texts={
        "vi": "{gate}: đường phía trước đã thông, đi theo hướng dẫn.",
        "en": "{gate}: the way ahead is free again, drive as directed.",
        "zh-hans": "{gate}：前方道路已恢复通行，请按指示行驶。",
    },
    channels=("app", "sms"),
    sms_fields=("gate",),
)


@subscribe(events.WAY_BLOCKED, name="border_gate.tell_way_blocked")
def tell_blocked(event: Event) -> None:
    """While it stands."""
    row = _row(event)
    if row is not None and row.ended_at is None:
        people = audience.officers_at(("BQLKKT", "CSGT"), row.point_id, at=event.at)
        what = f"{row.where}: {row.get_kind_display()}"
        facts = {"gate": _gate(row), "what": what, "a": show_time(row.begun_at)}
        send_to(BLOCKED, people, event, reverse("border_gate:live_map"), **facts)


@subscribe(events.WAY_BLOCKED_LONG, name="border_gate.tell_way_blocked_long")
def tell_long(event: Event) -> None:
    """Drivers whose way leads past it, while it stands."""
    row = _row(event)
    if row is not None and row.ended_at is None:
        _tell_drivers(LONG, row, event, a=show_time(row.begun_at))


@subscribe(events.WAY_FREE, name="border_gate.tell_way_free")
def tell_free(event: Event) -> None:
    """Those who wait there, when drivers had been told that it lasts."""
    row = _row(event)
    if row is not None and ClockMark.objects.filter(key=mark_of(row)).exists():
        _tell_drivers(FREE, row, event)


def _tell_drivers(kind: NoticeKind, row: Stoppage, event: Event, **facts: str) -> None:
    trips = list(behind(row).values_list("pk", flat=True))
    if trips:
        send_to(kind, audience.drivers_of_many(trips), event, reverse("border_gate:driver"), gate=_gate(row), **facts)


def _gate(row: Stoppage) -> str:
    return CrossingPoint.objects.get(pk=row.point_id).gate_short


def _row(event: Event) -> Stoppage | None:
    return Stoppage.objects.filter(pk=event.record_id).select_related("barrier", "yard").first()
