"""The firm's trips as a file: a tab of its board, what was found, or all of them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import django_tables2
from django.db.models import Prefetch, QuerySet
from django.http import HttpResponseBase
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.web.export import as_file
from tinhso.kernel.web.tables import MomentColumn, NumberColumn, StateColumn, Table
from tinhso.pillars.border.gate.flows import FEE, TRIP
from tinhso.pillars.border.gate.models import Hold, Trip
from tinhso.pillars.border.gate.queries.driver import public_reason
from tinhso.pillars.border.gate.rules import plates

MOST = 20_000
"""The newest so many rows go into one file."""
HELD = Prefetch("hold_records", Hold.objects.filter(state="active").select_related("force"), to_attr="standing_holds")


class TripFile(Table):
    """What the board tells of a trip, a row each; why a force holds it as far as the owner may read it."""

    key = "border_gate.firm_trips"

    code = django_tables2.Column(verbose_name=_("trip code"))
    tractor_plate = django_tables2.Column(verbose_name=_("plate"))
    trailer_plate = django_tables2.Column(verbose_name=_("Trailer"))
    container_no = django_tables2.Column(verbose_name=_("Container"))
    kind = django_tables2.Column(verbose_name=_("trip type"))
    point = django_tables2.Column(verbose_name=_("crossing point"), accessor="point__gate_short")
    planned_on = django_tables2.DateColumn(verbose_name=_("planned day"))
    state = StateColumn({}, dict(TRIP.states), verbose_name=_("State"))
    state_since = MomentColumn(verbose_name=_("since"))
    goods_title = django_tables2.Column(verbose_name=_("goods"))
    gross_kg = NumberColumn(verbose_name=_("Gross weight, kg"))
    fee_state = StateColumn({}, dict(FEE.states), verbose_name=_("fee"))
    held = django_tables2.Column(verbose_name=_("Held by"), empty_values=(), orderable=False)

    def value_code(self, record: Trip) -> str:
        return record.shown_code()

    def value_tractor_plate(self, value: str) -> str:
        return plates.show(value)

    def value_trailer_plate(self, value: str) -> str:
        return plates.show(value)

    def value_kind(self, record: Trip) -> str:
        return str(record.get_kind_title())

    def value_planned_on(self, value: Any) -> Any:
        return value

    def value_held(self, record: Any) -> str:
        return "; ".join(f"{hold.force}: {public_reason(hold)}" for hold in record.standing_holds)


def trip_file(rows: QuerySet[Trip], kind: str, *, at: datetime) -> HttpResponseBase:
    """CSV or XLSX of these trips, newest first, at most `MOST`; three queries."""
    chosen = rows.select_related("point").prefetch_related(HELD).order_by("-state_since")[:MOST]
    return as_file(TripFile(list(chosen)), kind, f"luot-xe-{at:%Y%m%d}")
