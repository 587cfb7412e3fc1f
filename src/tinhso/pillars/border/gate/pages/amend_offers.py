"""What an officer may do with corrections of a trip: consent, decline, ask the firm for one."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.models import Force, Trip
from tinhso.pillars.border.gate.pages.field_forms import TITLES, applies
from tinhso.pillars.border.gate.pages.offers import Box, Offer
from tinhso.pillars.border.gate.pages.trip_offers import Case
from tinhso.pillars.border.gate.rules.corrections import may_change

CONSENTS = {"BIENPHONG": p.CONSENT_BORDER, "HAIQUAN": p.CONSENT_CUSTOMS}


def offers_of(case: Case, told: Mapping[str, Any]) -> Iterator[Offer]:
    """The deeds; `told` is what the page shows of the trip's corrections."""
    for asked in told["asked"]:
        if CONSENTS.get(asked["amendment"].consent_of) in case.rights:
            yield from _answers(asked)
    if p.WANT_AMENDMENT in case.rights:
        yield _want(case.trip, case.forces)


def _answers(asked: Mapping[str, Any]) -> Iterator[Offer]:
    one = asked["amendment"]
    seen = (("version", one.version),)
    told = "; ".join(f"{title}: {value}" for title, value in asked["values"])
    yield Offer(
        f"consent-{one.pk}",
        _("Consent: %(fields)s") % {"fields": asked["titles"]},
        reverse("border_gate:amendment_consent", args=[one.pk]),
        icon="check",
        ahead=True,
        title=_("Consent to the change?"),
        verb=_("Consent"),
        text=f"{told}. {one.reason}",
        hidden=seen,
    )
    yield Offer(
        f"decline-{one.pk}",
        _("Decline: %(fields)s") % {"fields": asked["titles"]},
        reverse("border_gate:amendment_decline", args=[one.pk]),
        icon="x",
        title=_("Decline the change"),
        verb=_("Decline"),
        text=_("Everything stays as it is; the firm reads why."),
        boxes=(Box("reason", _("Finding"), "long", hint=_("At least 10 characters; the firm reads it.")),),
        hidden=seen,
    )


def _want(trip: Trip, forces: Sequence[Force]) -> Offer:
    fields = [
        (field, title) for field, title in TITLES.items() if may_change(field, trip.state) and applies(field, trip)
    ]
    chosen = [(force.code, force.short) for force in forces]
    force = (Box("force", _("Force"), "choice", chosen),) if len(chosen) > 1 else ()
    return Offer(
        "want",
        _("Ask for a correction"),
        reverse("border_gate:amendment_want", args=[trip.pk]),
        icon="edit",
        title=_("Ask the firm to correct fields"),
        verb=_("Send the request"),
        text=_("The trip goes on; the firm corrects these fields, and the checks that rest on them open again."),
        boxes=(
            *force,
            Box("field", _("Fields to be corrected"), "checks", fields),
            Box("reason", _("Finding"), "long", hint=_("At least 10 characters; the firm reads it.")),
        ),
    )
