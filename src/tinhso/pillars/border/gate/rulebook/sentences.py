"""What a row of a rule table means, in one sentence: `said` gives the words of its fields."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.money import vnd
from tinhso.pillars.border.gate.models import FeeRule
from tinhso.pillars.border.gate.rulebook.naming import every_day

Said = Callable[[str], str]


def fee_rule(row: Any, said: Said) -> str:
    """Of whom how much is taken, or by what it is multiplied."""
    who = _whom(row, said)
    if row.kind == FeeRule.Kind.CEILING:
        return _("No trip pays more than %(amount)s (%(who)s).") % {"amount": _money(row.amount), "who": who}
    if row.kind == FeeRule.Kind.BASE:
        return _("A trip pays %(amount)s: %(who)s.") % {"amount": _money(row.amount), "who": who}
    if row.kind == FeeRule.Kind.ROUTE:
        who = f"{said('route')}, {who}"
    return _("The fee is multiplied by %(number)s: %(who)s.") % {"number": said("coefficient"), "who": who}


def _whom(row: Any, said: Said) -> str:
    anybody = {"regimes": _("any regime"), "groups": _("any goods"), "vehicles": _("any load")}
    return ", ".join(said(name) if getattr(row, name) else some for name, some in anybody.items())


def _money(amount: int | None) -> str:
    return _("an amount not published yet") if amount is None else vnd(amount)


def check_rule(row: Any, said: Said) -> str:
    """Who checks what, where, within which time, when."""
    facts: dict[str, Any] = {name: said(name) for name in ("forces", "placed", "needed", "results")}
    facts |= {"title": Bilingual(row.title_vi, row.title_en), "minutes": row.minutes}
    told = (
        _("%(forces)s: “%(title)s” %(placed)s, within %(minutes)s minutes. Made when %(needed)s. Results: %(results)s.")
        % facts
    )
    sealed = _("A sealed vehicle passes with its new seal, or the word that the old one is intact (assumed).")
    return f"{told} {sealed}" if row.new_seal else told


def risk_rule(row: Any, said: Said) -> str:
    """Of which trips how many are chosen, and for what."""
    named = [said(name) for name in ("groups", "hs_prefixes") if getattr(row, name)]
    facts = {"chooses": said("chooses"), "share": row.share_percent, "goods": "; ".join(named) or _("any goods")}
    told = _("%(share)s of a hundred trips are chosen for %(chooses)s: %(goods)s.") % facts
    if not row.undeclared:
        return told
    return f"{told} {_('Firms that came undeclared %(n)s times lately or more.') % {'n': row.undeclared}}"


def goods(row: Any, said: Said) -> str:
    """Which goods, in which group; their controls and papers."""
    facts: dict[str, Any] = {"name": row.name, "code": row.code, "group": said("group")}
    told = [_("%(name)s (HS %(code)s…): %(group)s.") % facts]
    told += [_("Controls: %(list)s.") % {"list": said("flags")}] if row.flags else []
    told += [_("Papers: %(list)s.") % {"list": said("papers")}] if row.papers else []
    return " ".join(told)


def just_in_time(row: Any, said: Said) -> str:
    """Whose electronics, or which, count as waited for where the firm claims it."""
    firms, goods = said("tax_codes"), said("hs_prefixes")
    facts = {"title": row.title, "firms": firms, "goods": goods}
    if row.tax_codes and row.hs_prefixes:
        return _("%(title)s: goods of HS %(goods)s declared by %(firms)s.") % facts
    if row.tax_codes:
        return _("%(title)s: all electronics declared by %(firms)s.") % facts
    if row.hs_prefixes:
        return _("%(title)s: goods of HS %(goods)s, whoever declares them.") % facts
    return _("%(title)s: nobody is named yet, so a claim gives no priority.") % facts


def sample_rule(row: Any, said: Said) -> str:
    """Of which goods how many trips are sampled."""
    facts = {"title": row.title, "share": row.share_percent, "goods": said("hs_prefixes"), "way": said("direction")}
    return _("%(title)s (HS %(goods)s, %(way)s): %(share)s of a hundred trips are drawn for a sample.") % facts


def force(row: Any, said: Said) -> str:
    told = f"{Bilingual(row.name_vi, row.name_en, row.name_zh)}."
    duties = _("Duties: %(duties)s.") % {"duties": row.duties}
    return f"{told} {duties}" if row.duties else told


def field_rule(row: Any, said: Said) -> str:
    facts = {"trip_type": said("trip_type"), "field": said("field"), "need": said("need")}
    return _("“%(field)s” (%(trip_type)s): %(need)s.") % facts


def trip_type(row: Any, said: Said) -> str:
    """Over which line it goes, where its goods are checked, which route its fee takes."""
    enters = _("comes in over the line") if row.enters else _("does not come in over the line")
    leaves = _("goes out over the line") if row.leaves else _("does not go out over the line")
    facts = {"enters": enters, "leaves": leaves, "stage": said("goods_stage"), "route": said("fee_route")}
    return _("The vehicle %(enters)s and %(leaves)s. Goods are checked %(stage)s. Route of the fee: %(route)s.") % facts


def limit(row: Any, said: Said) -> str:
    return f"{row.title}: {said('value')} {said('unit')}."


def hour_capacity(row: Any, said: Said) -> str:
    facts = {name: said(name) for name in ("point", "direction", "goods_group", "capacity")}
    return _("%(point)s, %(direction)s, %(goods_group)s: %(capacity)s vehicles an hour.") % facts


def booking_rule(row: Any, said: Said) -> str:
    """The whole of the booking's terms."""
    names = ("horizon_days", "opens_at", "firm_share_percent", "free_until_minutes", "late_moves", "no_show_minutes")
    further = ("strikes", "strike_days", "lock_days", "hold_minutes")
    return _(
        "Hours are booked up to %(horizon_days)s days ahead, the last day from %(opens_at)s on. One firm takes at most "
        "%(firm_share_percent)s %% of an hour. An hour is moved freely until %(free_until_minutes)s minutes before it, "
        "then %(late_moves)s times. Who has not come %(no_show_minutes)s minutes after its end has missed it; "
        "%(strikes)s missed within %(strike_days)s days lock booking for %(lock_days)s days. "
        "A place is kept %(hold_minutes)s minutes while the form is filled in."
    ) % {name: said(name) for name in (*names, *further)}


def hours(row: Any, said: Said) -> str:
    facts = {"point": said("point"), "direction": said("direction"), "kind": said("kind")}
    facts |= {"days": every_day(row.weekdays), "span": f"{said('opens')}–{said('closes')}" if row.opens else ""}
    return (_("%(point)s, %(direction)s: %(kind)s, %(days)s %(span)s") % facts).strip() + "."


def queue_cycle(row: Any, said: Said) -> str:
    facts = {"season": said("season"), "steps": said("steps"), "count": len(row.steps)}
    return _("%(season)s: calls go round in %(count)s steps, %(steps)s.") % facts


def correction(row: Any, said: Said) -> str:
    """What is done again once that field is corrected."""
    again = _("made again: %(checks)s") % {"checks": said("reopens")} if row.reopens else _("no check is made again")
    fee = _("the fee is assessed anew") if row.fee_anew else _("the fee stays")
    return _("When “%(field)s” is corrected: %(again)s; %(fee)s.") % {
        "field": said("field"),
        "again": again,
        "fee": fee,
    }


def task_result(row: Any, said: Said) -> str:
    facts = {"result": said("result"), "state": said("task_state")}
    told = _("After “%(result)s” the check stands at “%(state)s”.") % facts
    return f"{told} {row.effect}." if row.effect else told


def reason(row: Any, said: Said) -> str:
    facts: dict[str, Any] = {"kind": said("kind"), "label": row.label}
    told = _("%(label)s (%(kind)s), not shown to the firm.") if row.secret else _("%(label)s (%(kind)s).")
    waiting = " " + _("Meanwhile the firm has to act.") if row.waits_for_firm else ""
    return told % facts + waiting


def refusal_text(row: Any, said: Said) -> str:
    """The sentence as people read it, its places filled with an ellipsis."""
    return opened(str(Bilingual(row.message_vi, row.message_en, row.message_zh)))


def opened(sentence: str) -> str:
    """A sentence with an ellipsis in its places."""
    return sentence.format_map(_Dots())


def order_text(row: Any, said: Said) -> str:
    return str(Bilingual(row.text_vi, row.text_en or row.text_vi, row.text_zh))


def fee_term(row: Any, said: Said) -> str:
    facts = {"term": said("term"), "dimension": said("dimension"), "codes": said("codes")}
    return (
        ngettext(
            "“%(term)s” (%(dimension)s) in the resolution means: %(codes)s.",
            "“%(term)s” (%(dimension)s) in the resolution means any of: %(codes)s.",
            len(row.codes),
        )
        % facts
    )


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"
