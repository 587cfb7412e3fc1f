"""One correction for whoever may send it – firm, help desk, driver: the fields asked for, and what becomes of them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.corrections import correct_trip
from tinhso.pillars.border.gate.actions.goods_forms import goods_choices
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.pages.field_forms import FieldForm
from tinhso.pillars.border.gate.queries.mending import why_asked
from tinhso.pillars.border.gate.rules import plates


class Mending(FieldForm):
    """The fields that an officer asked for."""


class MendingForAnother(Mending):
    """The same at the help desk: who types says that he for whom it was declared agrees."""

    consent = forms.BooleanField(label=gettext_lazy("Who declared it has read this and agrees that I send it for him"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields([name for name in self.fields if name != "consent"])


def form_of(request: Request, trip: Trip, kind: type[Mending] = Mending) -> Mending:
    """What is asked of the trip, filled with what stands there or was typed."""
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    return kind(request.POST if request.method == "POST" else None, trip=trip, lines=lines, names=trip.fix_fields)


def is_sent(request: Request, form: Mending, *, by: Actor) -> bool:
    """Send the correction that was typed; what stands in its way is told in the form, and nothing typed is lost."""
    if not form.is_bound or not form.is_valid():
        return False
    consent = bool(form.cleaned_data.get("consent"))
    try:
        correct_trip(trip=form.trip, values=form.values(), by=by, at=request.moment, consent=consent)
    except Refusal as refusal:
        form.trip.refresh_from_db()
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
        return False
    messages.info(request, _("Correction sent"))
    return True


def told(form: Mending) -> dict[str, Any]:
    """What the page of a correction shows beside its form."""
    trip = form.trip
    goods = goods_choices() if "lines" in form.names else ()
    return {
        "form": form, "trip": trip, "plate": plates.show(trip.tractor_plate), "reason": why_asked(trip), "goods": goods,
    }  # fmt: skip
