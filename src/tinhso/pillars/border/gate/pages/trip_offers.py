"""What an officer may do with a trip: steps that fit its state and kind by the table, as far as he has the right."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _

from tinhso.kernel.access.may import may, which
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.money import grouped
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.actions.orders import seizing_force
from tinhso.pillars.border.gate.actions.release import release_step
from tinhso.pillars.border.gate.flows.states import BEFORE_RELEASE
from tinhso.pillars.border.gate.flows.transfers import SIGNED
from tinhso.pillars.border.gate.models import CrossingPoint, Force, Hold, Trip
from tinhso.pillars.border.gate.pages import fee_offers
from tinhso.pillars.border.gate.pages.field_forms import TITLES, applies
from tinhso.pillars.border.gate.pages.offers import Box, Offer, photos, reasons
from tinhso.pillars.border.gate.queries import tasks as queries
from tinhso.pillars.border.gate.queries.barrier import BEFORE_THE_CALL, yards_with_room
from tinhso.pillars.border.gate.queries.holding import areas_at
from tinhso.pillars.border.gate.queries.transfers import told_lines, transfers_of
from tinhso.pillars.border.gate.rules.corrections import AMENDABLE
from tinhso.pillars.border.gate.rules.transitions import transitions

FIXABLE: dict[str, Any] = TITLES
"""Fields that an officer may ask the firm to correct: all that the trip has."""


CUSTOMS, EMPTY = "HAIQUAN", "EMPTY"
AMENDING = (p.CONSENT_BORDER, p.CONSENT_CUSTOMS, p.WANT_AMENDMENT)


@dataclass(frozen=True, slots=True)
class Case:
    """A trip before an officer; `steps` are those that fit it and to which he has the right, `rights` all he was
    asked for.
    """

    dossier: queries.Dossier
    forces: Sequence[Force]
    by: Actor
    at: datetime
    steps: frozenset[str]
    rights: frozenset[str] = frozenset()

    @property
    def trip(self) -> Trip:
        return self.dossier.trip

    def may(self, step: str) -> bool:
        """Whether the button is shown; the step itself asks again."""
        return step in self.steps

    def url(self, name: str) -> str:
        return reverse(f"border_gate:trip_{name}", args=[self.trip.pk])


def case_of(dossier: queries.Dossier, forces: Sequence[Force], *, by: Actor, at: datetime) -> Case:
    """The case, with one question for the rights to all steps that fit."""
    fitting = {p.step_permission(step): step for step in p.STEPS if fits(dossier.trip, step)}
    amending = AMENDING if dossier.trip.state in AMENDABLE else ()
    held = which(by, [*fitting, *amending], dossier.trip, at) if fitting or amending else set()
    steps = frozenset(fitting[right] for right in held if right in fitting)
    return Case(dossier, forces, by, at, steps, frozenset(held))


def fits(trip: Trip, step: str) -> bool:
    """Whether a row of the table leads from the trip's state by that step, for its kind."""
    state = trip.state.upper()
    return any(state in row.sources and trip.kind in row.trip_types for row in transitions() if row.event == step)


def offers_of(case: Case) -> Iterator[Offer]:
    """All that may be done, what moves the vehicle on first."""
    for make in (_transfer, _ahead, _fee, _holds, _yard, _back, _decisions):
        yield from make(case)


def title_of(step: str) -> str:
    title = str(p.STEPS[step][0])
    return f"{title[:1].upper()}{title[1:]}"


def _transfer(case: Case) -> Iterator[Offer]:
    """What waits for the customs' signature, with what came off."""
    trip = case.trip
    if trip.state != "in_yard" or not may(case.by, p.CONFIRM_UNLOADING, trip, case.at):
        return
    for told in transfers_of(trip):
        if told.state != SIGNED:
            continue
        kg = sum(line.kg for line in told_lines(told) if trip.pk in (line.from_trip_id, line.to_trip_id))
        words = _("Confirm %(kg)s kg unloaded") % {"kg": grouped(kg)}
        url = reverse("border_gate:transfer_confirm", args=[told.pk])
        back = (("next", reverse("border_gate:trip", args=[trip.pk])),)
        yield Offer(f"transfer-{told.pk}", words, url, icon="package-import", ahead=True, hidden=back)


def _ahead(case: Case) -> Iterator[Offer]:
    trip = case.trip
    if queries.is_clear(trip) and case.may(release_step(trip)):
        yield Offer("release", _("Release"), case.url("release"), icon="lock-open", key="T", ahead=True)
    if case.may("close_return"):
        yield Offer("close", _("Complete the trip"), case.url("close"), icon="check", ahead=True)
    if case.may("accept"):
        yield Offer("accept", _("Accept"), case.url("accept"), icon="check", ahead=True)
    if case.may("request_fix"):
        yield Offer(
            "fix",
            title_of("request_fix"),
            case.url("fix"),
            icon="edit",
            title=_("Ask the firm for a correction"),
            verb=_("Send the request"),
            text=_("The firm may change these fields only, and sends the declaration again."),
            boxes=(
                Box("field", _("Fields to be corrected"), "checks", _fixable(case.trip)),
                *reasons("HOLD", secret=False),
            ),
        )


def _fixable(trip: Trip) -> list[tuple[str, Any]]:
    return [(field, title) for field, title in FIXABLE.items() if applies(field, trip)]


def _fee(case: Case) -> Iterator[Offer]:
    yield from fee_offers.offers_of(case.trip, case.dossier.fee, case.by, case.at)


def _holds(case: Case) -> Iterator[Offer]:
    own = {force.pk for force in case.forces}
    for hold in case.dossier.holds:
        if hold.agency_id in own:
            words = _("Lift the hold")
            yield Offer(f"lift-{hold.pk}", words, reverse("border_gate:hold_lift", args=[hold.pk]), icon="lock-open")
        elif may(case.by, p.OVERRIDE_HOLD, hold, case.at):
            yield _override(hold)
    if case.forces and case.trip.is_live:
        yield _hold(case)
        yield from _inspection(case)


def _hold(case: Case) -> Offer:
    chosen = [(force.code, force.short) for force in case.forces]
    force = (Box("force", _("Force"), "choice", chosen),) if len(chosen) > 1 else ()
    return Offer(
        "hold",
        _("Hold"),
        case.url("hold"),
        icon="lock",
        key="G",
        title=_("Hold the vehicle"),
        verb=_("Hold"),
        text=_("No barrier opens until your force lifts the hold."),
        boxes=(*force, *reasons("HOLD"), photos()),
    )


def _inspection(case: Case) -> Iterator[Offer]:
    """Customs inspect of themselves; any other force asks them."""
    asking = [(force.code, force.short) for force in case.forces if force.code != CUSTOMS]
    if not asking or case.trip.state not in BEFORE_RELEASE or case.trip.goods_group == EMPTY:
        return
    yield Offer(
        "inspection",
        _("Ask for an inspection"),
        case.url("inspection"),
        icon="search",
        title=_("Ask customs to inspect the goods"),
        verb=_("Send the request"),
        text=_("Customs open the goods before the vehicle is released."),
        boxes=(
            *((Box("force", _("Force"), "choice", asking),) if len(asking) > 1 else ()),
            Box("reason", _("Reason"), "long", hint=_("At least 10 characters.")),
        ),
    )


def _override(hold: Hold) -> Offer:
    return Offer(
        f"override-{hold.pk}",
        _("Lift the hold of %(force)s by order") % {"force": hold.force.short},
        reverse("border_gate:hold_override", args=[hold.pk]),
        icon="lock-open",
        title=_("Lift another force's hold by order"),
        verb=_("Lift by order"),
        text=_("The order is kept with its number and your name; what the force did not pass is checked again."),
        boxes=(Box("document_no", _("Number of the order")), *reasons("OVERRIDE", finding=False)),
    )


def _yard(case: Case) -> Iterator[Offer]:
    if not case.may("yard_redirect"):
        return
    if case.trip.state in BEFORE_THE_CALL:
        yield from _area(case)
        return
    room = [yard for yard in yards_with_room(case.trip.point_id) if yard.pk != case.trip.yard_id]
    told = [(str(yard.pk), f"{yard}: {yard.standing}/{yard.capacity}") for yard in room]  # type: ignore[attr-defined]
    if told:
        yield Offer(
            "yard",
            title_of("yard_redirect"),
            case.url("yard"),
            icon="arrow-right",
            title=_("Send the vehicle to another yard"),
            verb=_("Send there"),
            text=_("Vehicles standing and room of each yard of this crossing point."),
            boxes=(Box("yard", _("Yard"), "choice", told),),
        )


def _area(case: Case) -> Iterator[Offer]:
    """The other holding areas that have room; none for who waits undeclared in its bay at the gate."""
    areas = [] if case.trip.undeclared else areas_at(case.trip.point_id, by=case.by, at=case.at)
    room = [area for area in areas if area.free and area.id != case.trip.buffer_id]
    if room:
        yield Offer(
            "yard",
            _("send to another holding area"),
            case.url("yard"),
            icon="arrow-right",
            title=_("Send the vehicle to another holding area"),
            verb=_("Send there"),
            text=_("Vehicles standing and room of each holding area of this crossing point. The driver is told."),
            boxes=(
                Box(
                    "yard",
                    _("Holding area"),
                    "choice",
                    [(str(area.id), f"{area.name}: {area.standing}/{area.capacity}") for area in room],
                ),
            ),
        )


def _back(case: Case) -> Iterator[Offer]:
    trip = case.trip
    if case.may("revoke_release"):
        yield Offer(
            "revoke",
            title_of("revoke_release"),
            case.url("revoke"),
            icon="lock",
            title=_("Revoke the release of the vehicle"),
            verb=_("Revoke"),
            text=_("The vehicle goes back into the yard; customs release it anew."),
            boxes=reasons("HOLD", secret=False),
        )
    if case.may("turn_back"):
        yield Offer(
            "turn-back",
            title_of("turn_back"),
            case.url("turn_back"),
            icon="arrow-back-up",
            title=_("Send the vehicle back inland"),
            verb=_("Turn back"),
            text=_("The trip ends with this."),
            boxes=(*reasons("RETURN", secret=False), *_consent(trip)),
        )
    if trip.failed_tasks and case.may("return_foreign"):
        yield Offer(
            "return-foreign",
            title_of("return_foreign"),
            case.url("return_foreign"),
            icon="arrow-back-up",
            title=_("Send the refused goods back over the line"),
            verb=_("Send back"),
            text=_("The vehicle leaves Vietnam with its goods, and the trip ends."),
        )
    if case.may("divert"):
        yield from _divert(case)


def _divert(case: Case) -> Iterator[Offer]:
    points = CrossingPoint.objects.filter(goods_open=True).exclude(pk=case.trip.point_id)
    yield Offer(
        "divert",
        title_of("divert"),
        case.url("divert"),
        icon="arrow-right",
        title=_("Send the vehicle to another crossing point"),
        verb=_("Divert"),
        text=_("It keeps its class and its first arrival; its checks go with it."),
        boxes=(
            Box("point", _("Crossing point"), "choice", [(str(one.pk), one.gate_short) for one in points]),
            *_consent(case.trip),
        ),
    )


def _consent(trip: Trip) -> tuple[Box, ...]:
    """Customs have to consent once there is a customs declaration or a seal (guard G-CUSTOMSCONSENT)."""
    wanted = bool(trip.customs_no or trip.seal_no)
    return (Box("customs_consent", _("Number of the customs' consent")),) if wanted else ()


def _decisions(case: Case) -> Iterator[Offer]:
    make: dict[str, Callable[[], Offer]] = {
        "seize": lambda: _decided(case, "seize", _("Seize the vehicle and its goods"), _("Seize")),
        "unseize": lambda: _decided(case, "unseize", _("Give the vehicle and its goods back"), _("Give back")),
    }
    for step, offer in make.items():
        if case.may(step):
            force = seizing_force(trip=case.trip, by=case.by, at=case.at)
            if force is not None and (step == "seize" or force.code == case.trip.seized_by):
                yield offer()


def _decided(case: Case, step: str, title: str, verb: str) -> Offer:
    return Offer(
        step,
        title_of(step),
        case.url(step),
        icon="file-text",
        title=title,
        verb=verb,
        text=_("Only by a written decision of your force."),
        boxes=(
            Box("decision_no", _("Number of the decision")),
            Box(
                "decision",
                _("File of the decision"),
                "files",
                hint=_("PDF, JPG or PNG, at most 10 MB each"),
                required=False,
            ),
        ),
    )
