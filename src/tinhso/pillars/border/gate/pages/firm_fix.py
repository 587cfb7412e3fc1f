"""The correction asked for by an officer: those fields and no others."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, time, timedelta
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions.corrections import correct_trip
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.pages.firm_forms import (
    HOURS,
    Checked,
    codes_of,
    container_choices,
    day_field,
    goods_named,
    whole,
)
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries import firms as queries
from tinhso.pillars.border.gate.queries.firms import drivers_of
from tinhso.pillars.border.gate.rules import containers, plates

Built = dict[str, tuple[forms.Field, Any]]


class Correction(Checked):
    """Only the fields that the officer listed, filled with what stands there."""

    def __init__(self, *args: Any, trip: Trip, lines: list[GoodsLine], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.trip, self.lines = trip, lines
        for field in trip.fix_fields:
            for name, (built, value) in BUILD.get(field, lambda trip, lines: {})(trip, lines).items():
                self.fields[name] = built
                self.initial.setdefault(name, value)

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        for name in ("tractor", "trailer", "container"):
            if name in self.fields:
                self.read(name, {"container": containers.read, "tractor": plates.read_tractor}.get(name, plates.read))
        return found

    def values(self) -> dict[str, Any]:
        """The new values by field of the correction."""
        return {field: READ[field](self) for field in self.trip.fix_fields if field in READ}


@never_cache
@require_http_methods(["GET", "POST"])
@needs(step_permission("resubmit"))
def fix(request: Request, trip_id: UUID) -> HttpResponse:
    """Mend what was asked for and send again."""
    firm = firm_of(request)
    trip = queries.own_trip(trip_id, firm, by=request.actor, at=request.moment)
    if trip.state != "fix_requested":
        raise NotFound
    lines = list(GoodsLine.objects.filter(declaration_id=trip.declaration_id))
    form = Correction(request.POST or None, trip=trip, lines=lines)
    if request.method == "POST" and form.is_valid() and _sent(request, trip, form):
        return redirect("border_gate:firm_trip", trip.pk)
    asked = History.objects.filter(record_id=trip.pk, step="request_fix").order_by("-version").first()
    context = {
        "firm": firm,
        "trip": trip,
        "form": form,
        "plate": plates.show(trip.tractor_plate),
        "reason": asked.facts.get("reason", "") if asked else "",
        "now": "board",
    }
    return render(request, "border_gate/firm_fix.html", context)


def _sent(request: Request, trip: Trip, form: Correction) -> bool:
    try:
        correct_trip(trip=trip, values=form.values(), by=request.actor, at=request.moment)
    except Refusal as refusal:
        trip.refresh_from_db()
        form.add_error(None, refusal.for_people())
        return False
    messages.info(request, _("Correction sent"))
    return True


def _text(
    name: str, label: Any, attribute: str, *, longest: int, required: bool = False
) -> Callable[[Trip, Any], Built]:
    return lambda trip, lines: {
        name: (forms.CharField(label=label, max_length=longest, required=required), getattr(trip, attribute))
    }


def _plate(name: str, label: Any, *, required: bool) -> Callable[[Trip, Any], Built]:
    return lambda trip, lines: {
        name: (
            forms.CharField(label=label, max_length=24, required=required),
            plates.show(getattr(trip, f"{name}_plate")),
        )
    }


def _certificate(trip: Trip, lines: list[GoodsLine]) -> Built:
    built: Built = {}
    for line in lines:
        for name, label, value in (
            ("puc", _("Growing area codes"), ", ".join(line.growing_areas)),
            ("phc", _("Packing house codes"), ", ".join(line.packing_houses)),
            ("certificate", _("Quarantine certificate"), line.certificate_no),
        ):
            field = forms.CharField(label=f"{label}, {line.title}", required=False, max_length=200)
            built[f"{name}_{line.number}"] = (field, value)
    return built


def _weight(trip: Trip, lines: list[GoodsLine]) -> Built:
    return {
        f"kg_{line.number}": (whole(f"{_('Gross weight, kg')}, {line.title}", required=True), line.gross_kg)
        for line in lines
    }


def _goods(trip: Trip, lines: list[GoodsLine]) -> Built:
    return {
        f"goods_{line.number}": (
            forms.CharField(label=_("Goods"), max_length=160),
            f"{line.title} ({line.hs6})",
        )
        for line in lines
    }


def _container(trip: Trip, lines: list[GoodsLine]) -> Built:
    number = forms.CharField(label=_("Container number"), max_length=20)
    size = forms.ChoiceField(label=_("Container size"), choices=container_choices)
    return {"container": (number, trip.container_no), "container_type": (size, trip.container_type)}


def _driver(trip: Trip, lines: list[GoodsLine]) -> Built:
    rows = drivers_of(trip.enterprise) if trip.enterprise else None
    return {"driver": (forms.ModelChoiceField(rows, label=_("Driver")), trip.driver_id)}


def _eta(trip: Trip, lines: list[GoodsLine]) -> Built:
    hour = f"{trip.eta.astimezone(HANOI):%H}" if trip.eta else HOURS[0][0]
    return {"hour": (forms.ChoiceField(label=_("Hour at the gate"), choices=HOURS), hour)}


def _read_eta(form: Correction) -> datetime:
    day = form.cleaned_data.get("planned_on") or form.trip.planned_on
    return datetime.combine(day, time(int(form.cleaned_data["hour"])), HANOI) + timedelta(minutes=59)


def _read_container(form: Correction) -> dict[str, str]:
    return {"number": form.cleaned_data["container"], "type": form.cleaned_data["container_type"]}


def _read_certificate(form: Correction) -> dict[int, dict[str, Any]]:
    typed = form.cleaned_data
    return {
        line.number: {
            "growing_areas": list(codes_of(typed[f"puc_{line.number}"])),
            "packing_houses": list(codes_of(typed[f"phc_{line.number}"])),
            "certificate_no": typed[f"certificate_{line.number}"][:40],
        }
        for line in form.lines
    }


def _read_weight(form: Correction) -> dict[int, dict[str, Any]]:
    return {line.number: {"gross_kg": form.cleaned_data[f"kg_{line.number}"]} for line in form.lines}


def _read_goods(form: Correction) -> dict[int, dict[str, Any]]:
    names = ("hs6", "title", "group")
    return {
        line.number: dict(zip(names, goods_named(form.cleaned_data[f"goods_{line.number}"]), strict=True))
        for line in form.lines
    }


def _typed(name: str) -> Callable[[Correction], Any]:
    return lambda form: form.cleaned_data[name]


BUILD: dict[str, Callable[[Trip, list[GoodsLine]], Built]] = {
    "certificate": _certificate,
    "weight": _weight,
    "goods": _goods,
    "customs_no": lambda trip, lines: {
        "customs_no": (
            forms.RegexField(
                r"^[0-9]{12}$",
                label=gettext_lazy("Customs declaration number"),
                error_messages={"invalid": gettext_lazy("A customs declaration number has 12 digits.")},
            ),
            trip.customs_no,
        )
    },
    "seal": _text("seal", gettext_lazy("Seal number"), "seal_no", longest=24, required=True),
    "container": _container,
    "planned_on": lambda trip, lines: {"planned_on": (day_field(gettext_lazy("Day at the gate")), trip.planned_on)},
    "eta": _eta,
    "tractor": _plate("tractor", gettext_lazy("Plate of the tractor"), required=True),
    "trailer": _plate("trailer", gettext_lazy("Plate of the trailer"), required=False),
    "driver": _driver,
}
READ: dict[str, Callable[[Correction], Any]] = {
    "certificate": _read_certificate,
    "weight": _read_weight,
    "goods": _read_goods,
    "eta": _read_eta,
    "container": _read_container,
    **{name: _typed(name) for name in ("customs_no", "seal", "planned_on", "tractor", "trailer", "driver")},
}
