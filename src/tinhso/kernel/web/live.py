"""Live topics: what a page may listen to. Rooms declare them; the live server (config.asgi_live) serves them.

    live_topic("border_gate.board", events=("border_gate.*",), public=True)
    live_topic("border_gate.tasks", events=("border_gate.task_*",), permission=permissions.SEE_TASKS)

    @live_state("border_gate.public", events=("border_gate.trip_*",), seconds=5)
    def figures() -> dict: ...           # made once for each change, sent to every viewer

A viewer learns ids only and fetches what it may see by the ordinary page, so a topic can leak no more than that
something changed. With `permission`, the right is asked at connecting (`?place=` narrows it) and again each minute.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Any

from tinhso.kernel.modules.registry import Registry

State = Callable[[], dict[str, Any]]


@dataclass(frozen=True, slots=True)
class Topic:
    """What can be listened to: the events that stir it, who may, and, if public, its state."""

    name: str
    events: tuple[str, ...]
    public: bool
    permission: str
    state: State | None = None
    seconds: float = 0.0  # at most once in that time a state is made, or a change is told

    def stirred_by(self, event: str) -> bool:
        return any(fnmatchcase(event, pattern) for pattern in self.events)


TOPICS: Registry[Topic] = Registry("live topic")


def live_topic(
    name: str, *, events: tuple[str, ...], public: bool = False, permission: str = "", seconds: float = 0.0
) -> Topic:
    """Declare a topic that speaks at most once in `seconds` (never more than four times a second).

    Raises ValueError unless it is either public or asks for a permission.
    """
    if public == bool(permission):
        raise ValueError(f"live topic {name!r} must be public or name a permission, not both")
    return TOPICS.add(name, Topic(name, events, public, permission, seconds=seconds))


def live_state(name: str, *, events: tuple[str, ...], seconds: float = 1.0) -> Callable[[State], State]:
    """Declare a public topic that sends a small JSON state, made once for all viewers."""

    def declare(state: State) -> State:
        TOPICS.add(name, Topic(name, events, public=True, permission="", state=state, seconds=seconds))
        return state

    return declare


def stirred(event: str) -> list[Topic]:
    """Topics that an event of that name stirs."""
    return [topic for topic in TOPICS if topic.stirred_by(event)]
