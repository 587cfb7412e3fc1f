"""Keys found good a moment ago, so that a machine that asks a thousand times a second is looked up once a second.

What is revoked in this process stops at once, in another one within `SECONDS`. Nothing else is remembered: rights
are asked anew by every step.
"""

from __future__ import annotations

import time

from tinhso.kernel.base.actor import Actor

SECONDS = 1.0
MOST = 1_000

_found: dict[bytes, tuple[float, Actor]] = {}


def machine_of(digest: bytes) -> Actor | None:
    """The machine of a key that was found good within the last second."""
    until, actor = _found.get(digest, (0.0, None))
    return actor if time.monotonic() < until else None


def remember(digest: bytes, actor: Actor) -> None:
    """Hold a key for good for a second."""
    if len(_found) >= MOST:
        _found.clear()
    _found[digest] = time.monotonic() + SECONDS, actor


def forget() -> None:
    """Look every key up anew at its next request."""
    _found.clear()
