"""Goods that were destroyed: their firm is told how much, by which record and before whom."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.money import grouped
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers.audience import ENTERPRISE
from tinhso.pillars.border.gate.handlers.telling import Told, tell, trip_of
from tinhso.pillars.border.gate.models import Force

DESTROYED = notice(
    "border_gate.goods_destroyed",
    title=_("Goods were destroyed"),
    texts={
        "vi": "Lượt {code}: kiểm dịch đã tiêu hủy {kg} kg ({goods}), biên bản {document}, lực lượng chứng kiến: "
        "{force}. Số kg này không còn tính trên xe.",
        "en": "Trip {code}: quarantine had {kg} kg destroyed ({goods}), record {document}, witnessed by {force}. "
        "They no longer count as on the vehicle.",
        "zh-hans": "车次{code}：检疫已销毁{kg}公斤（{goods}），记录{document}，见证单位：{force}。"
        "该重量不再计入车上货物。",
    },
)


@subscribe(events.GOODS_DESTROYED, name="border_gate.tell_destroyed")
def tell_destroyed(event: Event) -> None:
    """One notice for each record."""
    trip = trip_of(event.record_id)
    if trip is None:
        return
    told = event.payload
    short = {force.code: force.short for force in Force.objects.filter(code__in=told["witnesses"])}
    facts = {
        "kg": grouped(told["kg"]),
        "goods": told["goods"],
        "document": told["minutes_no"],
        "force": ", ".join(short.values()),
    }
    tell(trip, event, [Told(DESTROYED, (ENTERPRISE,), lasts=True)], **facts)
