"""Photos and papers on the pages: the officer's of checks and holds, the firm's of trips, mandates and of itself."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.actions.filing import add_file, add_files
from tinhso.pillars.border.gate.models import Force, Mandate
from tinhso.pillars.border.gate.pages.acting import act, by
from tinhso.pillars.border.gate.pages.firm import firm_of
from tinhso.pillars.border.gate.pages.offers import Box, Offer
from tinhso.pillars.border.gate.permissions import GIVE_MANDATE, MANAGE_FIRM, WORK_TASK, step_permission
from tinhso.pillars.border.gate.queries import filing as queries
from tinhso.pillars.border.gate.queries.firms import drivers_of, own_trip, vehicles_of
from tinhso.pillars.border.gate.queries.tasks import Dossier
from tinhso.pillars.border.gate.queries.trips import trip_for
from tinhso.pillars.border.gate.rules import plates

SUBMIT = step_permission("submit")
SUBJECTS = {"task": queries.TASK, "hold": queries.HOLD}
ACCEPT = ".pdf,.jpg,.jpeg,.png,image/jpeg,image/png"


class FileForm(Checked):
    """A file and what it is."""

    purpose = forms.ChoiceField(label=gettext_lazy("What it is"))
    file = forms.FileField(
        label=gettext_lazy("File"),
        help_text=gettext_lazy("PDF, JPG or PNG, at most 10 MB each"),
        widget=forms.ClearableFileInput({"accept": ACCEPT}),
    )

    def __init__(self, kind: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        purpose: Any = self.fields["purpose"]
        purpose.choices = [(name, str(one.title).capitalize()) for name, one in queries.PURPOSES[kind].items()]


def offer_of(dossier: Dossier, forces: list[Force]) -> Iterator[Offer]:
    """What an officer may add files to: the checks of his forces, and their holds."""
    own = {force.pk for force in forces}
    tasks = [one for one in dossier.tasks if one.agency_id in own and one.state != "not_needed"]
    holds = [one for one in dossier.holds if one.agency_id in own]
    subjects = [(f"task:{one.pk}", str(one.title).capitalize()) for one in tasks]
    subjects += [(f"hold:{one.pk}", _("hold of %(force)s") % {"force": one.force.short}) for one in holds]
    if not subjects:
        return
    purposes = [(name, str(one.title).capitalize()) for name, one in queries.FOUND.items()]
    yield Offer(
        "file",
        _("Add a photo or paper"),
        reverse("border_gate:trip_file", args=[dossier.trip.pk]),
        icon="camera",
        title=_("Add a photo or paper"),
        verb=_("Add"),
        text=_("It is kept with its time and your name, and read by who reads the check or the hold."),
        boxes=(
            Box("subject", _("Belongs to"), "choice", subjects),
            Box("purpose", _("What it is"), "choice", purposes),
            Box("files", _("File"), "files", hint=_("PDF, JPG or PNG, at most 10 MB each")),
        ),
    )


@require_POST
@needs(WORK_TASK)
def trip_file(request: Request, trip_id: UUID) -> HttpResponse:
    """An officer adds photos or papers to a check of his force or to its hold."""
    one = trip_for(trip_id, by=request.actor, at=request.moment)
    kind, record_id = _subject(request.POST.get("subject", ""))
    if (kind, record_id) not in queries.records_of(one):
        raise NotFound
    told: dict[str, Any] = {"kind": kind, "record_id": record_id, "purpose": request.POST.get("purpose", "")}
    return act(request, lambda: add_files(uploads=request.FILES.getlist("files"), **told, **by(request)))


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SUBMIT)
def firm_files(request: Request, trip_id: UUID) -> HttpResponse:
    """The papers that the firm gives with a trip."""
    firm = firm_of(request)
    one = own_trip(trip_id, firm, **by(request))
    here = reverse("border_gate:firm_files", args=[one.pk])
    shown = {"title": _("Photos and papers"), "plate": plates.show(one.tractor_plate), "trip": one, "now": "board"}
    return _page(request, queries.TRIP, one.pk, here, lambda: [(queries.TRIP, one.pk)], {"firm": firm, **shown})


@never_cache
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def firm_papers(request: Request) -> HttpResponse:
    """The firm's licence and other papers of its own."""
    firm = firm_of(request)
    here = reverse("border_gate:firm_papers")
    shown = {"title": _("Papers of the firm"), "firm": firm, "now": "mandates"}
    return _page(request, queries.FIRM, firm.pk, here, lambda: queries.firm_records(firm), shown)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def vehicle_papers(request: Request, vehicle_id: UUID) -> HttpResponse:
    """Photos and papers of one of the firm's own vehicles."""
    firm = firm_of(request)
    one = vehicles_of(firm).filter(pk=vehicle_id).first()
    if one is None:
        raise NotFound
    here = reverse("border_gate:vehicle_papers", args=[one.pk])
    shown = {"title": _("Photos and papers"), "subject": one.shown_plate or one.vin, "firm": firm, "now": "fleet"}
    return _page(request, queries.VEHICLE, one.pk, here, lambda: [(queries.VEHICLE, one.pk)], shown)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(MANAGE_FIRM)
def driver_papers(request: Request, driver_id: UUID) -> HttpResponse:
    """Photo and papers of one of the firm's own drivers."""
    firm = firm_of(request)
    one = drivers_of(firm).filter(pk=driver_id).first()
    if one is None:
        raise NotFound
    here = reverse("border_gate:driver_papers", args=[one.pk])
    shown = {"title": _("Photos and papers"), "subject": one.person.full_name, "firm": firm, "now": "drivers"}
    return _page(request, queries.DRIVER, one.pk, here, lambda: [(queries.DRIVER, one.pk)], shown)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(GIVE_MANDATE)
def mandate_papers(request: Request, mandate_id: UUID) -> HttpResponse:
    """The written mandate."""
    firm = firm_of(request)
    one = Mandate.objects.select_related("broker__agency").filter(pk=mandate_id, principal=firm).first()
    if one is None:
        raise NotFound
    here = reverse("border_gate:mandate_papers", args=[one.pk])
    shown = {"title": _("Written mandate"), "subject": one.broker.agency.name, "firm": firm, "now": "mandates"}
    return _page(request, queries.MANDATE, one.pk, here, lambda: [(queries.MANDATE, one.pk)], shown)


def _page(
    request: Request,
    kind: str,
    record_id: UUID,
    here: str,
    records: Callable[[], list[tuple[str, UUID]]],
    shown: dict[str, Any],
) -> HttpResponse:
    """The files there are, and the form for one more; a refusal stands at its field, the choice stays."""
    form = FileForm(kind, request.POST or None, request.FILES or None)
    if request.method == "POST" and form.is_valid() and _added(request, form, kind, record_id):
        return redirect(here)
    context = {**shown, "form": form, "files": queries.filed_of(records(), **by(request))}
    return render(request, "border_gate/firm_files.html", context, status=422 if form.errors else 200)


def _added(request: Request, form: FileForm, kind: str, record_id: UUID) -> bool:
    told = form.cleaned_data
    try:
        add_file(upload=told["file"], kind=kind, record_id=record_id, purpose=told["purpose"], **by(request))
    except Refusal as refusal:
        form.add_error("file", refusal.for_people())
        return False
    messages.info(request, _("Recorded"))
    return True


def _subject(text: str) -> tuple[str, UUID]:
    name, _colon, pk = text.partition(":")
    try:
        return SUBJECTS[name], UUID(pk)
    except (KeyError, ValueError) as unknown:
        raise NotFound from unknown
