"""What a room hands up: declaring words that fill the registries which the rooms above read.

The words live this low so that any room may declare a figure, a job or a service without importing
the room that shows it, runs it or governs it. A declared function is returned unchanged.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from typing import Any, TypeVar

from tinhso.kernel.modules.declared import (
    Audience,
    DataService,
    DayBook,
    Declaration,
    DeskTask,
    Door,
    Handler,
    Hit,
    Importer,
    Loader,
    Metric,
    Number,
    Periodic,
    Searchable,
    TaskSource,
)
from tinhso.kernel.modules.discovery import label_of, room_of, rooms
from tinhso.kernel.modules.registry import Registry

__all__ = [
    "Audience",
    "DataService",
    "DayBook",
    "Declaration",
    "DeskTask",
    "Door",
    "Handler",
    "Hit",
    "Importer",
    "Loader",
    "Metric",
    "Number",
    "Periodic",
    "Searchable",
    "TaskSource",
]
Function = TypeVar("Function", bound=Callable[..., Any])


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
DAY_BOOKS: Registry[DayBook] = Registry("day book")


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


def day_book(
    name: str, *, title: Any, kinds: tuple[str, ...], chapter_title: Callable[[str], Any] = str
) -> Callable[[Function], Function]:
    """Declare records whose days are published; the function takes a kind and ids, and tells each one's chapter.

    A record that it leaves out is published nowhere. Chapters are codes; `chapter_title` says them in words.
    """

    def declare(function: Function) -> Function:
        DAY_BOOKS.add(
            name,
            DayBook(
                name=name,
                module=function.__module__,
                title=title,
                kinds=kinds,
                chapter_title=chapter_title,
                chapter_of=function,
            ),
        )
        return function

    return declare


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
