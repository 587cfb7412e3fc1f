"""What sets the kinds of trips apart when a firm declares them (border brief 4)."""

from __future__ import annotations

from functools import cache

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


ROW_KEEPS = {"seal_no"}
"""Not asked of who comes empty, but a row may tell it."""
OWN = {
    "vin": frozenset({"NEW_VEHICLE"}),
    "temporary_plate": frozenset({"NEW_VEHICLE"}),
    "supervisor": frozenset({"AGV"}),
    "way": frozenset({"TRANSIT"}),
    "handover": frozenset({*TAKERS, *(taker for takers in TAKERS.values() for taker in takers)}) - {WAREHOUSE},
}
"""What a row may tell of these kinds alone."""
TOLD_FIRST = {"AGV": "supervisor", "NEW_VEHICLE": "vin", "TRANSIT": "seal_no"}
"""Without what such a trip is not declared at all."""


def not_in_row(kind: str) -> tuple[str, ...]:
    """Fields of the vehicle that a row of such a trip does not have."""
    return tuple(name for name in not_asked(kind) if kind not in COMES_EMPTY or name not in ROW_KEEPS)


@cache
def strange_to(kind: str) -> tuple[str, ...]:
    """What a row of such a trip leaves empty, for it would be lost: columns of other kinds."""
    second = ("second_paper_no",) if kind in ONE_DRIVER else ()
    box = ("second_container_no",) if "container_no" in not_in_row(kind) else ()
    # A Vietnamese vehicle that fetches goods has always been allowed to name them in a row.
    goods = ("goods_1", "goods_2", "goods_3") if kind == "CN_EMPTY_IN" else ()
    own = tuple(name for name, of in OWN.items() if kind not in of)
    return (*not_in_row(kind), *second, *box, *goods, *own)
