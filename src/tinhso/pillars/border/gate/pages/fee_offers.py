"""What may be done with a trip's fee at the counter: collected, waived, deferred, given back or assessed anew."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import which
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.money import vnd
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions.fee_changes import open_difference
from tinhso.pillars.border.gate.flows.overlays import ASSESSED, NOT_ASKED_YET, OVER, PAID, TO_PAY
from tinhso.pillars.border.gate.models import FeeAssessment, Trip
from tinhso.pillars.border.gate.pages.offers import Box, Offer
from tinhso.pillars.border.gate.queries.fees import may_differ


def offers_of(trip: Trip, fee: FeeAssessment | None, by: Actor, at: datetime) -> Iterator[Offer]:
    """The deeds that fit the fee's state and to which the officer has the right; the step itself asks once more."""
    state, proposed = (fee.state, fee.proposed_by) if fee else ("", None)
    lacks = trip.is_live and trip.accepted_at is not None and (fee is None or state in OVER)
    fits = {
        _collect: (p.COLLECT_FEE, state in TO_PAY),
        _collect_cash: (p.COLLECT_FEE, state in TO_PAY),
        _collect_treasury: (p.COLLECT_FEE, state in TO_PAY),
        _assess: (p.ASSESS_FEE, lacks),
        _assess_anew: (p.ASSESS_FEE, state in NOT_ASKED_YET),
        _defer: (p.WAIVE_FEE, state == ASSESSED),
        _propose: (p.COLLECT_FEE, state == ASSESSED),
        _waive: (p.WAIVE_FEE, state == ASSESSED and proposed not in (None, by.id)),
        _refund: (p.REFUND_FEE, state == PAID),
    }
    asked = {right for right, now in fits.values() if now}
    held = which(by, asked, Where(place=trip.point_id, record=trip.pk), at) if asked else set()
    makers: list[Callable[[Trip, FeeAssessment | None], Offer]] = [
        make for make, (right, now) in fits.items() if now and right in held
    ]
    for make in makers:
        yield make(trip, fee)
    more = open_difference(trip) if may_differ(trip) and state == PAID else None
    if (
        more is not None
        and more.amount > 0
        and which(by, {p.COLLECT_FEE}, Where(place=trip.point_id, record=trip.pk), at)
    ):
        yield from _collect_more(trip, more.amount)


def _collect_more(trip: Trip, amount: int) -> Iterator[Offer]:
    """What a correction made dearer: the same three ways as the fee itself."""
    url = reverse("border_gate:difference_pay", args=[trip.pk])
    card = _("Collect the rest of the fee")
    yield Offer(
        "pay-more", f"{card} {vnd(amount)}", url, icon="receipt", key="P", ahead=True, hidden=(("method", "CARD"),)
    )
    cash, treasury = _("Take the rest of the fee in cash"), _("Note the rest of the fee as paid to the Treasury")
    why = Box("reason", _("Reason for taking cash"), hint=_("At least 10 characters."))
    number = Box("document_no", _("Number of the Treasury's document"))
    for name, said, method, box in (
        ("pay-more-cash", cash, "CASH_EXCEPTION", why),
        ("pay-more-treasury", treasury, "TREASURY", number),
    ):
        hidden = (("method", method),)
        yield Offer(name, said, url, icon="receipt", title=said, verb=said, boxes=(box,), hidden=hidden)


def _collect(trip: Trip, fee: FeeAssessment | None) -> Offer:
    words = f"{_('Collect the fee')} {vnd(fee.amount)}" if fee else _("Collect the fee")
    url = reverse("border_gate:trip_pay", args=[trip.pk])
    return Offer("pay", words, url, icon="receipt", key="P", ahead=True, hidden=(("method", "CARD"),))


def _collect_cash(trip: Trip, fee: FeeAssessment | None) -> Offer:
    words, url = _("Take the fee in cash"), reverse("border_gate:trip_pay", args=[trip.pk])
    box = Box("reason", _("Reason for taking cash"), hint=_("At least 10 characters."))
    hidden = (("method", "CASH_EXCEPTION"),)
    return Offer("pay-cash", words, url, icon="receipt", title=words, verb=words, boxes=(box,), hidden=hidden)


def _collect_treasury(trip: Trip, fee: FeeAssessment | None) -> Offer:
    words, url = _("Note the fee as paid to the Treasury"), reverse("border_gate:trip_pay", args=[trip.pk])
    box = Box("document_no", _("Number of the Treasury's document"))
    hidden = (("method", "TREASURY"),)
    return Offer("pay-treasury", words, url, icon="receipt", title=words, verb=words, boxes=(box,), hidden=hidden)


def _assess(trip: Trip, fee: FeeAssessment | None) -> Offer:
    return Offer("assess", _("Assess the fee"), reverse("border_gate:trip_assess", args=[trip.pk]), icon="receipt")


def _assess_anew(trip: Trip, fee: FeeAssessment | None) -> Offer:
    url = reverse("border_gate:fee_replace", args=[trip.pk])
    return Offer("assess-anew", _("Assess the fee anew"), url, icon="refresh")


def _defer(trip: Trip, fee: FeeAssessment | None) -> Offer:
    text = _("The vehicle may be released before the fee is paid; it stays to be paid.")
    return _by_document(trip, "defer", _("Defer the fee"), text, icon="clock")


def _propose(trip: Trip, fee: FeeAssessment | None) -> Offer:
    text = _("A leader approves it; until then the fee is to be paid.")
    return _by_document(trip, "propose", _("Propose to waive the fee"), text, icon="receipt-off")


def _waive(trip: Trip, fee: FeeAssessment | None) -> Offer:
    text = _("Nothing is collected for this trip.")
    return _by_document(trip, "waive", _("Waive the fee"), text, icon="receipt-off")


def _refund(trip: Trip, fee: FeeAssessment | None) -> Offer:
    text = _("The money goes back to the payer and is taken off today's takings.")
    return _by_document(trip, "refund", _("Refund the fee"), text, icon="receipt-refund")


def _by_document(trip: Trip, name: str, words: str, text: str, *, icon: str) -> Offer:
    url = reverse(f"border_gate:fee_{name}", args=[trip.pk])
    box = Box("document_no", _("Document number"))
    return Offer(name, words, url, icon=icon, title=words, verb=words, text=text, boxes=(box,))
