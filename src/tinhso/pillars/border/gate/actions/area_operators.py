"""Who runs a holding area: named by the board with a document; from then on its people see that area alone."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import Q

from tinhso.kernel.access.may import require
from tinhso.kernel.access.scope import Where
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.organisations.models import Agency
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.models import Enterprise, Yard
from tinhso.pillars.border.gate.models.places import YardLevel
from tinhso.pillars.border.gate.permissions import SWITCH_POINT
from tinhso.pillars.border.gate.rules.codes import refuse


@transaction.atomic
def name_operator(*, area: Yard, code: str, document_no: str, by: Actor, at: datetime) -> Yard:
    """Name the operator by its tax code or agency code; an empty one: nobody runs the area for the point.

    Refusals: BG-216 without a document's number, BG-654 for a code that nobody has, BG-655 for who runs it already.
    """
    require(by, SWITCH_POINT, Where(place=area.point_id), at)
    number = number_of(document_no, code="BG-216", field="document_no")
    operator = _agency(code.strip(), at) if code.strip() else None
    row = Yard.objects.select_for_update(no_key=True).get(pk=area.pk, level=YardLevel.BUFFER)
    if row.operator_id == (operator.pk if operator else None):
        raise refuse("BG-655", field="operator", y=row.name)
    row.operator = operator
    row.save(update_fields=["operator"])
    told = {"operator": str(operator.pk) if operator else "", "document_no": number}
    record("border_gate.area_operator_named", by=by, at=at, kind="kernel_geo.place", record_id=row.pk, **told)
    return row


def _agency(code: str, at: datetime) -> Agency:
    firms = Enterprise.objects.filter(tax_code=code).values("pk")
    rows = Agency.objects.on(at.astimezone(HANOI).date()).filter(Q(code=code) | Q(pk__in=firms))
    found = rows.first()
    if found is None:
        raise refuse("BG-654", field="operator", v=code[:40])
    return found
