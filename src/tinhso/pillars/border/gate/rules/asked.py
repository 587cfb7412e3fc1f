"""What a declaration is asked: by trip type and field, asked, required or hidden (tables/fields_asked.csv)."""

from __future__ import annotations

from collections.abc import Mapping

ANY = "any"
ASKED, REQUIRED, HIDDEN = "asked", "required", "hidden"
FIELDS = (
    "customs_no", "seal_no", "container_no", "trailer", "driver", "certificate", "packages", "temperature", "un_number",
    "reefer_temp", "partner_phone", "tir", "ecmr", "quantity", "value", "net_kg",
)  # fmt: skip
"""Fields that a rule may ask for or leave out; all others are asked always."""

Needs = Mapping[tuple[str, str], str]


def need_of(field: str, trip_type: str, needs: Needs) -> str:
    """How the field is asked on such a trip; the row of its own type stands before one of any."""
    return needs.get((trip_type, field)) or needs.get((ANY, field)) or ASKED


def missing(trip_type: str, filled: Mapping[str, bool], needs: Needs) -> list[str]:
    """The fields that must be filled in and are not, in the order of FIELDS."""
    return [name for name in FIELDS if need_of(name, trip_type, needs) == REQUIRED and not filled.get(name, True)]
