"""An outbox in a database of its own, and handlers that are declared for one test only."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any
from uuid import UUID

import pytest

from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.events import relay, wake
from tinhso.kernel.events.event import Event
from tinhso.kernel.events.publish import publish
from tinhso.kernel.modules.declare import Handler
from tinhso.kernel.modules.registry import Registry

NAME = "tests.thing_done"


class Outbox:
    """What a test does with the outbox: tell, deliver, listen."""

    def __init__(self, handlers: Registry[Handler]) -> None:
        self.handlers = handlers

    def handler(self, name: str, handle: Callable[[Event], Any], event: str = NAME) -> None:
        self.handlers.add(name, Handler(name=name, module="tests", event=event, handle=handle))

    def tell(self, record: UUID, version: int | None = None, name: str = NAME, **payload: Any) -> int:
        return publish(
            name, kind="tests.thing", record_id=record, version=version, by=SYSTEM, at=clock.now(), **payload
        )

    def drain(self) -> int:
        """Deliver until no lane has anything to do; returns how many events left the outbox."""
        gone = 0
        while (events := relay.deliver_once()) is not None:
            gone += len(events)
        return gone


@pytest.fixture
def outbox(own_database: str, monkeypatch: pytest.MonkeyPatch) -> Iterator[Outbox]:
    handlers: Registry[Handler] = Registry("handler")
    monkeypatch.setattr(relay, "HANDLERS", handlers)
    yield Outbox(handlers)
    wake.end()
