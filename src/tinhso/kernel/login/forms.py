"""allauth's forms with our words: a label above each field, nothing inside it."""

from __future__ import annotations

from typing import Any, cast

from allauth.account import forms as account
from allauth.mfa.base import forms as factors
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as keys
from django import forms
from django.contrib.auth.forms import SetPasswordForm
from django.db.models import QuerySet
from django.utils.text import capfirst, format_lazy
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.duty import HOURS
from tinhso.kernel.geo.models import Place

LABELS = {
    "login": _("user name"),
    "password": _("password"),
    "oldpassword": _("present password"),
    "password1": _("new password"),
    "password2": _("new password again"),
    "new_password1": _("new password"),
    "new_password2": _("new password again"),
    "code": _("verification code"),
    "name": _("name of the key"),
    "passwordless": _("sign in with this key alone, without a password"),
}


class Worded:
    """Gives the fields their labels and takes what repeats them away."""

    fields: dict[str, forms.Field]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = capfirst(LABELS.get(name, field.label))
            field.help_text = field.help_text if name == "password1" else ""
            field.widget.attrs.pop("placeholder", None)
            if not isinstance(field.widget, forms.CheckboxInput):
                field.widget.attrs["class"] = "field__input"
        if "code" in self.fields:
            self.fields["code"].widget.attrs["inputmode"] = "numeric"


class LoginForm(Worded, account.LoginForm):
    pass


class ChangePasswordForm(Worded, account.ChangePasswordForm):
    pass


class NewPasswordForm(Worded, SetPasswordForm):  # type: ignore[type-arg]
    """Django's own, whose two fields have other names than allauth's."""


class ReauthenticateForm(Worded, account.ReauthenticateForm):
    pass


class AuthenticateForm(Worded, factors.AuthenticateForm):
    pass


class ActivateTOTPForm(Worded, totp.ActivateTOTPForm):
    pass


class AddPasskeyForm(Worded, keys.AddWebAuthnForm):
    pass


class EditPasskeyForm(Worded, keys.EditWebAuthnForm):
    pass


class LinkCodeForm(Worded, forms.Form):
    """The one-time code of a link."""

    code = forms.RegexField(
        r"^\s*\d{6}\s*$",
        label=_("verification code"),
        error_messages={
            "required": _("enter the six digits of the code"),
            "invalid": _("enter the six digits of the code"),
        },
        widget=forms.TextInput(attrs={"autocomplete": "one-time-code", "maxlength": 6, "autofocus": True}),
    )


class PlaceChoice(forms.ModelChoiceField):  # type: ignore[type-arg]
    """Places by the names that people say."""

    def label_from_instance(self, obj: Place) -> str:
        return obj.called


class DutyForm(forms.Form):
    """Where one works now, and for how long."""

    place = PlaceChoice(
        Place.objects.none(),
        label=_("place of duty"),
        empty_label=None,
        widget=forms.RadioSelect,
        error_messages={"required": _("choose the place"), "invalid_choice": _("you do not work at this place")},
    )
    hours = forms.TypedChoiceField(
        coerce=int,
        label=_("length of the shift"),
        choices=[(hours, format_lazy(_("{hours} hours"), hours=hours)) for hours in HOURS],
        initial=8,
        widget=forms.RadioSelect,
    )

    def __init__(self, *args: Any, places: QuerySet[Place], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        cast(PlaceChoice, self.fields["place"]).queryset = places.order_by("name")
