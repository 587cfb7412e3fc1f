"""Where a vehicle may be (border brief 6.2), in the words that people read."""

from __future__ import annotations

from django.utils.translation import pgettext_lazy

DRAFT, SUBMITTED, FIX_REQUESTED, ACCEPTED = "draft", "submitted", "fix_requested", "accepted"
EN_ROUTE, AT_BUFFER, CALLED, ARRIVED = "en_route", "at_buffer", "called", "arrived"
CROSSED_IN, IN_YARD, RELEASED, CROSSED_OUT = "crossed_in", "in_yard", "released", "crossed_out"
RETURNED_IN, COMPLETED = "returned_in", "completed"
CANCELLED, EXPIRED, NO_SHOW, TURNED_BACK, SEIZED = "cancelled", "expired", "no_show", "turned_back", "seized"

STATES = {
    DRAFT: pgettext_lazy("trip", "draft"),
    SUBMITTED: pgettext_lazy("trip", "submitted"),
    FIX_REQUESTED: pgettext_lazy("trip", "to be corrected"),
    ACCEPTED: pgettext_lazy("trip", "accepted"),
    EN_ROUTE: pgettext_lazy("trip", "on the way"),
    AT_BUFFER: pgettext_lazy("trip", "in the holding area"),
    CALLED: pgettext_lazy("trip", "called"),
    ARRIVED: pgettext_lazy("trip", "at the gate"),
    CROSSED_IN: pgettext_lazy("trip", "crossed in"),
    IN_YARD: pgettext_lazy("trip", "in the yard"),
    RELEASED: pgettext_lazy("trip", "released"),
    CROSSED_OUT: pgettext_lazy("trip", "crossed out"),
    RETURNED_IN: pgettext_lazy("trip", "back in Vietnam"),
    COMPLETED: pgettext_lazy("trip", "completed"),
    CANCELLED: pgettext_lazy("trip", "cancelled"),
    EXPIRED: pgettext_lazy("trip", "expired"),
    NO_SHOW: pgettext_lazy("trip", "did not come"),
    TURNED_BACK: pgettext_lazy("trip", "turned back"),
    SEIZED: pgettext_lazy("trip", "seized"),
}
ENDS = (COMPLETED, CANCELLED, EXPIRED, NO_SHOW, TURNED_BACK)
LIVE = tuple(state for state in STATES if state not in (DRAFT, *ENDS))
BEFORE_RELEASE = (ACCEPTED, EN_ROUTE, AT_BUFFER, CALLED, ARRIVED, CROSSED_IN, IN_YARD)
WAITING = (AT_BUFFER, CALLED, ARRIVED)
# Who takes up room in a yard.
IN_A_YARD = (IN_YARD, RELEASED, SEIZED)
