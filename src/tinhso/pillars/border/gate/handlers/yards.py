"""The board of a point hears that all its yards are nearly full and nobody is called any more, and when that ends."""

from __future__ import annotations

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import NoticeKind, notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers.audience import officers_at
from tinhso.pillars.border.gate.models import CrossingPoint
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.rules.limits import YARD_FULL

FULL = notice(
    "border_gate.yards_full",
    title=_("All yards of a crossing point are full"),
    texts={
        "vi": "{gate}: tất cả các bãi đã kín từ {limit}% trở lên, đã dừng gọi xe từ bãi chờ. Cho xe ra bãi hoặc điều "
        "chuyển.",
        "en": "{gate}: all yards are {limit} % full or more, vehicles are no longer called. Let vehicles leave, or "
        "redirect them.",
    },
    urgent=True,
)
FREE = notice(
    "border_gate.yards_free",
    title=_("Yards of a crossing point have room again"),
    texts={
        "vi": "{gate}: bãi đã có chỗ dưới {limit}%, việc gọi xe tiếp tục.",
        "en": "{gate}: a yard is less than {limit} % full again, vehicles are called as before.",
    },
)


@subscribe(events.YARDS_FULL, name="border_gate.tell_yards_full")
def tell_yards_full(event: Event) -> None:
    _tell(FULL, event)


@subscribe(events.YARDS_FREE, name="border_gate.tell_yards_free")
def tell_yards_free(event: Event) -> None:
    _tell(FREE, event)


def _tell(kind: NoticeKind, event: Event) -> None:
    point = CrossingPoint.objects.filter(pk=event.record_id).first()
    if point is None:
        return
    send(
        kind.name,
        to=officers_at(("BQLKKT",), point.pk, at=event.at),
        event_key=f"{event.name}:{event.id}",
        by=SYSTEM,
        at=event.at,
        url=reverse("border_gate:live_map"),
        gate=point.gate_short,
        limit=f"{law_at(event.at).number(YARD_FULL).value:g}",
    )
