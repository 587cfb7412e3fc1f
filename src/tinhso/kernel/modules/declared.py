"""What a declaration holds: one frozen shape for each thing that a room hands up (kernel.modules.declare)."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

from django.urls import reverse

from tinhso.kernel.modules.discovery import label_of, room_of

Number = int | float
Audience = Literal["public", "member", "official"]
"""Everybody; whoever acts for a firm or a body of his own; officials, who have a desk."""


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
class DayBook(Declaration):
    """Records whose audit entries are published as roots of days, by chapter; the room says which chapter is whose."""

    title: Any
    kinds: tuple[str, ...]
    chapter_title: Callable[[str], Any]
    chapter_of: Callable[[str, list[UUID]], dict[UUID, str]]


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
