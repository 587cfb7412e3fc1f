"""Corrections of a trip on the pages of firm and officers: what waits for whom, what stood there before."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tinhso.kernel.base.dates import show_time
from tinhso.pillars.border.gate.actions.fee_changes import open_difference
from tinhso.pillars.border.gate.flows.amendment import ASKED, WANTED
from tinhso.pillars.border.gate.models import Amendment, Driver, Trip
from tinhso.pillars.border.gate.pages.field_forms import TITLES
from tinhso.pillars.border.gate.queries.amendments import changes_of, force_names, shown, waiting_of
from tinhso.pillars.border.gate.queries.fees import may_differ
from tinhso.pillars.border.gate.rules import plates
from tinhso.pillars.border.gate.rules.corrections import AMENDABLE


def told(trip: Trip) -> dict[str, Any]:
    """What both sides see of a trip's corrections; five queries at most."""
    waiting = waiting_of(trip) if trip.state in AMENDABLE else []
    forces = force_names() if waiting else {}
    return {
        "can_amend": trip.state in AMENDABLE,
        "wanted": [_wanted(row, forces) for row in waiting if row.state == WANTED],
        "asked": [_asked(row, forces) for row in waiting if row.state == ASKED],
        "changes": [(TITLES.get(row.field, row.field), row) for row in changes_of(trip)] if trip.amend_count else [],
        "difference": open_difference(trip) if may_differ(trip) else None,
    }


def titles(fields: list[str]) -> str:
    """Fields by their titles in one line."""
    return ", ".join(str(TITLES.get(field, field)) for field in fields)


def _wanted(row: Amendment, forces: dict[str, str]) -> dict[str, Any]:
    return {
        "amendment": row,
        "titles": titles(row.fields),
        "query": "&".join(f"o={field}" for field in row.fields),
        "plate": plates.show(row.values.get("tractor", "")),
        "force": forces.get(row.asked_force, ""),
        "until": show_time(row.lapses_at) if row.lapses_at else "",
    }


def _asked(row: Amendment, forces: dict[str, str]) -> dict[str, Any]:
    return {
        "amendment": row,
        "titles": titles(row.fields),
        "force": forces.get(row.consent_of, row.consent_of),
        "values": [(TITLES.get(field, field), _new(field, row.values[field])) for field in row.fields],
    }


def _new(field: str, value: Any) -> str:
    """The value asked for; a driver by name."""
    if field in ("driver", "second_driver") and value:
        found = Driver.objects.filter(pk=value["id"]).select_related("person").first()
        return found.person.full_name if found else _("unknown")
    return shown(value)
