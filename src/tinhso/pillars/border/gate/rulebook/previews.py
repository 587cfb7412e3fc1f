"""What a change of a row means, in a sentence."""

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
    """Who checks, in how many minutes, when."""
    if new is None:
        return [_("From that day on this check is no longer opened; open ones are finished.")]
    facts = {"forces": ", ".join(new.forces), "minutes": new.minutes, "needed": " / ".join(new.needed)}
    return [_("%(forces)s check within %(minutes)s minutes, when: %(needed)s") % facts]


def limit(old: Any, new: Any) -> list[str]:
    row = new or old
    return [f"{row.title}: " + _told(*(f"{one.value} {one.get_unit_display()}" if one else "–" for one in (old, new)))]


def refusal_text(old: Any, new: Any) -> list[str]:
    """The sentence as people read it, its places filled with an ellipsis."""
    return [str(new.message_vi).format_map(_Dots())] if new else []


class _Dots(dict[str, str]):
    def __missing__(self, key: str) -> str:
        return "…"


def _told(before: str, after: str) -> str:
    return f"{before} → {after}"
