"""What somebody was told, and how well the ways out work."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Count, QuerySet

from tinhso.kernel.notices.models import CarriedMessage, Delivery, Notice


def notices_of(recipient: UUID, *, quiet: bool | None = None) -> QuerySet[Notice]:
    """Newest first; `quiet` chooses those that lie apart, or all others."""
    found = Notice.objects.filter(recipient=recipient).order_by("-id")
    return found if quiet is None else found.filter(quiet=quiet)


def unread_count(recipient: UUID) -> int:
    """One query, from the index of unread notices."""
    return Notice.objects.filter(recipient=recipient, read_at=None, quiet=False).count()


def carried(limit: int) -> list[CarriedMessage]:
    """What the simulated carriers took last, newest first."""
    return list(CarriedMessage.objects.order_by("-id")[:limit])


def deliveries_by_state() -> dict[tuple[str, str], int]:
    """How many deliveries stand where, by channel and state."""
    rows = Delivery.objects.values_list("channel", "state").annotate(count=Count("pk"))
    return {(channel, state): count for channel, state, count in rows}
