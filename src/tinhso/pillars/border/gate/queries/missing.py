"""All that stands between a vehicle in the yard and its release, and what its driver does next about each.

In the order in which it is worth doing: what stops the vehicle, its goods, its checks, its papers, its fee; the
customs' release comes last.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from django.utils import translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.money import vnd
from tinhso.pillars.border.gate.flows.overlays import FAILED, TREATING, UNDONE
from tinhso.pillars.border.gate.flows.transfers import OPEN, SIGNED
from tinhso.pillars.border.gate.models import ClearanceTask, CustomsEntry, Force, Hold, Transfer, Trip
from tinhso.pillars.border.gate.queries.devices import alarms
from tinhso.pillars.border.gate.queries.fees import more_to_pay, to_pay
from tinhso.pillars.border.gate.queries.secrecy import public_reason_of

CENTRE, CUSTOMS = "BQLKKT", "HAIQUAN"
SETTLED = ("paid", "waived", "deferred", "not_owed")
CHINESE = "zh-hans"
SAY = {
    "counter": gettext_lazy("Go to the counter of {f}; the vehicle stays where it stands."),
    "customs_sign": gettext_lazy("Stay in the bay: customs still sign the transfer of goods."),
    "yard_signs": gettext_lazy("Stay in the bay: the yard still signs the transfer of goods."),
    "unload": gettext_lazy("Go back to the bay: the goods on board have to be unloaded first."),
    "number": gettext_lazy("Ask your firm for the number of the customs declaration; then go to the customs' counter."),
    "seal": gettext_lazy("Stay in the bay: customs look at the seal."),
    "pay": gettext_lazy("Pay with the QR code on the trip's page, or at the fee counter."),
    "wait": gettext_lazy("All is done: wait for the release; the driver's page tells it."),
    "into_yard": gettext_lazy("Drive into {yard} first."),
    "to_area": gettext_lazy("Drive to {area}: there is room."),
    "to_line": gettext_lazy("Drive on to the line."),
    "to_barrier_1": gettext_lazy("Drive on to barrier 1."),
}
"""What a driver is told at a barrier to do next; a device without network keeps them, in Chinese as well."""


@dataclass(frozen=True, slots=True)
class Missing:
    """One thing: the force asked, what is missing, where, and what the driver is told to do."""

    force: str
    what: str
    place: str
    say: str


def missing_of(trip: Trip) -> list[Missing]:
    """All of it, the first thing first; the customs' release itself when nothing else is left."""
    found = [*_holds(trip), *_transfer(trip), *_tasks(trip), *_seal(trip), *_fee(trip)]
    return found or [_release()]


def in_chinese(trip: Trip, say: Callable[[], str]) -> str:
    """What a Chinese vehicle's driver is told, in Chinese; empty for other vehicles."""
    if trip.tractor_plate.isascii():
        return ""
    with translation.override(CHINESE):
        return say()


def yard_name(trip: Trip) -> str:
    """Yard and bay in which it stands."""
    if trip.yard is None:
        return ""
    return _("Bay %(bay)s, %(yard)s") % {"bay": trip.bay, "yard": trip.yard} if trip.bay else str(trip.yard)


def force_name(code: str) -> str:
    """The short name of a force."""
    force = Force.objects.filter(code=code).first()
    return force.short if force else code


def counter_of(force: str) -> str:
    """Where a force is asked."""
    return _("Counter of %(force)s") % {"force": force}


def go_to(force: Force) -> str:
    """What is said to the driver whom a force wants."""
    return said("counter", f=force.short)


def said(name: str, **facts: str) -> str:
    """One of the sentences to drivers, in the language of whoever reads it out."""
    return str(SAY[name]).format(**facts)


def _holds(trip: Trip) -> Iterator[Missing]:
    """Of a secret hold the force alone is named (brief 6.7)."""
    if not trip.holds:
        return
    for hold in Hold.objects.filter(trip=trip, state="active").select_related("force").order_by("created_at"):
        reason, force = public_reason_of(hold), hold.force.short
        what = str(reason) if reason else _("Held for official reasons")
        yield Missing(force, what, counter_of(force), go_to(hold.force))


def _transfer(trip: Trip) -> Iterator[Missing]:
    """Goods that are still on board, or a transfer that lacks a signature."""
    rows = Transfer.objects.filter(lines__from_trip=trip) | Transfer.objects.filter(lines__to_trip=trip)
    state = rows.filter(state__in=(OPEN, SIGNED)).order_by("-started_at").values_list("state", flat=True).first()
    yard = str(trip.yard or _("the yard"))
    if state == SIGNED:
        what = _("Customs' signature of the transfer")
        yield Missing(force_name(CUSTOMS), what, yard_name(trip), said("customs_sign"))
    elif state == OPEN:
        yield Missing(yard, _("The yard's signature of the transfer"), yard_name(trip), said("yard_signs"))
    elif trip.balance_kg:
        what = _("%(kg)s kg still on board") % {"kg": _grouped(trip.balance_kg)}
        yield Missing(yard, what, yard_name(trip), said("unload"))


def _tasks(trip: Trip) -> Iterator[Missing]:
    rows = ClearanceTask.objects.filter(trip=trip, state__in=UNDONE).select_related("force").order_by("due_at", "kind")
    for task in rows:
        force = task.force.short
        if task.kind == "CUSTOMS_DOC" and _lacks_number(trip):
            yield Missing(force, _("Number of the customs declaration"), counter_of(force), said("number"))
        else:
            yield Missing(force, _told(task), counter_of(force), go_to(task.force))


def _told(task: ClearanceTask) -> str:
    title = capfirst(str(task.title))
    return f"{title}: {task.get_state_title()}" if task.state in (FAILED, TREATING) else title


def _lacks_number(trip: Trip) -> bool:
    return not trip.customs_no and not CustomsEntry.objects.filter(trip=trip).exclude(status="unknown").exists()


def _seal(trip: Trip) -> Iterator[Missing]:
    """Goods in transit want a seal; one that told of being opened is looked at first."""
    if trip.kind == "TRANSIT" and not trip.seal_no:
        yield Missing(force_name(CUSTOMS), _("Seal of the transit goods"), yard_name(trip), said("seal"))
    elif trip.seal_no and alarms(trip.seal_events.all()).exists():
        what = _("Seal %(no)s gave an alarm") % {"no": trip.seal_no}
        yield Missing(force_name(CUSTOMS), what, yard_name(trip), said("seal"))


def _fee(trip: Trip) -> Iterator[Missing]:
    owed = more_to_pay(trip)
    if trip.fee_state in SETTLED and owed is None:
        return
    fee = owed or to_pay(trip)
    amount = vnd(fee.amount) if fee else _("not assessed yet: the tariff has no rate")
    what = _("Infrastructure fee %(amount)s") % {"amount": amount}
    yield Missing(force_name(CENTRE), what, _("Fee counter of the gate's centre"), said("pay"))


def _release() -> Missing:
    customs = force_name(CUSTOMS)
    return Missing(customs, str(_("Customs, final release")), counter_of(customs), said("wait"))


def _grouped(number: int) -> str:
    return f"{number:,}".replace(",", ".")
