"""Marks of the tax force: the firm hears that it is marked and that a mark is off, never more than the public words."""

from __future__ import annotations

from uuid import UUID

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.dates import show_date
from tinhso.kernel.events.event import Event
from tinhso.kernel.modules.declare import subscribe
from tinhso.kernel.notices.actions import send
from tinhso.kernel.notices.kinds import notice
from tinhso.pillars.border.gate import events
from tinhso.pillars.border.gate.handlers.firms import people_of_firm
from tinhso.pillars.border.gate.models import TaxMark

MARKED = notice(
    "border_gate.firm_tax_marked",
    title=_("Marked by the tax office"),
    texts={
        "vi": "Cơ quan thuế đánh dấu doanh nghiệp từ {first}, văn bản {document}. Xe chở hàng có thêm bước kiểm tra "
        "thuế, hóa đơn. Lý do xem tại trang của doanh nghiệp.",
        "en": "The tax office has marked your firm from {first} on, document {document}. Loaded vehicles get the check "
        "of tax and invoices. Your firm's page says why.",
        "zh-hans": "税务机关自{first}起标记贵企业，文件{document}。载货车辆增加税务和发票检查。原因见企业页面。",
    },
)
UNMARKED = notice(
    "border_gate.firm_tax_unmarked",
    title=_("A mark of the tax office is off"),
    texts={
        "vi": "Đã bỏ đánh dấu của cơ quan thuế theo văn bản {document}.",
        "en": "The tax office's mark by document {document} is off.",
        "zh-hans": "税务机关根据文件{document}所作的标记已撤销。",
    },
)


@subscribe(events.FIRM_TAX_MARKED, name="border_gate.tell_tax_mark")
def tell_mark(event: Event) -> None:
    """Unless it was lifted again meanwhile."""
    mark = TaxMark.objects.filter(pk=UUID(event.payload["mark"]), lifted_at=None).first()
    if mark is not None:
        _tell(event, MARKED.name, mark, first=show_date(mark.valid_from))


@subscribe(events.FIRM_TAX_UNMARKED, name="border_gate.tell_tax_unmark")
def tell_unmark(event: Event) -> None:
    mark = TaxMark.objects.filter(pk=UUID(event.payload["mark"])).first()
    if mark is not None:
        _tell(event, UNMARKED.name, mark)


def _tell(event: Event, kind: str, mark: TaxMark, **facts: str) -> None:
    people = people_of_firm(mark.firm_id, at=event.at)
    told = {"url": reverse("border_gate:firm"), "document": mark.document_no, **facts}
    send(kind, to=people, event_key=f"{event.name}:{event.id}", by=SYSTEM, at=event.at, **told)
