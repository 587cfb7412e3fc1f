"""What a room says of its app that works without network."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.modules.registry import Registry

if TYPE_CHECKING:
    from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent


@dataclass(frozen=True, slots=True)
class Spot:
    """Where a device may be set up: a control point `code` at a place.

    A device works at spots of one place and one `group` alone. `right`: who may set it up there, unless the app's own
    right says it; asked with the `agency` whose spot it is.
    """

    code: str
    title: str
    place_id: UUID
    place: str
    kind: str = ""
    group: str = ""
    right: str = ""
    agency_id: UUID | None = None


@dataclass(frozen=True, slots=True)
class Applied:
    """What came of an event: the record it concerned, and whether it changed it or is only kept."""

    record_id: UUID | None = None
    changed: bool = True
    code: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfflineApp:
    """An app of a room: its pages and files on the device, and the room's own answers.

    `scope`: the path that the worker keeps; below it `taken_over` paths are answered by the `page` (a route's
    name) when the network gives no answer; `start` (a route's name) is where the app opens. `apply` raises a Refusal
    when the event cannot be done as things stand: it then waits for a person. `again` does it on that person's word.
    `attachable`: the kind under which an event carries its photographs (kernel.files). `about`: of which record an
    event speaks that a person has kept without doing it.
    """

    name: str
    title: Any
    short: Any
    scope: str
    page: str
    start: str
    taken_over: tuple[str, ...]
    files: tuple[str, ...]
    enrol: str
    resolve: str
    attachable: Callable[[OfflineEvent], str]
    spots: Callable[[Actor, datetime], list[Spot]]
    entries: Callable[[OfflineDevice, datetime], Mapping[str, Any]]
    common: Callable[[OfflineDevice, datetime], Mapping[str, Any]]
    duty: Callable[[Actor, OfflineDevice, datetime], Mapping[str, Any] | None]
    sign: Callable[[bytes], tuple[str, bytes]]
    keys: Callable[[], Mapping[str, str]]
    apply: Callable[[OfflineEvent, Actor, datetime], Applied]
    again: Callable[[OfflineEvent, Actor, datetime], Applied]
    alarm: Callable[[OfflineDevice, str, Mapping[str, Any], datetime], None]
    about: Callable[[OfflineEvent], UUID | None] = lambda event: None


APPS: Registry[OfflineApp] = Registry("offline app")


def offline_app(**told: Any) -> OfflineApp:
    """Declare the app of a room, under the room's label."""
    app = OfflineApp(**told)
    return APPS.add(app.name, app)
