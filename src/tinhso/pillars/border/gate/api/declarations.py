"""Many declarations of a firm in one call: each row declared and sent, or told what stands in its way."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, cast

from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from ninja import Router
from pydantic import BaseModel, ConfigDict, Field, StrictBool, StrictFloat, StrictInt, StrictStr, create_model

from tinhso.kernel.api.answers import answer
from tinhso.kernel.api.once import idempotent
from tinhso.kernel.base.errors import Forbidden
from tinhso.pillars.border.gate.actions.kind_fields import WAYS
from tinhso.pillars.border.gate.actions.sheets import Declared, declare_rows
from tinhso.pillars.border.gate.api import wco
from tinhso.pillars.border.gate.models import Enterprise
from tinhso.pillars.border.gate.models.parties import PaperKind
from tinhso.pillars.border.gate.models.trips import CONTAINER_TITLES
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.firms import firms_of, home_firm
from tinhso.pillars.border.gate.queries.words import REGIME_TITLES
from tinhso.pillars.border.gate.rules import kinds, tripcodes
from tinhso.pillars.border.gate.rules.sheets import MOST_ROWS_OF_A_CALL, SheetRow, as_text, columns
from tinhso.pillars.border.gate.rules.tables import Row

router = Router()
Cell = StrictStr | StrictBool | StrictInt | StrictFloat | None
CODES: dict[str, Iterable[str]] = {
    "kind": kinds.OFFERED,
    "regime": REGIME_TITLES,
    "way": dict(WAYS),
    "container": CONTAINER_TITLES,
    "paper": PaperKind.values,
}
"""What a program may send in such a column beside the words that people write."""


def described(column: Row) -> str:
    """What the column holds, with its codes."""
    codes = ", ".join(CODES.get(column["reads"], ()))
    return ". ".join(filter(None, (column["note_en"], codes and f"Codes: {codes}")))


class Strict(BaseModel):
    """A body without other names."""

    model_config = ConfigDict(extra="forbid")


class Named(Strict):
    """A body whose fields are told by the WCO Data Model's names too."""

    model_config = ConfigDict(json_schema_extra=wco.named)


RowIn: type[BaseModel] = create_model(  # type: ignore[call-overload]
    "RowIn",
    __base__=Named,
    **{
        row["field"]: (Cell, Field(default=None, title=row["title_en"], description=described(row)))
        for row in columns()
    },
)


class DeclarationsIn(Strict):
    """`firm`: tax code (Chinese: credit code) of the firm declared for; empty: one's own. Brokers name who mandated."""

    firm: str = Field(default="", pattern="^([0-9]{0,13}|[0-9A-Z]{18})$")
    rows: list[RowIn] = Field(min_length=1)  # type: ignore[valid-type]


@router.post("/declarations", summary="Declare and send up to 500 vehicles")
@idempotent
def declare(request: HttpRequest, wanted: DeclarationsIn) -> HttpResponse:
    """Good rows are declared, the others told with all their problems: `rows` of the answer stand in your order.

    Every kind of trip: a new vehicle has `vin` instead of `tractor`, transit its `way` and `seal_no`, a driverless
    vehicle its `supervisor`; who comes empty tells no goods. `handover` names the vehicle to which goods go, or from
    which they come: a trip of the firm, or another row of the call. What is not of the kind is refused (BG-780).
    """
    rows = [
        SheetRow(number, {name: as_text(cell) for name, cell in row.model_dump().items()})
        for number, row in enumerate(cast("list[BaseModel]", wanted.rows), start=1)
    ]
    made = declare_rows(
        firm=firm_named(request, wanted.firm),
        rows=rows,
        source="API",
        by=request.actor,
        at=request.moment,
        most=MOST_ROWS_OF_A_CALL,
    )
    return answer(request, {"rows": [_told(row.number, made) for row in rows]})


def firm_named(request: HttpRequest, tax_code: str) -> Enterprise:
    """One of the firms for which the caller may declare. Raises Forbidden."""
    who: dict[str, Any] = {"by": request.actor, "at": request.moment}
    known = Q(tax_code=tax_code) | Q(uscc=tax_code)
    found = firms_of(**who).filter(known).first() if tax_code else home_firm(**who)
    if found is None:
        raise Forbidden(permission=step_permission("submit"))
    return found


def _told(number: int, made: Declared) -> dict[str, Any]:
    trip = made.trips.get(number)
    if trip is None:
        return {"row": number, "problems": made.problems.get(number, [])}
    return {"row": number, "id": trip.pk, "code": tripcodes.show(trip.code), "state": trip.state}
