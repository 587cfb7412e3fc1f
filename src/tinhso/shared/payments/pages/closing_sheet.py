"""A closing on paper: what was taken, what went back, what stays to be handed to the Treasury, and who signs."""

from __future__ import annotations

from typing import Any

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.dates import show_moment
from tinhso.kernel.base.money import grouped, in_words
from tinhso.kernel.web.paper import Sheet, Table
from tinhso.shared.payments.models import DailyClosing
from tinhso.shared.payments.pages.words import METHODS
from tinhso.shared.payments.queries.closing import numbers_of, stays

Row = list[str]


def sheet_of(closing: DailyClosing) -> Sheet:
    """The sheet; every figure is the closing's own, none is counted anew."""
    first, last = numbers_of(closing)
    words: dict[str, Any] = {
        "first": first,
        "last": last,
        "count": grouped(closing.count),
        "moment": show_moment(closing.closed_at),
    }
    return Sheet(
        office=str(closing.payee.title),
        title=_("Closing of takings %(number)s") % {"number": closing.number},
        subtitle=_("Receipts %(first)s to %(last)s, %(count)s in all; closed %(moment)s") % words,
        tables=_tables(closing),
        foot=_("DEMO: no real money") if closing.payee.is_demo else "",
        signs=(_("Cashier"), _("Accountant"), _("Treasury")),
        language=get_language() or "vi",
    )


def _tables(closing: DailyClosing) -> list[Table]:
    figures = closing.figures
    back, others = figures["refunds"], figures.get("others", {"count": 0, "amount": 0})
    whole, rest = stays(figures, closing.amount)
    ways = [_row(METHODS.get(one["method"], one["method"]), one) for one in figures["methods"]]
    places = [_row(one["name"] or "–", one) for one in figures["places"]]
    went = [_row(_("of receipts, taken off here"), back), _row(_("of money that was on no receipt"), others)]
    left = [[str(Bilingual(vi, en)), grouped(amount)] for vi, en, amount in rest]
    amount, receipts = _("Amount, đồng"), _("Receipts")
    note = " ".join(part for part in (closing.note, _("Digest: %(digest)s") % {"digest": closing.digest}) if part)
    return [
        Table(
            _("By way of paying"), (_("Way of paying"), receipts, amount), [*ways, _sum(closing.count, closing.amount)]
        ),
        Table(_("By place"), (_("Place"), receipts, amount), [*places, _sum(closing.count, closing.amount)]),
        Table(_("Given back in this time"), (_("What"), _("Number of refunds"), amount), went),
        Table(
            _("What stays, by share"),
            (_("Share"), amount),
            [*left, [_("Together"), grouped(whole)]],
            note=f"{in_words(whole)}. {note}",
        ),
    ]


def _row(title: Any, one: dict[str, Any]) -> Row:
    words = str(title)
    return [words[:1].upper() + words[1:], grouped(one["count"]), grouped(one["amount"])]


def _sum(count: int, amount: int) -> Row:
    return [_("Together"), grouped(count), grouped(amount)]
