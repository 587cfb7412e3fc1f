"""What sets the kinds of trips apart when a firm declares them (border brief 4)."""

from __future__ import annotations

from tinhso.pillars.border.gate.rules.transfers import TAKERS, WAREHOUSE

OFFERED = ("EXP_VN", "EXP_XFER", "CN_EMPTY_IN", "IMP_CN", "IMP_VN_PICKUP", "NEW_VEHICLE", "TRANSIT", "AGV")
"""In the order in which a firm is asked."""
COMES_EMPTY = frozenset({"CN_EMPTY_IN", "IMP_VN_PICKUP"})
"""Takes over in the yard what others have declared, so no goods are asked."""
BOTH_WAYS = frozenset({"EXP_VN", "IMP_CN"})
"""May bring goods of the other direction back."""
DRIVER_LATER = frozenset({"NEW_VEHICLE", "AGV"})
"""May be declared without a driver: whoever drives the new vehicle is named at the line, an AGV has a supervisor."""
BROUGHT_IN = frozenset({"IMP_CN", "NEW_VEHICLE", "AGV"})
"""Whose goods come from the other side; transit when it is told so."""
EXPORTED = frozenset({"EXP_VN", "EXP_XFER", "CN_EMPTY_IN"})
EITHER = ("EXP_VN", "EXP_XFER")
"""What a Vietnamese vehicle with export goods may turn out to be: it crosses the line itself, or is unloaded here."""
PLAIN_REGIMES = ("EXPORT", "IMPORT")
THROUGH_REGIMES = ("TRANSIT", "TEMP_IMP_REEXP", "TEMP_EXP_REIMP", "BORDER_TRANSFER")
"""Regimes of goods that go through under seal."""


def is_brought_in(kind: str, *, inwards: bool = False) -> bool:
    """Whether the goods of such a trip come from the other side."""
    return inwards if kind == "TRANSIT" else kind in BROUGHT_IN


def regime_of(kind: str, told: str = "") -> str:
    """The regime of such a trip: what was told, unless the kind itself decides it."""
    if kind == "TRANSIT":
        return told if told in THROUGH_REGIMES else "TRANSIT"
    return told if told and told not in PLAIN_REGIMES else "EXPORT" if kind in EXPORTED else "IMPORT"


def partners_of(kind: str, *, two_way: bool = False) -> tuple[frozenset[str], frozenset[str]]:
    """The kinds that may hand goods over to such a trip, and those that may take its goods over."""
    givers = frozenset(giver for giver, takers in TAKERS.items() if kind in takers and (kind != "IMP_CN" or two_way))
    return givers, TAKERS.get(kind, frozenset()) - {WAREHOUSE}


ONE_DRIVER = frozenset({"NEW_VEHICLE", "AGV"})
"""Kinds on which nobody relieves a driver: driven a few hundred metres, or by nobody."""


def not_asked(kind: str, *, two_way: bool = False) -> tuple[str, ...]:
    """Fields of the vehicle that do not exist on such a trip."""
    if kind == "NEW_VEHICLE":
        return ("tractor", "trailer", "container_no", "container_type", "seal_no")
    if kind in COMES_EMPTY:
        return ("seal_no",)
    return ("trailer",) if two_way or kind == "AGV" else ()
