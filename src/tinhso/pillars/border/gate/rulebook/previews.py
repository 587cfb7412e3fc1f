"""What a change of a row means, where that is more than the sentence of the new row."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext as _

from tinhso.kernel.base.money import vnd


def fee_rule(old: Any, new: Any) -> list[str]:
    """A worked case for ordinary sums: what a base was and is, or what a coefficient makes of a million."""
    row = new or old
    if row.kind in ("base", "ceiling"):
        return [_told(*(vnd(one.amount) if one and one.amount is not None else "–" for one in (old, new)))]
    made = (vnd(int(1_000_000 * one.coefficient)) if one else vnd(1_000_000) for one in (old, new))
    return [_("Of 1.000.000 đ: %(sentence)s") % {"sentence": _told(*made)}]


def check_rule(old: Any, new: Any) -> list[str]:
    """Of a check that ends: what becomes of those that are open."""
    return [] if new else [_("From that day on this check is no longer opened; open ones are finished.")]


def goods(old: Any, new: Any) -> list[str]:
    """Of goods that end: which row speaks for them then. Of goods whose controls change: from which trips on."""
    if new is None:
        return [_("From that day on such goods go by the row with the next shorter code, or by none.")]
    if old is not None and (set(old.flags), set(old.papers)) != (set(new.flags), set(new.papers)):
        return [_("Counts for trips planned for that day or later; checks that are open stay open.")]
    return []


def reason(old: Any, new: Any) -> list[str]:
    """Of a reason of holds whose side changes: which holds' time counts otherwise in the study of release times."""
    before, after = (bool(one and one.waits_for_firm) for one in (old, new))
    if before == after:
        return []
    if after:
        return [_("Holds placed from that day on with this reason no longer count in the time of the force (T4).")]
    return [_("Holds placed from that day on with this reason count in the time of the force (T4).")]


def limit(old: Any, new: Any) -> list[str]:
    row = new or old
    return [f"{row.title}: " + _told(*(f"{one.value} {one.get_unit_display()}" if one else "–" for one in (old, new)))]


def _told(before: str, after: str) -> str:
    return f"{before} → {after}"
