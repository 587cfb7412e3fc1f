"""Plain ASGI: GET /live/<topic>[,<topic>…][?place=] answers with Server-Sent Events until one side ends it."""

from __future__ import annotations

import asyncio
import contextlib
import math
from collections.abc import Awaitable, Callable, MutableMapping
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings

from tinhso.kernel.web.live import TOPICS, Topic
from tinhso.kernel.web.live_server.ear import listen
from tinhso.kernel.web.live_server.hub import Hub, Viewer
from tinhso.kernel.web.live_server.visitors import admitted, in_a_thread, session_key

HEARTBEAT = 15.0
RECHECK = 50.0  # seconds; the stream of a session that has ended is closed within a minute
TOPICS_AT_ONCE = 12
VIEWERS_AT_MOST = 5000
RETRY = b"retry: 5000\n\n"
ALIVE = b"event: alive\ndata: 1\n\n"
ENDED = b"event: ended\ndata: 1\n\n"

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]


class LiveServer:
    """The ASGI application."""

    def __init__(self) -> None:
        self.hub = Hub(make_state)
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.live(receive, send)
        elif scope["type"] == "http":
            await self.answer(scope, receive, send)

    async def live(self, receive: Receive, send: Send) -> None:
        """Listen to the database while the server stands."""
        await receive()
        ear = asyncio.create_task(listen(self.hub.hear, self.hub.stir_all))
        await send({"type": "lifespan.startup.complete"})
        await receive()
        ear.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await ear
        await send({"type": "lifespan.shutdown.complete"})

    async def answer(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in scope["headers"]}
        allowed = own_origin(headers)
        if scope["path"] == "/live/health":
            await short(send, 200, b"ok", allowed)
            return
        topics = topics_of(scope["path"])
        if not topics or scope["method"] != "GET" or (headers.get("origin") and not allowed):
            await short(send, 404, b"", allowed)
            return
        if self.count >= VIEWERS_AT_MOST:
            await short(send, 503, b"", allowed)
            return
        place = parse_qs(scope.get("query_string", b"").decode("latin-1")).get("place", [""])[0]
        key = session_key(headers.get("cookie", ""))
        if not await in_a_thread(admitted, topics, key, place):
            await short(send, 403, b"", allowed)
            return
        await start(send, allowed)
        await self.show(Viewer(topics), key, place, receive, send)

    async def show(self, viewer: Viewer, key: str, place: str, receive: Receive, send: Send) -> None:
        """Send until the viewer goes away or its session ends."""
        self.count += 1
        self.hub.join(viewer)
        gone = asyncio.create_task(until_gone(receive))
        sending = asyncio.create_task(self.feed(viewer, key, place, send))
        try:
            await asyncio.wait({gone, sending}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            self.hub.leave(viewer)
            self.count -= 1
            for task in (gone, sending):
                task.cancel()
            await asyncio.gather(gone, sending, return_exceptions=True)

    async def feed(self, viewer: Viewer, key: str, place: str, send: Send) -> None:
        loop = asyncio.get_running_loop()
        guarded = any(not topic.public for topic in viewer.topics)
        check = loop.time() + RECHECK if guarded else math.inf
        while True:
            said = await viewer.next(max(0.0, min(HEARTBEAT, check - loop.time())))
            if loop.time() >= check:
                check = loop.time() + RECHECK
                if not await in_a_thread(admitted, viewer.topics, key, place):
                    await send({"type": "http.response.body", "body": ENDED})
                    return
            await send({"type": "http.response.body", "body": said or ALIVE, "more_body": True})


async def make_state(topic: Topic) -> dict[str, Any]:
    """The state of a topic, made in a thread: it asks the database."""
    if topic.state is None:
        return {}
    return await in_a_thread(topic.state)


async def until_gone(receive: Receive) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass


async def start(send: Send, allowed: str) -> None:
    headers = [
        (b"content-type", b"text/event-stream; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-accel-buffering", b"no"),
        *cors(allowed),
    ]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": RETRY, "more_body": True})


async def short(send: Send, status: int, body: bytes, allowed: str) -> None:
    headers = [(b"content-type", b"text/plain"), (b"content-length", str(len(body)).encode()), *cors(allowed)]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})


def cors(allowed: str) -> list[tuple[bytes, bytes]]:
    if not allowed:
        return []
    return [
        (b"access-control-allow-origin", allowed.encode("latin-1")),
        (b"access-control-allow-credentials", b"true"),
        (b"vary", b"Origin"),
    ]


def own_origin(headers: dict[str, str]) -> str:
    """The asking page's origin when it is our own: the same host on another port, or one of TINHSO_ORIGINS."""
    origin = headers.get("origin", "")
    if not origin:
        return ""
    same_host = urlsplit(origin).hostname == urlsplit(f"//{headers.get('host', '')}").hostname
    return origin if same_host or origin in settings.LIVE_ORIGINS else ""


def topics_of(path: str) -> list[Topic]:
    """The topics that a path names; empty when one of them is unknown."""
    names = path.removeprefix("/live/").strip("/").split(",")
    if not path.startswith("/live/") or len(names) > TOPICS_AT_ONCE or any(name not in TOPICS for name in names):
        return []
    return [TOPICS.get(name) for name in dict.fromkeys(names)]
