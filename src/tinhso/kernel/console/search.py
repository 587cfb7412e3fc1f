"""Finders for the search box: agencies, units of any day, and who works where."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import may
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.console.permissions import VIEW_ORGANISATIONS
from tinhso.kernel.modules.declare import Hit, searchable
from tinhso.kernel.organisations.models import AdminUnit, Agency, Post
from tinhso.kernel.search.matching import holding


@searchable("kernel_organisations.agency", title=_("Agencies"))
def find_agencies(words: str, *, by: Actor, at: datetime, limit: int) -> list[Hit]:
    """Agencies that exist or existed, by a part of the name or the code."""
    if not may(by, VIEW_ORGANISATIONS, at=at):
        return []
    found = holding(Agency.objects.order_by("folded", "code"), words, "name", "code")[:limit]
    return [Hit(title=one.name, text=one.code, url=_agency(one.code)) for one in found]


@searchable("kernel_organisations.unit", title=_("Administrative units"))
def find_units(words: str, *, by: Actor, at: datetime, limit: int) -> list[Hit]:
    """Units of all days, the present ones first. They are public: who may not see their pages is shown the map."""
    address = _unit if may(by, VIEW_ORGANISATIONS, at=at) else _on_the_map
    found = holding(AdminUnit.objects.order_by("-valid_from", "folded"), words, "full_name", "code")[:limit]
    return [
        Hit(
            title=one.full_name,
            text=" – ".join(show_date(day) for day in (one.valid_from, one.valid_until) if day),
            url=address(one),
        )
        for one in found
    ]


@searchable("kernel_organisations.post", title=_("Officials"))
def find_officials(words: str, *, by: Actor, at: datetime, limit: int) -> list[Hit]:
    """Who holds a post on the day; a person without a post is nobody's business here."""
    if not may(by, VIEW_ORGANISATIONS, at=at):
        return []
    posts = Post.objects.on(at.astimezone(clock.HANOI).date()).select_related("person", "agency")
    found = holding(posts.order_by("person__full_name", "id"), words, "person__full_name")[:limit]
    return [
        Hit(title=one.person.full_name, text=f"{one.title}, {one.agency.name}", url=_agency(one.agency.code))
        for one in found
    ]


def _agency(code: str) -> str:
    return reverse("kernel_console:agency", args=[code])


def _unit(unit: AdminUnit) -> str:
    return reverse("kernel_console:unit", args=[unit.code, unit.valid_from.isoformat()])


def _on_the_map(unit: AdminUnit) -> str:
    day = f"&ngay={unit.valid_from.isoformat()}" if unit.valid_until else ""
    return f"{reverse('kernel_geo:map')}?xa={unit.code}{day}"
