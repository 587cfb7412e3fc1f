"""What carries a call to a machine of others, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True)
class Answer:
    """What the receiver said; 200 to 299 means that it has taken what was sent. `body`: no more than was asked for."""

    status: int
    ms: int
    body: bytes = b""

    @property
    def taken(self) -> bool:
        return 200 <= self.status < 300


class NotReached(Exception):
    """No answer: the address is not one that we call, or nobody answered in time. The words are for people."""


class Poster(Protocol):
    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Send the body. Raises NotReached."""
        ...
