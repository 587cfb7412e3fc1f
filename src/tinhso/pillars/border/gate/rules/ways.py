"""The way of each kind of trip through the places (border brief 4 and 6.3 to 6.5), for drivers' maps and lists."""

from __future__ import annotations

from tinhso.pillars.border.gate.rules.tripcodes import IMPORT

ROAD, BUFFER, BARRIER, YARD, LINE, INLAND = "road", "buffer", "barrier", "yard", "line", "inland"
OVER = (ROAD, BUFFER, BARRIER, YARD, LINE)
TO_THE_YARD = (ROAD, BUFFER, BARRIER, YARD, INLAND)
VISIT = (LINE, YARD, LINE)
INWARDS = (LINE, YARD, INLAND)
WAYS = {
    "EXP_VN": OVER,
    "EXP_XFER": TO_THE_YARD,
    "CN_EMPTY_IN": VISIT,
    "IMP_CN": VISIT,
    "IMP_VN_PICKUP": TO_THE_YARD,
    "NEW_VEHICLE": INWARDS,
    "TRANSIT": OVER,
    "AGV": VISIT,
}
"""On the first leg; transit that comes over the line goes inwards. Two-way vehicles go the way of their kind."""
BACK = {"LOADED": INWARDS, "REJECTED": INWARDS}
"""The second leg by what the vehicle brings back; an empty one drives straight inland."""
PASSED = {
    "accepted": 0, "en_route": 0, "at_buffer": BUFFER, "called": BUFFER, "arrived": BARRIER, "crossed_in": 0,
    "in_yard": YARD, "released": YARD, "seized": YARD, "crossed_out": -1, "returned_in": 0,
}  # fmt: skip
"""At which place of its way a vehicle stands, by state: the place, or the first (0) or the last (-1) one."""


def way_of(kind: str, *, direction: str = "", leg: int = 1, load_state: str = "") -> tuple[str, ...]:
    """The places in the order in which the vehicle comes to them."""
    if leg > 1:
        return BACK.get(load_state, (LINE, INLAND))
    return INWARDS if kind == "TRANSIT" and direction == IMPORT else WAYS[kind]


def sent_back(way: tuple[str, ...]) -> tuple[str, ...]:
    """The way of who had come over the line and was refused: back to the line."""
    return (*way[:-1], LINE)


def standing_at(way: tuple[str, ...], state: str) -> int:
    """The number of the place, from 0; -1 for a trip that ended before its end, the length for a completed one."""
    if state == "completed":
        return len(way)
    found = PASSED.get(state)
    if found is None:
        return -1
    if isinstance(found, int):
        return found % len(way)
    return way.index(found) if found in way else -1
