"""Lists of this room."""

from __future__ import annotations

from typing import Any

import django_tables2
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.web.tables import Empty, MomentColumn, NumberColumn, StateColumn, Table
from tinhso.shared.payments.flows import OBLIGATION, REFUND
from tinhso.shared.payments.pages.words import CAUSES, TONES, WAYS

ROW_LINK: dict[str, Any] = {"a": {"data-row-link": True}}


class WordsColumn(django_tables2.Column):
    """A code in people's words."""

    def __init__(self, names: dict[str, Any], **words: Any) -> None:
        self.names = names
        super().__init__(**words)

    def render(self, value: str) -> str:
        return str(self.names.get(value, value))


class ObligationTable(Table):
    key = "shared_payments.obligations"
    always = ("reference",)
    walked = True
    empty = Empty(title=_("Nothing is owed here"), text=_("Look for another reference or state."), icon="receipt")

    reference = django_tables2.Column(
        verbose_name=_("reference"),
        linkify=lambda record: reverse("shared_payments:obligation", args=[record.pk]),
        attrs=ROW_LINK,
    )
    title = django_tables2.Column(verbose_name=_("for what"), accessor="title", orderable=False)
    payer_name = django_tables2.Column(verbose_name=_("payer"))
    amount = NumberColumn(verbose_name=_("amount, đồng"))
    received = NumberColumn(verbose_name=_("received, đồng"))
    state = StateColumn(TONES, dict(OBLIGATION.states), verbose_name=_("state"))
    receipt_no = django_tables2.Column(verbose_name=_("receipt"))
    created_at = MomentColumn(verbose_name=_("since"))


class RefundTable(Table):
    key = "shared_payments.refunds"
    always = ("amount",)
    walked = True
    empty = Empty(title=_("No refund waits"), text=_("Refunds that are asked for stand here."), icon="receipt-refund")

    created_at = MomentColumn(
        verbose_name=_("asked for"),
        linkify=lambda record: reverse("shared_payments:refund_one", args=[record.pk]),
        attrs={**ROW_LINK, "td": {"class": "num"}},
    )
    cause = WordsColumn(CAUSES, verbose_name=_("cause"))
    amount = NumberColumn(verbose_name=_("amount, đồng"))
    to_name = django_tables2.Column(verbose_name=_("to"))
    way = WordsColumn(WAYS, verbose_name=_("way"))
    state = StateColumn(TONES, dict(REFUND.states), verbose_name=_("state"))
