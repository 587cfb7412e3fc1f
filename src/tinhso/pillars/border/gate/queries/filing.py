"""Photos and papers of the gate's records: which kinds each takes, who reads them, which a trip has.

Bytes, types, malware and the way out are the kernel's (kernel.files). A file is read by whoever reads what it belongs
to: what was found at a check or a hold by officers there, unless the hold is secret, then by its force alone; drivers'
papers by Border Guard, medical quarantine and the firm itself (border brief 13). A yard reads none of them.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet, UUIDField, Value
from django.db.models.fields.json import KT
from django.db.models.functions import Cast
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import may, visible
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.files.kinds import Sees, attachable
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.files.queries import files_of_all
from tinhso.kernel.identity.models import Person
from tinhso.kernel.web.offline.models import OfflineEvent, Resolution
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    Driver,
    Enterprise,
    Hold,
    Mandate,
    Registration,
    Trip,
    UndeclaredArrival,
    Vehicle,
)
from tinhso.pillars.border.gate.permissions import (
    DECIDE_BARRIER,
    GIVE_MANDATE,
    KEEP_FIRMS,
    MANAGE_FIRM,
    PLACE_HOLD,
    VIEW_PAPERS,
    VIEW_PARTIES,
    WORK_TASK,
    step_permission,
)
from tinhso.pillars.border.gate.queries.secrecy import sees_finding

SUBMIT, SEIZE = step_permission("submit"), step_permission("seize")
TRIP, TASK, HOLD = "border_gate.trip", "border_gate.task", "border_gate.hold"
DRIVER, VEHICLE = "border_gate.driver", "border_gate.vehicle"
ARRIVAL, FIRM, MANDATE = "border_gate.arrival", "border_gate.enterprise", "border_gate.mandate"
REGISTRATION = "border_gate.registration"
SEIZURE = "border_gate.seizure"
"""Decisions to seize a trip's vehicle and to give it back, by the trip's id."""
OFFLINE = ("border_gate.offline_event", "border_gate.force_event")
"""Under these lie the photos of events that a device recorded without network (pages/offline.py)."""
PHOTO = "photo"


@dataclass(frozen=True, slots=True)
class Purpose:
    """What a file is. `personal`: a driver's paper, read by fewer and kept for a time only."""

    title: Any
    personal: bool = False


DRIVER_PAPER = Purpose(_("driver's paper"), personal=True)
FOUND = {PHOTO: Purpose(_("photo")), "record": Purpose(_("record or paper")), "driver_paper": DRIVER_PAPER}
PURPOSES: Mapping[str, Mapping[str, Purpose]] = {
    TRIP: {
        "certificate": Purpose(_("quarantine certificate")),
        "contract": Purpose(_("contract or invoice")),
        "vehicle_photo": Purpose(_("photo of the vehicle")),
        "other": Purpose(_("other paper")),
        "driver_paper": DRIVER_PAPER,
        "driver_photo": Purpose(_("photo of the driver"), personal=True),
    },
    TASK: FOUND,
    HOLD: FOUND,
    DRIVER: {"driver_photo": Purpose(_("photo of the driver"), personal=True), "driver_paper": DRIVER_PAPER},
    VEHICLE: {"vehicle_photo": Purpose(_("photo of the vehicle")), "other": Purpose(_("other paper"))},
    ARRIVAL: {PHOTO: Purpose(_("photo of the plate"))},
    FIRM: {"licence": Purpose(_("business licence")), "other": Purpose(_("other paper"))},
    REGISTRATION: {"licence": Purpose(_("business licence"))},
    MANDATE: {"mandate": Purpose(_("written mandate"))},
    SEIZURE: {"decision": Purpose(_("decision of the force"))},
}


def title_of(attachment: Attachment) -> Any:
    """What the file is, in words."""
    found = PURPOSES.get(attachment.kind, {}).get(attachment.purpose)
    return found.title if found else FOUND[PHOTO].title


def _sees_firm(firm: Enterprise, by: Actor, at: datetime) -> bool:
    return may(by, MANAGE_FIRM, firm, at) or may(by, KEEP_FIRMS, at=at)


def _sees_mandate(mandate: Mandate, by: Actor, at: datetime) -> bool:
    """Both sides of it, and the board."""
    sides = may(by, GIVE_MANDATE, mandate, at) or may(by, SUBMIT, Where(agency=mandate.broker_id), at)
    return sides or may(by, KEEP_FIRMS, at=at)


def _sees_driver(driver: Driver, by: Actor, at: datetime) -> bool:
    """His firm, and who reads the papers of a trip that he drives now."""
    if may(by, MANAGE_FIRM, driver, at):
        return True
    drives = Trip.objects.filter(Q(driver=driver) | Q(second_driver=driver), is_live=True)
    return visible(drives, by, VIEW_PAPERS, at).exists()


def _sees_vehicle(vehicle: Vehicle, by: Actor, at: datetime) -> bool:
    """Its firm, and who sees the parties of a trip that it makes now."""
    if may(by, MANAGE_FIRM, vehicle, at):
        return True
    moves = Trip.objects.filter(Q(tractor=vehicle) | Q(trailer=vehicle), is_live=True)
    return visible(moves, by, VIEW_PARTIES, at).exists()


def _trip_of_arrival(pk: UUID) -> Trip | None:
    found = UndeclaredArrival.objects.select_related("trip").filter(pk=pk).first()
    return found.trip if found else None


def _one(model: Any, *beside: str) -> Callable[[UUID], Any]:
    return lambda pk: model.objects.select_related(*beside).filter(pk=pk).first()


def _carries(
    kind: str, read: str | Sees, write: str, find: Callable[[UUID], Any], restricted: str | Sees = VIEW_PAPERS
) -> None:
    personal = [name for name, purpose in PURPOSES[kind].items() if purpose.personal]
    attachable(kind, read=read, restricted=restricted, write=write, find=find, personal=personal)


_carries(TRIP, VIEW_PARTIES, SUBMIT, _one(Trip, "point"))
# Who may seize reads why another force did; the firm is handed its copy by the force.
_carries(SEIZURE, SEIZE, SEIZE, _one(Trip, "point"))
_carries(TASK, sees_finding, WORK_TASK, _one(ClearanceTask, "trip", "force"))
_carries(HOLD, sees_finding, PLACE_HOLD, _one(Hold, "trip", "force"))
_carries(ARRIVAL, VIEW_PARTIES, DECIDE_BARRIER, _trip_of_arrival)
_carries(FIRM, _sees_firm, MANAGE_FIRM, _one(Enterprise, "agency"))
_carries(DRIVER, _sees_driver, MANAGE_FIRM, _one(Driver, "employer"), lambda *_asked: True)
_carries(VEHICLE, _sees_vehicle, MANAGE_FIRM, _one(Vehicle, "owner"))
_carries(MANDATE, _sees_mandate, GIVE_MANDATE, _one(Mandate, "principal"))


@dataclass(frozen=True, slots=True)
class Filed:
    """One file as pages show it. `subject`: of which check or hold; `who` is empty where officers are not named."""

    file: Attachment
    title: Any
    subject: str = ""
    who: str = ""

    @property
    def is_picture(self) -> bool:
        return self.file.content.media_type.startswith("image/")


def filed_on(trip: Trip, tasks: Sequence[ClearanceTask], *, by: Actor, at: datetime) -> list[Filed]:
    """The files of a trip, of its vehicles and driver, checks, holds and arrival that an officer may read.

    Oldest first; `tasks`: all of the trip. One query where there are none.
    """
    files = files_of_all(_with_files(trip, [one.pk for one in tasks]), by=by, at=at)
    if not files:
        return []
    subjects = _subjects(trip)
    events = _offline_events([trip.pk, *subjects])
    people = Person.objects.filter(id__in={one.added_by for one in files})
    names = dict(people.values_list("id", "full_name"))
    return [
        Filed(
            file=one,
            title=title_of(one),
            subject=subjects.get(events.get(one.record_id, one.record_id), "") or _kept_word(one, events),
            who=names.get(one.added_by, ""),
        )
        for one in files
    ]


def filed_by_firm(trip: Trip, *, by: Actor, at: datetime) -> list[Filed]:
    """The papers that a firm gave with a trip."""
    return [Filed(one, title_of(one)) for one in files_of_all([(TRIP, trip.pk)], by=by, at=at)]


def filed_of(records: Iterable[tuple[str, UUID]], *, by: Actor, at: datetime) -> list[Filed]:
    """The files of these records, by kind and id."""
    return [Filed(one, title_of(one)) for one in files_of_all(records, by=by, at=at)]


def firm_records(firm: Enterprise) -> list[tuple[str, UUID]]:
    """Where a firm's own papers lie: with the firm, and with the registration that made it one."""
    made = Registration.objects.filter(enterprise=firm).values_list("pk", flat=True)
    return [(FIRM, firm.pk), *((REGISTRATION, pk) for pk in made)]


def records_of(trip: Trip) -> list[tuple[str, UUID]]:
    """What of the trip may have files: itself, its checks, holds and arrival, by kind and id."""
    models: tuple[tuple[str, Any], ...] = ((TASK, ClearanceTask), (HOLD, Hold), (ARRIVAL, UndeclaredArrival))
    own = [model.objects.filter(trip=trip).values_list(Value(kind), "pk") for kind, model in models]
    return [(TRIP, trip.pk), *own[0].union(*own[1:], all=True)]


def photos_of(task: ClearanceTask) -> bool:
    """Whether a photo of the check is there."""
    return Attachment.objects.filter(kind=TASK, record_id=task.pk, purpose=PHOTO).exists()


def _kept_word(file: Attachment, events: Mapping[UUID, UUID]) -> str:
    """Said of a photo whose event changed nothing: the board has kept it as a record."""
    return gettext("kept by decision of the board") if file.kind in OFFLINE and file.record_id not in events else ""


def _with_files(trip: Trip, tasks: list[UUID]) -> list[tuple[str, UUID]]:
    """Records of the trip that have files, by kind and id: each part by its index, all in one statement."""
    holds = Hold.objects.filter(trip=trip).values("pk")
    vehicles = [pk for pk in (trip.tractor_id, trip.trailer_id) if pk]
    of_trip = Q(kind__in=(TRIP, SEIZURE), record_id=trip.pk) | Q(kind=TASK, record_id__in=tasks)
    of_parties = Q(kind=DRIVER, record_id=trip.driver_id) | Q(kind=VEHICLE, record_id__in=vehicles)
    parts = (
        of_trip | of_parties,
        Q(kind=HOLD, record_id__in=holds),
        Q(kind=ARRIVAL, record_id__in=UndeclaredArrival.objects.filter(trip=trip).values("pk")),
        Q(kind__in=OFFLINE, record_id__in=_events_of(Q(record_id__in=[trip.pk, *tasks]))),
        Q(kind__in=OFFLINE, record_id__in=_events_of(Q(record_id__in=holds))),
        Q(kind__in=OFFLINE, record_id__in=_decided(trip)),
    )
    found = [Attachment.objects.filter(part).values_list("kind", "record_id") for part in parts]
    return list(found[0].union(*found[1:]))


def _events_of(records: Q) -> QuerySet[History, Any]:
    """Ids of events with a photo that a device recorded of these records."""
    rows = History.objects.filter(records, facts__offline__has_key="photo")
    return rows.values_list(Cast(KT("facts__offline__event"), UUIDField()), flat=True)


def _decided(trip: Trip) -> QuerySet[OfflineEvent, Any]:
    """Ids of events of this trip that the board has kept without doing them: history says nothing of these."""
    kept = (Resolution.KEEP, Resolution.DUPLICATE)
    return OfflineEvent.objects.filter(record_id=trip.pk, resolution__in=kept).values_list("pk", flat=True)


def _offline_events(records: list[UUID]) -> dict[UUID, UUID]:
    """Events with a photo that a device recorded of these records: event → record."""
    rows = History.objects.filter(record_id__in=records, facts__offline__has_key="photo")
    return {UUID(told["event"]): record for record, told in rows.values_list("record_id", "facts__offline")}


def _subjects(trip: Trip) -> dict[UUID, str]:
    """Of which check or hold a file is, in words."""
    tasks = ClearanceTask.objects.filter(trip=trip).select_related("force")
    holds = Hold.objects.filter(trip=trip).select_related("force")
    return {
        **{one.pk: f"{one.force.short}, {one.title}" for one in tasks},
        **{one.pk: gettext("hold of %(force)s") % {"force": one.force.short} for one in holds},
    }
