"""What happens on devices without network: those who reconcile are told of gaps and contradictions."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.permissions import RECONCILE
from tinhso.pillars.border.gate.queries.offline import holders_of

GAP = notice(
    "border_gate.device_gap",
    title=_("Events of a device are missing"),
    texts={
        "vi": "Thiết bị {device} thiếu sự kiện số {first} đến {last}. Các sự kiện sau đó đang chờ.",
        "en": "Device {device} lacks the events {first} to {last}. What comes after them waits.",
    },
    urgent=True,
)
SET_ASIDE = notice(
    "border_gate.event_set_aside",
    title=_("An event waits to be reconciled"),
    texts={
        "vi": "Một sự kiện ghi khi mất mạng trên thiết bị {device} mâu thuẫn với hồ sơ, chờ đối soát.",
        "en": "An event that device {device} recorded without network contradicts the record and waits for a decision.",
    },
)


@subscribe(events.DEVICE_GAP, name="border_gate.tell_gap")
def tell_gap(event: Event) -> None:
    """Numbers are missing: somebody looks for the device."""
    told = event.payload
    where = reverse("border_gate:devices")
    send(GAP.name, to=_board(event), event_key=str(event.id), by=SYSTEM, at=event.at, url=where,
         device=told["device"], first=told["first"], last=told["last"])  # fmt: skip


@subscribe(events.DEVICE_EVENT_WAITS, name="border_gate.tell_set_aside")
def tell_set_aside(event: Event) -> None:
    """One notice in ten minutes for a device, however many events wait (the same words are not said twice)."""
    send(SET_ASIDE.name, to=_board(event), event_key=str(event.id), by=SYSTEM, at=event.at,
         url=reverse("border_gate:reconcile"), device=event.payload["device"])  # fmt: skip


def _board(event: Event) -> list[UUID]:
    return holders_of(RECONCILE, UUID(event.payload["place"]), event.at)
