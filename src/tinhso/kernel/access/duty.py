"""On duty: who works at several places chooses one and until when; rights that he holds at the others rest.

The database sees to it (the view of rights), so it holds for pages, API and steps alike. Before the choice, and
once its time is over, he acts at none of them. Who works at one place is never asked.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Duty, Grant
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.base.rows import rows
from tinhso.kernel.geo.models import Place

HOURS = (4, 8, 12, 24)
"""How long a shift may be said to last."""
KEPT = timedelta(days=7)
"""Longer than a device may work without network: what it recorded is held against the duty of that moment."""
STANDS = """
select coalesce(nullif(p.short_name, ''), p.name, ''), d.until from (
    select g.holder_id from kernel_access_grant g where g.holder_id = %s::uuid and g.by_duty
       and g.valid_from <= %s::timestamptz and (g.valid_until is null or g.valid_until > %s::timestamptz) limit 1
) bound left join kernel_access_duty d
      on d.holder_id = bound.holder_id and d.since <= %s::timestamptz and d.until > %s::timestamptz
  left join kernel_geo_place p on p.id = d.place_id
"""


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether one must choose where to work, and what was chosen."""

    is_bound: bool = False
    place: str = ""
    until: datetime | None = None

    @property
    def must_choose(self) -> bool:
        return self.is_bound and not self.place


FREE = Standing()


def standing_of(actor: Actor, at: datetime) -> Standing:
    """Where the actor stands; one query, for each request of a person."""
    found = rows(STANDS, actor.id, at, at, at, at)
    return Standing(True, *found[0]) if found else FREE


def places_of(actor: Actor, at: datetime) -> QuerySet[Place]:
    """The places among which the actor chooses; none for who works at one."""
    present = Grant.objects.filter(Q(valid_until=None) | Q(valid_until__gt=at), valid_from__lte=at)
    return Place.objects.filter(id__in=present.filter(holder_id=actor.id, by_duty=True).values("place_id"))


@transaction.atomic
def go_on_duty(*, place: Place, hours: int, by: Actor, at: datetime) -> Duty:
    """Work at `place` for so many hours; what was chosen before ends.

    Raises Forbidden for a place that is not among one's own, Invalid for another length than those of `HOURS`.
    """
    if not places_of(by, at).filter(pk=place.pk).exists():
        raise Forbidden(_("you do not work at this place"), code="not-your-place")
    if hours not in HOURS:
        raise Invalid(_("choose how long your shift lasts"), field="hours")
    _end_present(by, at)
    Duty.objects.filter(holder_id=by.id, until__lt=at - KEPT).delete()
    duty = Duty.objects.create(holder_id=by.id, place=place, since=at, until=at + timedelta(hours=hours))
    record("access.on_duty", by=by, at=at, kind=place._meta.label_lower, record_id=place.pk, until=duty.until)
    return duty


@transaction.atomic
def go_off_duty(*, by: Actor, at: datetime) -> None:
    """End the shift; off duty already changes nothing."""
    for place_id in _end_present(by, at):
        record("access.off_duty", by=by, at=at, kind=Place._meta.label_lower, record_id=place_id)


def _end_present(by: Actor, at: datetime) -> list[UUID]:
    """The holder's grants are locked first: of two taps at once the second sees what the first has chosen."""
    list(Grant.objects.select_for_update().filter(holder_id=by.id, by_duty=True).order_by("id").values_list("id"))
    present = Duty.objects.filter(holder_id=by.id, until__gt=at)
    places = list(present.values_list("place_id", flat=True))
    present.filter(since__gt=at).delete()  # only where the clock was set back
    present.update(until=at)
    return list(places)
