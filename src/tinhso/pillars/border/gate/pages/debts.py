"""The list of fees that are owed."""

from __future__ import annotations

import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.web.tables import Empty, MomentColumn, NumberColumn, StateColumn, Table
from tinhso.pillars.border.gate.flows import FEE, TRIP


class DebtTable(Table):
    key = "border_gate.debts"
    always = ("trip",)
    walked = True
    empty = Empty(
        title=_("No fee is owed"),
        text=_("Deferred fees and those of vehicles that have gone would stand here."),
        icon="receipt",
    )

    trip = django_tables2.Column(
        verbose_name=_("trip code"),
        accessor="trip__code",
        linkify=lambda record: reverse("border_gate:trip", args=[record.trip_id]),
        attrs={"a": {"data-row-link": True}},
    )
    firm = django_tables2.Column(verbose_name=_("firm"), accessor="trip__agency__name")
    point = django_tables2.Column(verbose_name=_("crossing point"), accessor="point__code")
    amount = NumberColumn(verbose_name=_("amount, đồng"))
    state = StateColumn({"assessed": "attn", "deferred": "wait"}, dict(FEE.states), verbose_name=_("fee"))
    gone = StateColumn({}, dict(TRIP.states), verbose_name=_("vehicle"), accessor="trip__state")
    document_no = django_tables2.Column(verbose_name=_("document number"))
    created_at = MomentColumn(verbose_name=_("since"))
