"""A firm registers itself: the public form, and the page that its link opens."""

from __future__ import annotations

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from tinhso.kernel.access.limits import Rate, limited
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.files.actions import attach
from tinhso.kernel.files.kinds import attachable
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.identity.queries import link_of_session
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import registration as actions
from tinhso.pillars.border.gate.actions.checked_forms import Checked
from tinhso.pillars.border.gate.actions.firm_forms import dialled, open_points
from tinhso.pillars.border.gate.models import Registration
from tinhso.pillars.border.gate.permissions import SEND_REGISTRATION, VIEW_PAPERS
from tinhso.pillars.border.gate.queries import registrations as queries
from tinhso.pillars.border.gate.rules import taxcodes

LICENCE = "licence"
OFTEN = Rate(20)
"""Forms of one caller in a minute; several firms may sit behind one router."""
FILES = attachable(actions.KIND, read=queries.sees, restricted=VIEW_PAPERS, write=SEND_REGISTRATION, find=queries.find)


class FirmForm(Checked):
    """What a firm says of itself."""

    tax_code = forms.CharField(
        label=gettext_lazy("Tax code"),
        max_length=16,
        required=False,
        help_text=gettext_lazy("A Chinese firm leaves it empty"),
    )
    uscc = forms.CharField(
        label=gettext_lazy("Chinese credit code (USCC)"),
        max_length=24,
        required=False,
        help_text=gettext_lazy("18 characters; Chinese firms only"),
    )
    name = forms.CharField(label=gettext_lazy("Name of the firm"), max_length=200)
    address = forms.CharField(label=gettext_lazy("Address"), max_length=240)
    contact = forms.CharField(label=gettext_lazy("Contact person"), max_length=120)
    phone = forms.RegexField(
        r"^\+?[0-9 .]{9,16}$",
        label=gettext_lazy("Telephone"),
        help_text=gettext_lazy("A code is sent there; the notices of your trips as well"),
        error_messages={"invalid": gettext_lazy("A telephone number has 9 to 15 digits.")},
    )
    email = forms.EmailField(label=gettext_lazy("E-mail"), required=False)
    point = forms.ModelChoiceField(open_points(), label=gettext_lazy("Where do you mostly clear goods?"),
                                   to_field_name="code", empty_label=None)  # fmt: skip
    carries = forms.BooleanField(
        label=gettext_lazy("We carry goods that others declare (transport firm)"), required=False
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        point = cast(Any, self.fields["point"])
        point.queryset = open_points()
        point.label_from_instance = lambda one: one.gate_short

    def clean(self) -> dict[str, Any]:
        found = super().clean() or {}
        self.tax = self.read("tax_code", taxcodes.read)
        self.credit = self.read("uscc", taxcodes.read_chinese)
        if bool(found.get("tax_code")) == bool(found.get("uscc")):
            self.add_error("tax_code", str(_("Give the tax code, or of a Chinese firm its credit code alone.")))
        return found

    def typed(self) -> actions.FirmTyped:
        """As it was typed; the form must be valid."""
        values = {**self.cleaned_data, "tax_code": self.tax, "uscc": self.credit}
        values.pop(LICENCE, None)
        return actions.FirmTyped(**{**values, "phone": dialled(values["phone"])})

    def refuse(self, refusal: Refusal) -> None:
        """The refusal stands where it belongs."""
        field = refusal.field if refusal.field in self.fields else None
        self.add_error(field, refusal.for_people())


class SentForm(FirmForm):
    """The same with the licence's file; the telephone is proved already and stays."""

    licence = forms.FileField(
        label=gettext_lazy("Business licence"),
        required=False,
        help_text=gettext_lazy("PDF or a photo, legible"),
        widget=forms.ClearableFileInput({"accept": ".pdf,image/*"}),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["phone"].disabled = True


@never_cache
@limited("border_gate.register", OFTEN, methods=("POST",))
@require_http_methods(["GET", "POST"])
def register(request: Request) -> HttpResponse:
    """Who the firm is; then a code proves the telephone."""
    form = FirmForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            _wanted, token = actions.begin_registration(
                typed=form.typed(), at=request.moment, language=get_language() or "vi"
            )
        except Refusal as refusal:
            form.refuse(refusal)
        else:
            return redirect("kernel_login:link", token)
    return render(request, "border_gate/register.html", {"form": form}, status=422 if form.errors else 200)


@never_cache
@require_http_methods(["GET", "POST"])
@needs(SEND_REGISTRATION)
def registration(request: Request) -> HttpResponse:
    """Where the registration of this link stands; sent from here, and again when the board asks for more."""
    wanted = _of_link(request)
    if wanted is None:
        return redirect("border_gate:register")
    form = SentForm(request.POST or None, request.FILES or None, initial=_initial(wanted))
    if request.method == "POST" and form.is_valid() and _sent(request, wanted, form):
        return redirect("border_gate:registration")
    files = Attachment.objects.filter(kind=actions.KIND, record_id=wanted.pk).order_by("id")
    context = {
        "wanted": wanted,
        "form": form,
        "files": [one.name for one in files],
        "may_send": wanted.state in (Registration.TYPED, Registration.ASKED),
    }
    return render(request, "border_gate/registration.html", context, status=422 if form.errors else 200)


def _sent(request: Request, wanted: Registration, form: SentForm) -> bool:
    by: dict[str, Any] = {"by": request.actor, "at": request.moment}
    try:
        if licence := form.cleaned_data.get(LICENCE):
            attach(licence, name=licence.name, kind=actions.KIND, record_id=wanted.pk, purpose=LICENCE, **by)
        actions.send_registration(wanted=wanted, typed=form.typed(), **by)
    except Refusal as refusal:
        field = LICENCE if refusal.field == "file" else refusal.field
        form.add_error(field if field in form.fields else None, refusal.for_people())
        return False
    messages.info(request, _("Sent: the management board looks at it"))
    return True


def _of_link(request: Request) -> Registration | None:
    """The registration of the reader's own link; none for who came in another way."""
    link = link_of_session(cast(Any, request))
    wanted = queries.find(link.record_id) if link and link.record_id else None
    return wanted if wanted is not None and wanted.holder_id == request.actor.id else None


def _initial(wanted: Registration) -> dict[str, Any]:
    names = ("tax_code", "uscc", "name", "address", "contact", "phone", "email", "carries")
    return {**{name: getattr(wanted, name) for name in names}, "point": wanted.point.code}
