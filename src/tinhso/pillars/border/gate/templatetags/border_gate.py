"""Words of the gate in templates."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import template
from django.utils.translation import gettext as _

from tinhso.kernel.base import clock
from tinhso.kernel.base.money import grouped
from tinhso.pillars.border.gate.models import TransferLine, Trip, Vehicle
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES, KIND_TITLES
from tinhso.pillars.border.gate.queries import words
from tinhso.pillars.border.gate.queries.figures import title_of
from tinhso.pillars.border.gate.queries.masks import Sight, sight_of
from tinhso.pillars.border.gate.queries.personal_data import kept_at
from tinhso.pillars.border.gate.queries.simulation import own_parts
from tinhso.pillars.border.gate.queries.tones import trip_tone
from tinhso.pillars.border.gate.rules import particulars, plates

register = template.Library()
register.filter("show_plate", plates.show)
register.filter("trip_tone", trip_tone)
register.filter("degrees", particulars.show_degrees)
register.filter("temperature", particulars.show_temperature)


@register.filter
def plain(number: float) -> str:
    """A number as drawings want it, with a point whatever the language."""
    return f"{number:g}"


@register.filter
def short_yard(code: str) -> str:
    """A yard by the name that drivers use."""
    return str(title_of("area", code))


@register.filter
def whole(number: Decimal) -> int:
    """A published figure without its decimals."""
    return int(number)


@register.filter
def minutes_short(count: int) -> str:
    """Minutes as people say them: 45 min, 2 h 05."""
    hours, minutes = divmod(count, 60)
    return f"{hours} h {minutes:02d}" if hours else _("%(count)s min") % {"count": minutes}


@register.filter
def kind_title(kind: str) -> str:
    """What a kind of trip is called."""
    return str(KIND_TITLES[kind])


@register.filter
def container_title(code: str) -> str:
    """Size and kind of a container in words."""
    return str(CONTAINER_TITLES.get(code, code))


@register.filter
def of(values: dict[Any, Any], key: Any) -> Any:
    """What a mapping holds of that key, nothing when it does not."""
    return values.get(key, "")


@register.simple_tag
def measured(line: Any) -> str:
    """The quantity of a goods line with its unit."""
    return words.measured(line.quantity, line.unit)


@register.simple_tag
def packed(line: Any) -> str:
    """The packages of a goods line with their kind."""
    return words.packed(line.packages, line.package_kind)


@register.inclusion_tag("border_gate/_personal_data.html", takes_context=True)
def personal_data(context: template.Context) -> dict[str, Any]:
    """What is kept of a driver's paper and telephone, how long by the rules of today, and who reads it (brief 13)."""
    return {"kept": kept_at(clock.now()), "help_desk": context.get("help_desk", "")}


@register.simple_tag
def packed_line(line: TransferLine) -> str:
    """The packages of a line of a transfer, of the kind that was declared."""
    return words.packed(line.packages, line.line.package_kind)


@register.filter
def signed(number: int) -> str:
    """A difference with its sign: +12, −1.860, 0."""
    sign = "+" if number > 0 else "−" if number < 0 else ""
    return f"{sign}{grouped(abs(number))}"


@register.filter
def built(vehicle: Vehicle) -> str:
    """Axles and kerb weight of a vehicle, as far as its card tells."""
    return words.built(vehicle.axles, vehicle.kerb_kg)


@register.simple_tag
def valued(line: Any) -> str:
    """The value of a goods line with its currency."""
    return words.valued(line.value, line.currency)


@register.simple_tag(takes_context=True)
def goods_title(context: template.Context, trip: Trip) -> str:
    """The goods of a trip, if the reader may see them there."""
    return trip.goods_title if trip.goods_title and sight(context["request"]).sees_goods(trip) else "–"


@register.simple_tag(takes_context=True)
def driver_of(context: template.Context, trip: Trip) -> str:
    """The drivers of a trip, if the reader may see them there."""
    if not trip.driver_name or not sight(context["request"]).sees_parties(trip):
        return "–"
    second = trip.second_driver
    return f"{trip.driver_name}, {second.person.full_name}" if second else trip.driver_name


def sight(request: Any) -> Sight:
    """What the reader of a page may see, asked once for it, whatever its length."""
    if not hasattr(request, "border_gate_sight"):
        request.border_gate_sight = sight_of(by=request.actor, at=request.moment)
    seen: Sight = request.border_gate_sight
    return seen


@register.inclusion_tag("border_gate/_simulation_strip.html", takes_context=True)
def simulation_strip(context: template.Context) -> dict[str, Any]:
    """The reader's own role in the live border and the tap that changes it; empty without a simulation."""
    request = context["request"]
    parts = own_parts(by=request.actor, at=request.moment) if request.user.is_authenticated else []
    shown: dict[str, Any] = {"csrf_token": context.get("csrf_token")}
    if len(parts) == 1:
        return {**shown, "part": parts[0], "next": request.get_full_path() if request.method == "GET" else ""}
    return {**shown, "count": sum(not part.by_people for part in parts), "whole": len(parts)}
