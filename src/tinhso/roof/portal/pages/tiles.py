"""What the home page lets its readers listen to."""

from __future__ import annotations

from typing import Any

from tinhso.kernel.web.live import live_state
from tinhso.roof.portal.queries.places import as_state, statuses


@live_state("roof_portal.places", events=("*",), seconds=5)
def places_now() -> dict[str, Any]:
    """Whatever happens anywhere may change how crowded a place is; figures are computed once in five seconds."""
    return as_state(statuses())
