"""Who listens to what, and sending each change once to many: bytes are made once, changes are gathered.

A topic speaks at most four times a second. A viewer that does not read is not waited for: what it missed is
said in one word ("anything may have changed") when it reads again.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import defaultdict
from collections.abc import Awaitable, Callable, Iterable
from typing import Any

from tinhso.kernel.web.live import Topic, stirred

GAP = 0.25  # seconds between two words of one topic
MANY = 50  # above that many ids the viewer just asks anew
WAITING = 32  # messages that may wait for one viewer

log = logging.getLogger(__name__)
MakeState = Callable[[Topic], Awaitable[dict[str, Any]]]


def message(event: str, content: dict[str, Any]) -> bytes:
    """One Server-Sent Event."""
    body = json.dumps(content, ensure_ascii=False, separators=(",", ":"), default=str)
    return f"event: {event}\ndata: {body}\n\n".encode()


class Viewer:
    """One open connection: its topics and what waits to be sent."""

    def __init__(self, topics: Iterable[Topic]) -> None:
        self.topics = tuple(topics)
        self.waiting: asyncio.Queue[bytes] = asyncio.Queue(WAITING)
        self.missed = False

    def send(self, said: bytes) -> None:
        try:
            self.waiting.put_nowait(said)
        except asyncio.QueueFull:
            self.missed = True

    async def next(self, seconds: float) -> bytes | None:
        """What to send next, or None when nothing came in that time."""
        if self.missed and self.waiting.empty():
            self.missed = False
            return b"".join(message("changed", {"topic": topic.name, "ids": None}) for topic in self.topics)
        try:
            return await asyncio.wait_for(self.waiting.get(), seconds)
        except TimeoutError:
            return None


class Hub:
    """Changes in, messages out."""

    def __init__(self, make_state: MakeState) -> None:
        self.make_state = make_state
        self.viewers: dict[str, set[Viewer]] = defaultdict(set)
        self.changed: dict[str, set[str]] = defaultdict(set)
        self.states: dict[str, bytes] = {}
        self.speaking: set[str] = set()
        self.tasks: set[asyncio.Task[None]] = set()

    def join(self, viewer: Viewer) -> None:
        for topic in viewer.topics:
            self.viewers[topic.name].add(viewer)
            if topic.state:
                self._speak_soon(topic) if topic.name not in self.states else viewer.send(self.states[topic.name])

    def leave(self, viewer: Viewer) -> None:
        for topic in viewer.topics:
            self.viewers[topic.name].discard(viewer)

    def hear(self, payload: str) -> None:
        """A notification, lines of `name record_id version`: each stirs its topics."""
        for line in payload.splitlines():
            name, _, rest = line.partition(" ")
            record_id = rest.partition(" ")[0]
            for topic in stirred(name):
                self.changed[topic.name].add(record_id)
                self._speak_soon(topic)

    def stir_all(self) -> None:
        """After the ear was deaf for a while: every viewer asks anew, every state is made anew."""
        self.states.clear()
        for viewers in list(self.viewers.values()):
            for viewer in viewers:
                viewer.missed = True
                for topic in viewer.topics:
                    if topic.state:
                        self._speak_soon(topic)

    def _speak_soon(self, topic: Topic) -> None:
        if topic.name in self.speaking:
            return
        self.speaking.add(topic.name)
        task = asyncio.get_running_loop().create_task(self._speak(topic))
        self.tasks.add(task)
        task.add_done_callback(self.tasks.discard)

    async def _speak(self, topic: Topic) -> None:
        """Say what changed, then be silent for the gap; what came meanwhile is said after it."""
        try:
            viewers = self.viewers.get(topic.name)
            ids = self.changed.pop(topic.name, set())
            if not viewers:
                self.states.pop(topic.name, None)
                return
            said = await self._words(topic, ids)
            for viewer in list(viewers):
                viewer.send(said)
            await asyncio.sleep(max(GAP, topic.seconds))
        except Exception:  # a state that cannot be made must not end the others; its viewers keep what they have
            log.exception("live topic %s could not speak", topic.name)
        finally:
            self.speaking.discard(topic.name)
        if self.changed.get(topic.name):
            self._speak_soon(topic)

    async def _words(self, topic: Topic, ids: set[str]) -> bytes:
        if not topic.state:
            told = sorted(ids) if len(ids) <= MANY else None
            return message("changed", {"topic": topic.name, "ids": told})
        state = await self.make_state(topic)
        self.states[topic.name] = message("state", {"topic": topic.name, "state": state})
        return self.states[topic.name]
