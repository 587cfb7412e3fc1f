"""What every carrier of messages does, and how it fails."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol


@dataclass(frozen=True, slots=True)
class Message:
    """Words for one address: a telephone number, an e-mail address or a holder of the app.

    `id` is the same at each try, so that a carrier who has it already does not take it twice. `fields` are what the
    text message of that kind may say, by name: carriers of fixed words fill their own templates with them.
    """

    address: str
    title: str
    text: str
    urgent: bool = False
    id: str = ""
    kind: str = ""
    url: str = ""
    receipt: str = ""
    fields: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Receipt:
    """The carrier has it; `received` when it says that the person's device has it too."""

    reference: str
    received: bool = False


class CarrierDown(Exception):
    """The carrier did not take the message; it may later."""


class Refused(Exception):
    """The carrier will never take this message: a wrong address, an ended contract."""


class Carrier(Protocol):
    def carry(self, message: Message) -> Receipt:
        """Take the message. Raises CarrierDown or Refused."""
        ...
