"""What a room hands up: declaring words that fill the registries which the rooms above read.

The words live this low so that any room may declare a figure, a job or a service without importing
the room that shows it, runs it or governs it. A declared function is returned unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal, TypeVar
from uuid import UUID

from django.urls import reverse

from tinhso.kernel.modules.discovery import label_of, room_of, rooms
from tinhso.kernel.modules.registry import Registry

Number = int | float
Audience = Literal["public", "member", "official"]
"""Everybody; whoever acts for a firm or a body of his own; officials, who have a desk."""
Function = TypeVar("Function", bound=Callable[..., Any])


@dataclass(frozen=True, slots=True, kw_only=True)
class Declaration:
    """What every entry says of itself: its name, and the Python module that declared it."""

    name: str
    module: str

    @property
    def room(self) -> str:
        """Label of the declaring room, for instance `border_gate`."""
        return label_of(room_of(self.module))


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric(Declaration):
    """A figure: one number, or numbers by the values of `dimensions` in their order."""

    title: Any
    unit: str
    public: bool
    dimensions: tuple[str, ...]
    title_of: Callable[..., Any] | None
    measure: Callable[[], Number | Mapping[Any, Number]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Periodic(Declaration):
    """Work done every `seconds`, or at the times of `cron` (Vietnam's time)."""

    seconds: int | None
    cron: str | None
    work: Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Handler(Declaration):
    """A reaction to events of one name."""

    event: str
    handle: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class DataService(Declaration):
    """Data offered to other systems under a code such as `BG.TRUCK_STATUS`; the code is its name."""

    title: Any
    permission: str
    request: Any
    response: Any
    sensitive: bool
    answer: Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Searchable(Declaration):
    """A kind of record that people can search for; the kind is its name."""

    title: Any
    find: Callable[..., Iterable[Hit]]


@dataclass(frozen=True, slots=True, kw_only=True)
class TaskSource(Declaration):
    """Where the desk takes a module's tasks from, and what somebody did of them today."""

    title: Any
    tasks: Callable[..., Iterable[DeskTask]]
    done: Callable[..., Iterable[DeskTask]] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Door(Declaration):
    """A way in, shown on the home page (public) or in the menu of officials."""

    title: Any
    icon: str
    url: str
    order: int
    audience: Audience
    hint: Any
    permission: str
    everywhere: bool

    def address(self) -> str:
        """The path to link to: `url` itself when it is a path, else the route of that name."""
        return self.url if self.url.startswith(("/", "https://")) else reverse(self.url)


@dataclass(frozen=True, slots=True, kw_only=True)
class Loader(Declaration):
    """Rows put in at set-up, lowest order first: demo data, or true reference data (`profile`)."""

    order: int
    load: Callable[[Any], Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Importer(Declaration):
    """A kind of file that `./tinhso import KIND FILE` reads; `columns` say what each column holds."""

    title: Any
    columns: tuple[tuple[str, str], ...]
    read: Callable[..., int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """One find of a search, ready to be shown."""

    title: str
    url: str
    text: str = ""
    at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class DeskTask:
    """One thing that waits for an official, whatever module it comes from.

    `tone` is one of the theme's words (action, waiting, attention, done, refusal); `due_at` is empty
    when the clock is stopped; `held_by` is the id of the actor who took it.
    """

    record_id: UUID
    title: str
    url: str
    state: str
    tone: str = "waiting"
    work: str = ""
    place: str = ""
    since: datetime | None = None
    due_at: datetime | None = None
    held_by: UUID | None = None
    columns: tuple[tuple[str, str], ...] = ()


METRICS: Registry[Metric] = Registry("metric")
PERIODIC: Registry[Periodic] = Registry("periodic work")
HANDLERS: Registry[Handler] = Registry("handler")
DATA_SERVICES: Registry[DataService] = Registry("data service")
SEARCHABLE: Registry[Searchable] = Registry("searchable kind")
TASK_SOURCES: Registry[TaskSource] = Registry("task source")
DOORS: Registry[Door] = Registry("door")
DEMOS: Registry[Loader] = Registry("demo loader")
PROFILES: Registry[Loader] = Registry("profile loader")
IMPORTERS: Registry[Importer] = Registry("importer")


def metric(
    name: str,
    *,
    title: Any,
    unit: str,
    public: bool = False,
    dimensions: tuple[str, ...] = (),
    title_of: Callable[..., Any] | None = None,
) -> Callable[[Function], Function]:
    """Declare a figure: the function takes nothing and returns a number, or a dict of numbers by dimension.

    `unit` is an English singular (`vehicle`, `minute`, `đ`); `public` lets anybody see it; `title_of`
    gives the words for a dimension's value.
    """

    def declare(function: Function) -> Function:
        METRICS.add(
            name,
            Metric(
                name=name,
                module=function.__module__,
                title=title,
                unit=unit,
                public=public,
                dimensions=dimensions,
                title_of=title_of,
                measure=function,
            ),
        )
        return function

    return declare


def every(
    *, seconds: int | None = None, cron: str | None = None, name: str | None = None
) -> Callable[[Function], Function]:
    """Declare work that is done again and again; the function is called with `at`.

    Exactly one of `seconds` and `cron` is given, else ValueError.
    """
    if (seconds is None) == (cron is None):
        raise ValueError("periodic work has either seconds or a cron line")

    def declare(function: Function) -> Function:
        own = name or _own_name(function)
        PERIODIC.add(own, Periodic(name=own, module=function.__module__, seconds=seconds, cron=cron, work=function))
        return function

    return declare


def subscribe(event_name: str, *, name: str | None = None) -> Callable[[Function], Function]:
    """Declare a reaction to an event. `name` is for ever: deliveries are remembered under it."""

    def declare(function: Function) -> Function:
        own = name or _own_name(function)
        HANDLERS.add(own, Handler(name=own, module=function.__module__, event=event_name, handle=function))
        return function

    return declare


def handlers_of(event_name: str) -> list[Handler]:
    """The reactions to events of that name, in the order in which they were declared."""
    return [handler for handler in HANDLERS if handler.event == event_name]


def data_service(
    code: str, *, title: Any, permission: str, request: Any = None, response: Any = None, sensitive: bool = False
) -> Callable[[Function], Function]:
    """Offer data on the bus; the function takes `by`, `at` and its parameters, and returns what JSON can hold.

    `request` and `response` are the types of the parameters and of the answer, for the catalogue and for
    checking both; each answer of a `sensitive` service is recorded in the audit.
    """

    def declare(function: Function) -> Function:
        DATA_SERVICES.add(
            code,
            DataService(
                name=code,
                module=function.__module__,
                title=title,
                permission=permission,
                request=request,
                response=response,
                sensitive=sensitive,
                answer=function,
            ),
        )
        return function

    return declare


def searchable(kind: str, *, title: Any) -> Callable[[Function], Function]:
    """Declare a kind that can be searched; the function takes `words`, `by`, `at`, `limit` and returns hits."""

    def declare(function: Function) -> Function:
        SEARCHABLE.add(kind, Searchable(name=kind, module=function.__module__, title=title, find=function))
        return function

    return declare


def task_source(
    name: str, *, title: Any, done: Callable[..., Iterable[DeskTask]] | None = None
) -> Callable[[Function], Function]:
    """Declare tasks for the desk; the function takes `by`, `at`, `limit` and returns desk tasks, due first.

    `done` takes the same and returns what `by` finished today, newest first, `since` being when. A live topic of
    the same name keeps the desk fresh. A task's `url` answers HTMX with the record alone, for the pane at the right.
    """

    def declare(function: Function) -> Function:
        TASK_SOURCES.add(
            name, TaskSource(name=name, module=function.__module__, title=title, tasks=function, done=done)
        )
        return function

    return declare


def door(
    name: str,
    *,
    title: Any,
    icon: str,
    url: str,
    order: int,
    audience: Audience = "public",
    hint: Any = "",
    permission: str = "",
    everywhere: bool = False,
) -> Door:
    """Declare a way in. `name` is `<label>.<word>`; `url` is a path or the name of a route.

    `permission` hides an official's door from those who may not go through it; `everywhere` also from those who
    hold it for one agency or place only.
    """
    module = _module_of_label(name.partition(".")[0])
    return DOORS.add(
        name,
        Door(
            name=name,
            module=module,
            title=title,
            icon=icon,
            url=url,
            order=order,
            audience=audience,
            hint=hint,
            permission=permission,
            everywhere=everywhere,
        ),
    )


def demo(order: int) -> Callable[[Function], Function]:
    """Declare a loader of demo data; it is called with the run and may be called twice without harm."""
    return _loader(DEMOS, order)


def profile(order: int) -> Callable[[Function], Function]:
    """Declare a loader of true reference data (units, forces, codes), which every installation needs.

    It is called with `at`, may be called again without harm, and returns how many rows it holds in place.
    """
    return _loader(PROFILES, order)


def importer(kind: str, *, title: Any, columns: Mapping[str, str]) -> Callable[[Function], Function]:
    """Declare, in the room's `profile.py`, how a file of one kind is read.

    The function takes the path, `at` and `on` (a day or None), changes all or nothing, returns the number of rows,
    and raises Refusal with the place of what it cannot take.
    """

    def declare(function: Function) -> Function:
        IMPORTERS.add(
            kind,
            Importer(name=kind, module=function.__module__, title=title, columns=tuple(columns.items()), read=function),
        )
        return function

    return declare


def in_order(declared: Iterable[Loader]) -> list[Loader]:
    """Loaders by order, then by name."""
    return sorted(declared, key=lambda loader: (loader.order, loader.name))


def _loader(registry: Registry[Loader], order: int) -> Callable[[Function], Function]:
    def declare(function: Function) -> Function:
        own = _own_name(function)
        registry.add(own, Loader(name=own, module=function.__module__, order=order, load=function))
        return function

    return declare


def _own_name(function: Callable[..., Any]) -> str:
    return f"{label_of(room_of(function.__module__))}.{function.__name__}"


def _module_of_label(label: str) -> str:
    for room in rooms():
        if label_of(room) == label:
            return room
    raise ValueError(f"no room has the label {label!r}: a door's name begins with its room's label")
