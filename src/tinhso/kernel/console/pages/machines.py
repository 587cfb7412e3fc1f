"""Machines of one's agency: programs that act by key, and where they are told of events. For any module's members."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any, cast
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.may import rights
from tinhso.kernel.access.needs import needs
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.geo.models import Place
from tinhso.kernel.identity.certificates import LONGEST
from tinhso.kernel.identity.models import ApiKey
from tinhso.kernel.machines import clients, hooks
from tinhso.kernel.machines.models import ApiClient, HookCall, Subscription
from tinhso.kernel.machines.outward import OUTWARD
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.machines.scopes import SCOPES, offered
from tinhso.kernel.organisations.models import Agency
from tinhso.kernel.web.request import Request

DAYS = [(30, "30"), (90, "90"), (180, "180"), (365, "365")]
TONES = {HookCall.WAITING: "wait", HookCall.SENT: "done", HookCall.DEAD: "stop", HookCall.WITHHELD: "idle"}


class ClientForm(forms.Form):
    """A program to connect; the scopes are those that the reader may give."""

    name = forms.CharField(
        label=gettext_lazy("Name of the program"), max_length=120, help_text=gettext_lazy("For instance: ERP, accounts")
    )
    scopes = forms.MultipleChoiceField(
        label=gettext_lazy("What it may do"), widget=forms.CheckboxSelectMultiple, choices=()
    )
    place = forms.ModelChoiceField(label=gettext_lazy("place"), queryset=Place.objects.none(), required=False)

    def __init__(self, *args: Any, scopes: list[Any], places: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["scopes"]).choices = [
            (one.name, _upper(str(one.title))) for one in scopes
        ]
        cast(Any, self.fields["place"]).queryset = places
        if not places:
            del self.fields["place"]


class KeyForm(forms.Form):
    name = forms.CharField(label=gettext_lazy("Name of the key"), max_length=120)
    days = forms.TypedChoiceField(label=gettext_lazy("Holds for days"), choices=DAYS, coerce=int, initial=180)
    certificate = forms.CharField(
        label=gettext_lazy("Certificate of the program"),
        required=False,
        max_length=LONGEST,
        widget=forms.Textarea({"rows": 3, "spellcheck": "false"}),
        help_text=gettext_lazy("PEM text. The key then opens nothing without this certificate."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not settings.CLIENT_CERTIFICATES:
            del self.fields["certificate"]


class HookForm(forms.Form):
    url = forms.CharField(
        label=gettext_lazy("Address that is called"), max_length=300, widget=forms.URLInput({"placeholder": "https://"})
    )
    patterns = forms.MultipleChoiceField(label=gettext_lazy("Events"), widget=forms.CheckboxSelectMultiple, choices=())

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(forms.MultipleChoiceField, self.fields["patterns"]).choices = _events()


@never_cache
@require_http_methods(["GET", "POST"])
@needs(KEEP_CLIENTS)
def machines(request: Request) -> HttpResponse:
    """The programs of an agency, with the form to connect one more."""
    agency, agencies = _agency(request)
    if agency is None:
        return render(request, "kernel_console/machines/none.html")
    places = _places(request)
    asked = places.filter(pk=_uuid(request.POST.get("place", ""))).first() if places else None
    may_give = offered(agency=agency, place=asked or places.first(), by=request.actor, at=request.moment)
    form = ClientForm(request.POST or None, scopes=may_give, places=places)
    if request.method == "POST" and form.is_valid():
        facts = {"agency": agency, "place": asked, **{name: form.cleaned_data[name] for name in ("name", "scopes")}}
        made = _tried(form, lambda: clients.connect(**facts, **_by(request)))
        if made is not None:
            return redirect("kernel_console:machine", made.pk)
    rows = ApiClient.objects.filter(agency=agency).order_by("closed_at", "-made_at")
    context = {"agency": agency, "agencies": agencies, "rows": rows, "form": form, "gives": bool(may_give)}
    return render(request, "kernel_console/machines/list.html", context, status=422 if form.errors else 200)


@never_cache
@require_safe
@needs(KEEP_CLIENTS)
def machine(request: Request, client_id: UUID) -> HttpResponse:
    """One program: what it may, its keys, what it is told."""
    return _machine(request, _client(request, client_id))


@never_cache
@require_POST
@needs(KEEP_CLIENTS)
def new_key(request: Request, client_id: UUID) -> HttpResponse:
    """Make a key and show its text, this once: the page is not kept anywhere."""
    client = _client(request, client_id)
    form = KeyForm(request.POST)
    made = None
    if form.is_valid():
        facts = {**form.cleaned_data, "lasts": timedelta(days=form.cleaned_data["days"])}
        del facts["days"]
        made = _tried(form, lambda: clients.make_key(client=client, **facts, **_by(request)))
    if made is None:
        return _machine(request, client, status=422, key_form=form)
    return _machine(request, client, secret={"title": _("The new key"), "text": made[1], "what": "key"})


@require_POST
@needs(KEEP_CLIENTS)
def revoke_key(request: Request, client_id: UUID, key_id: UUID) -> HttpResponse:
    client = _client(request, client_id)
    key = get_object_or_404(ApiKey, pk=key_id, holder_id=client.pk)
    return _do(
        request, client, lambda: clients.revoke_key(client=client, key=key, **_by(request)), _("The key is revoked")
    )


@require_POST
@needs(KEEP_CLIENTS)
def disconnect(request: Request, client_id: UUID) -> HttpResponse:
    client = _client(request, client_id)
    return _do(request, client, lambda: clients.close(client=client, **_by(request)), _("The program is disconnected"))


@never_cache
@require_POST
@needs(KEEP_CLIENTS)
def subscribe(request: Request, client_id: UUID) -> HttpResponse:
    """Make a subscription and show its secret, this once."""
    client = _client(request, client_id)
    form = HookForm(request.POST)
    made = None
    if form.is_valid():
        made = _tried(form, lambda: hooks.subscribe(client=client, **form.cleaned_data, **_by(request)))
    if made is None:
        return _machine(request, client, status=422, hook_form=form)
    return _machine(request, client, secret={"title": _("The secret of the subscription"), "text": made[1], "what": ""})


@never_cache
@require_safe
@needs(KEEP_CLIENTS)
def subscription(request: Request, sub_id: UUID) -> HttpResponse:
    """What was told and how it went."""
    return _subscription(request, _sub(request, sub_id))


@never_cache
@require_POST
@needs(KEEP_CLIENTS)
def change_subscription(request: Request, sub_id: UUID, deed: str) -> HttpResponse:
    """Test, stop, go on, or give a new secret, which is shown once."""
    sub = _sub(request, sub_id)
    if deed == "bi-mat":
        row, text = hooks.change_secret(subscription=sub, **_by(request))
        return _subscription(request, row, secret={"title": _("The new secret"), "text": text, "what": ""})
    if deed not in DEEDS:
        raise Http404
    act, done = DEEDS[deed]
    _said(request, lambda: act(subscription=sub, **_by(request)), str(done))
    return redirect("kernel_console:subscription", sub.pk)


@require_POST
@needs(KEEP_CLIENTS)
def tell_again(request: Request, sub_id: UUID, call_id: UUID) -> HttpResponse:
    sub = _sub(request, sub_id)
    call = get_object_or_404(HookCall.objects.select_related("subscription"), pk=call_id, subscription=sub)
    _said(request, lambda: hooks.replay(call=call, **_by(request)), _("It is told again"))
    return redirect("kernel_console:subscription", sub.pk)


DEEDS: dict[str, tuple[Callable[..., Any], Any]] = {
    "thu": (hooks.test, gettext_lazy("The test is on its way")),
    "dung": (hooks.stop, gettext_lazy("Nothing more is told")),
    "tiep": (hooks.go_on, gettext_lazy("It is told again from now on")),
}


def _machine(request: Request, client: ApiClient, *, status: int = 200, **more: Any) -> HttpResponse:
    context = {
        "client": client,
        "covers": [_upper(str(SCOPES.get(name).title)) for name in client.scopes if name in SCOPES],
        "keys": [_key(one) for one in clients.keys_of(client)],
        "subs": client.subscriptions.order_by("stopped_at", "-made_at"),
        "key_form": KeyForm(),
        "hook_form": HookForm() if len(OUTWARD) else None,
        **more,
    }
    return render(request, "kernel_console/machines/machine.html", context, status=status)


def _subscription(request: Request, sub: Subscription, **more: Any) -> HttpResponse:
    calls = [{"call": call, "tone": TONES[call.state]} for call in hooks.log_of(sub)]
    context = {"sub": sub, "client": sub.client, "calls": calls, **hooks.standing(sub), **more}
    return render(request, "kernel_console/machines/subscription.html", context)


def _key(key: ApiKey) -> dict[str, Any]:
    now = clock.real()
    tone, word = ("done", _("usable")) if key.is_open(now) else ("stop", _("revoked"))
    if key.revoked_at is None and not key.is_open(now):
        tone, word = "idle", _("has run out")
    return {"key": key, "tone": tone, "word": word, "open": key.is_open(now)}


def _events() -> list[tuple[str, str]]:
    return [(one.name, f"{_upper(str(one.title))} ({one.name})") for one in sorted(OUTWARD, key=lambda one: one.name)]


def _agency(request: Request) -> tuple[Agency | None, list[Agency]]:
    """The agency asked for, else the first whose machines the reader keeps."""
    own = list(clients.agencies_of(by=request.actor, at=request.moment))
    asked = request.GET.get("don-vi", "")
    found = next((one for one in own if str(one.pk) == asked), own[0] if own else None)
    return found, own


def _places(request: Request) -> Any:
    """The places where the reader himself has rights that some scope gives on."""
    at_places = {right for one in SCOPES if one.bound == "place" for right in one.permissions}
    held = rights(request.actor, at=request.moment).filter(permission__in=at_places).exclude(place_id=None)
    return Place.objects.filter(pk__in=held.values("place_id")).order_by("name")


def _client(request: Request, client_id: UUID) -> ApiClient:
    """One of the reader's own programs; the others are not there."""
    own = clients.agencies_of(by=request.actor, at=request.moment)
    return get_object_or_404(ApiClient.objects.select_related("agency", "place"), pk=client_id, agency__in=own)


def _sub(request: Request, sub_id: UUID) -> Subscription:
    own = clients.agencies_of(by=request.actor, at=request.moment)
    rows = Subscription.objects.select_related("client__agency")
    return get_object_or_404(rows, pk=sub_id, client__agency__in=own)


def _tried(form: forms.Form, act: Callable[[], Any]) -> Any:
    """What the deed gives; None when it was refused, which the form then tells."""
    try:
        return act()
    except Refusal as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.for_people())
        return None


def _do(request: Request, client: ApiClient, act: Callable[[], Any], done: str) -> HttpResponse:
    _said(request, act, done)
    return redirect("kernel_console:machine", client.pk)


def _said(request: Request, act: Callable[[], Any], done: str) -> None:
    try:
        act()
    except Refusal as refusal:
        messages.warning(request, refusal.for_people())
    else:
        messages.info(request, done)


def _by(request: Request) -> dict[str, Any]:
    return {"by": request.actor, "at": request.moment}


def _upper(text: str) -> str:
    return f"{text[:1].upper()}{text[1:]}"


def _uuid(text: str) -> UUID:
    try:
        return UUID(text)
    except ValueError:
        return UUID(int=0)
