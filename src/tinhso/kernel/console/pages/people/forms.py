"""What an administrator fills in. What was typed stays, and an error stands under its field."""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.permissions import PERMISSIONS, SYSTEM_ROLE
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.console.people import found_account
from tinhso.kernel.geo.models import Place
from tinhso.kernel.identity.models import Account, Person
from tinhso.kernel.organisations.models import AdminUnit, Agency

DIALLED = re.compile(r"\+?[0-9]{9,15}")
MIDNIGHT = datetime.min.time()


def tell(form: forms.Form, refusal: Refusal) -> None:
    """Put a refusal under the field that it speaks of, else above the form."""
    names = {"valid_from": "since", "valid_until": "until"}
    field = names.get(refusal.field or "", refusal.field)
    form.add_error(field if field in form.fields else None, refusal.for_people())


class DayField(forms.DateField):
    """A day in the browser's own picker."""

    def __init__(self, **words: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **words)


class ListedField(forms.CharField):
    """One row of a list too long for a menu: found by code, or by its whole name."""

    def __init__(self, rows: str, **words: Any) -> None:
        super().__init__(widget=forms.TextInput(attrs={"list": f"{rows}-list", "autocomplete": "off"}), **words)


class PhoneField(forms.CharField):
    """A telephone number as people write it; spaces, dots and dashes are left out: `0912 345 678`, `+84…`."""

    def __init__(self, **words: Any) -> None:
        words.setdefault("widget", forms.TextInput(attrs={"type": "tel", "autocomplete": "off"}))
        super().__init__(label=_("phone"), max_length=20, required=False, **words)

    def clean(self, value: Any) -> str:
        dialled = re.sub(r"[\s.\-()]", "", str(super().clean(value)))
        if dialled and not DIALLED.fullmatch(dialled):
            raise forms.ValidationError(_("A telephone number has 9 to 15 digits."))
        return dialled


class ContactForm(forms.Form):
    """Where somebody is reached. Who has an account keeps one of the two: the link to a password goes there."""

    phone = PhoneField()
    email = forms.EmailField(label=_("e-mail"), required=False)

    def __init__(self, typed: Any = None, *, person: Person) -> None:
        super().__init__(typed, initial={"phone": person.phone, "email": person.email})
        self.person = person

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        reached = facts.get("phone") or facts.get("email")
        if not (reached or self.errors) and Account.objects.filter(person=self.person).exists():
            self.add_error("phone", _("there is neither a telephone nor a mailbox to send the link to"))
        return facts


class PersonForm(forms.Form):
    full_name = forms.CharField(label=_("full name"), max_length=120)
    username = forms.CharField(
        label=_("user name"), max_length=80, help_text=_("For signing in; leave it empty to give no account yet."),
        required=False,
    )  # fmt: skip
    phone = PhoneField()
    email = forms.EmailField(label=_("e-mail"), required=False)

    def clean_username(self) -> str:
        username = str(self.cleaned_data["username"]).strip()
        if username and Account.objects.filter(username=username).exists():
            raise forms.ValidationError(_("this user name is taken, or the person has an account"))
        return username

    def clean(self) -> dict[str, Any]:
        facts: dict[str, Any] = super().clean() or self.cleaned_data
        if facts.get("username") and not (facts.get("phone") or facts.get("email")):
            self.add_error("phone", _("there is neither a telephone nor a mailbox to send the link to"))
        return facts


class AccountForm(forms.Form):
    username = forms.CharField(label=_("user name"), max_length=80)


class PostForm(forms.Form):
    agency = ListedField("agencies", label=_("agency"), help_text=_("Its code or its whole name."))
    title = forms.CharField(label=_("post title"), max_length=120)
    since = DayField(label=_("from day"), initial=clock.today)
    is_head = forms.BooleanField(label=_("head of the agency"), required=False)

    def clean_agency(self) -> Agency:
        return found_agency(self.cleaned_data["agency"])


class GrantForm(forms.Form):
    """An empty scope is everywhere; `until` is the last day."""

    role = forms.ModelChoiceField(label=_("role"), queryset=Role.objects.exclude(code=SYSTEM_ROLE).order_by("title"))
    agency = ListedField("agencies", label=_("only for the agency"), required=False)
    place = ListedField("places", label=_("only at the place"), required=False)
    unit = ListedField("units", label=_("only in the administrative unit"), required=False)
    since = DayField(label=_("from day"), required=False, help_text=_("Empty: from now on."))
    until = DayField(label=_("last day"), required=False, help_text=_("Empty: until it is ended."))

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        role: Any = self.fields["role"]
        role.label_from_instance = lambda one: str(one.shown_title)

    def clean_agency(self) -> Agency | None:
        return found_agency(self.cleaned_data["agency"]) if self.cleaned_data["agency"] else None

    def clean_place(self) -> Place | None:
        return found_place(self.cleaned_data["place"]) if self.cleaned_data["place"] else None

    def clean_unit(self) -> AdminUnit | None:
        words = str(self.cleaned_data["unit"]).strip()
        if not words:
            return None
        rows = AdminUnit.objects.on(clock.today())
        return _one(rows.filter(code=words) or rows.filter(full_name__iexact=words), _("no unit is called so today"))

    def where(self) -> Where:
        chosen = [self.cleaned_data[name] for name in ("agency", "unit", "place")]
        return Where(*(row.pk if row else None for row in chosen))

    def first_moment(self) -> datetime | None:
        """None is now; today's day means from now on."""
        since = self.cleaned_data["since"]
        return None if since in (None, clock.today()) else midnight(since)

    def end(self) -> datetime | None:
        """The moment after the last day."""
        until = self.cleaned_data["until"]
        return midnight(until + timedelta(days=1)) if until else None


class DelegateForm(forms.Form):
    """To whom, until when, and which of the rights."""

    to = forms.CharField(label=_("user name of the other person"), max_length=80)
    until = DayField(label=_("last day"))
    permissions = forms.MultipleChoiceField(label=_("rights"), widget=forms.CheckboxSelectMultiple)

    def __init__(self, *arguments: Any, grant: Grant, **words: Any) -> None:
        super().__init__(*arguments, **words)
        held = sorted(grant.role.permissions.values_list("permission", flat=True))
        offered: Any = self.fields["permissions"]
        offered.choices, offered.initial = [(name, title_of(name)) for name in held], held

    def clean_to(self) -> Person:
        account = found_account(self.cleaned_data["to"])
        if account is None:
            raise forms.ValidationError(_("nobody has this user name"))
        return account.person

    def end(self) -> datetime:
        return midnight(self.cleaned_data["until"] + timedelta(days=1))


class AskForm(forms.Form):
    """Whom, what, where: for the question what somebody may do."""

    who = forms.CharField(label=_("user name"), max_length=80)
    what = forms.ChoiceField(label=_("right"))
    agency = ListedField("agencies", label=_("agency"), required=False)
    place = ListedField("places", label=_("place"), required=False)

    def __init__(self, *arguments: Any, **words: Any) -> None:
        super().__init__(*arguments, **words)
        offered: Any = self.fields["what"]
        offered.choices = rights_by_room()

    def clean_who(self) -> Person:
        account = found_account(self.cleaned_data["who"])
        if account is None:
            raise forms.ValidationError(_("nobody has this user name"))
        return account.person

    def clean_agency(self) -> Agency | None:
        return found_agency(self.cleaned_data["agency"]) if self.cleaned_data["agency"] else None

    def clean_place(self) -> Place | None:
        return found_place(self.cleaned_data["place"]) if self.cleaned_data["place"] else None

    def where(self) -> Where:
        agency, place = self.cleaned_data["agency"], self.cleaned_data["place"]
        return Where(agency=agency.pk if agency else None, place=place.pk if place else None)


def rights_by_room() -> list[tuple[str, list[tuple[str, Any]]]]:
    """Named rights in groups, one for each room."""
    rooms: dict[str, list[tuple[str, Any]]] = {}
    for right in PERMISSIONS:
        rooms.setdefault(right.room, []).append((right.code, right.title))
    return sorted(rooms.items())


def title_of(permission: str) -> Any:
    """The words of a right; its name when no room declares it any longer."""
    return PERMISSIONS.get(permission).title if permission in PERMISSIONS else permission


def found_agency(words: str) -> Agency:
    rows = Agency.objects.on(clock.today())
    words = words.strip()
    return _one(rows.filter(code=words) or rows.filter(name__iexact=words), _("no agency is called so today"))


def found_place(words: str) -> Place:
    words = words.strip()
    rows = Place.objects.filter(code=words) or Place.objects.filter(name__iexact=words)
    return _one(rows, _("no place is called so"))


def midnight(day: date) -> datetime:
    return datetime.combine(day, MIDNIGHT, tzinfo=clock.HANOI)


def _one(rows: Any, otherwise: Any) -> Any:
    found = list(rows[:2])
    if len(found) != 1:
        raise forms.ValidationError(otherwise)
    return found[0]
