"""What waits for an official in all modules, in one order; no module can hold the desk up or take it down."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from django.db import DatabaseError, transaction
from django.utils.translation import gettext as _

from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.dates import show_span
from tinhso.kernel.modules.declare import TASK_SOURCES, DeskTask
from tinhso.kernel.web.doors import held_of
from tinhso.kernel.web.live import TOPICS

LIMIT = 100
SHOWN_DONE = 8
NEAR = timedelta(minutes=15)
KINDS = {"action": "run", "waiting": "wait", "attention": "attn", "done": "done", "refusal": "stop"}
FAR = datetime.max.replace(tzinfo=UTC)

log = logging.getLogger("tinhso.desk")


@dataclass(frozen=True, slots=True)
class Line:
    """A task with its module and its deadline in words; `kind` is the badge's, `due_kind` late, near or paused."""

    task: DeskTask
    source: str
    module: Any
    kind: str
    due: str
    due_kind: str

    @property
    def is_late(self) -> bool:
        return self.due_kind == "late"


@dataclass(frozen=True, slots=True)
class Heap:
    """What one module gave; `more` when it has more than were asked for, `failed` when it could not be asked."""

    name: str
    title: Any
    lines: tuple[Line, ...]
    more: bool = False
    failed: bool = False

    @property
    def count(self) -> str:
        return f"{len(self.lines)}+" if self.more else str(len(self.lines))


def heaps(*, by: Actor, at: datetime) -> list[Heap]:
    """The tasks of every module that has any for the actor, or that failed."""
    found = []
    for source in TASK_SOURCES:
        given = _asked(source.tasks, by=by, at=at, limit=LIMIT + 1)
        if given is None:
            found.append(Heap(source.name, source.title, (), failed=True))
        elif given:
            lines = tuple(line_of(task, source.name, source.title, at) for task in given[:LIMIT])
            found.append(Heap(source.name, source.title, lines, more=len(given) > LIMIT))
    return found


def in_order(lines: Iterable[Line]) -> list[Line]:
    """What is due first stands first; what has no deadline comes last, oldest first."""
    return sorted(lines, key=lambda line: (line.task.due_at or FAR, line.task.since or FAR))


def done_by(*, by: Actor, at: datetime) -> list[Line]:
    """What the actor finished today, newest first."""
    lines = []
    for source in TASK_SOURCES:
        given = _asked(source.done, by=by, at=at, limit=SHOWN_DONE) if source.done else None
        lines += [line_of(task, source.name, source.title, at) for task in given or ()]
    return sorted(lines, key=lambda line: line.task.since or FAR, reverse=True)[:SHOWN_DONE]


def line_of(task: DeskTask, source: str, module: Any, at: datetime) -> Line:
    kind = KINDS.get(task.tone, "")
    if task.due_at is None:
        return Line(task, source, module, kind, _("paused"), "paused")
    left = task.due_at - at
    if left < timedelta(0):
        return Line(task, source, module, kind, _("late %(span)s") % {"span": show_span(-left)}, "late")
    words = _("%(span)s left") % {"span": show_span(left)}
    return Line(task, source, module, kind, words, "near" if left < NEAR else "")


def topics(*, by: Actor, at: datetime) -> list[str]:
    """Live topics that have the names of task sources, and that the actor may listen to."""
    named = [TOPICS.get(source.name) for source in TASK_SOURCES if source.name in TOPICS]
    held = held_of({topic.permission for topic in named if topic.permission}, by=by, at=at)
    return [topic.name for topic in named if topic.public or topic.permission in held]


def _asked(ask: Callable[..., Iterable[DeskTask]], **asked: Any) -> list[DeskTask] | None:
    """The answer of one module; None when its query failed."""
    try:
        with transaction.atomic():
            return list(ask(**asked))
    except DatabaseError:
        log.exception("a module's tasks could not be read", extra={"source": ask.__module__})
        return None
