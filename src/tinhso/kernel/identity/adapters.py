"""How a one-time code reaches a phone. Another room puts a real sender in place; the demo's shows it on the page."""

from __future__ import annotations

from typing import Protocol

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Refusal


class CodeSender(Protocol):
    """Sends one code. Raises Refusal when it cannot."""

    shows_code: bool  # the page itself shows the code, marked as a demo

    def send(self, *, phone: str, code: str, language: str) -> None: ...


class ShownOnPage:
    """Sends nothing: the page shows the code. Only for the demo profile."""

    shows_code = True

    def send(self, *, phone: str, code: str, language: str) -> None:
        """Nothing to do."""


class NotConnected:
    """Production without a text message gateway: refuses, so that no code is taken for sent."""

    shows_code = False

    def send(self, *, phone: str, code: str, language: str) -> None:
        raise Refusal(_("codes cannot be sent now: ask at the counter"), code="no-code-sender", status=503)


_sender: CodeSender | None = None


def use(sender: CodeSender | None) -> None:
    """Send codes through `sender` from now on; None goes back to the default of the profile."""
    global _sender
    _sender = sender


def sender() -> CodeSender:
    """The sender in place."""
    if _sender is not None:
        return _sender
    return ShownOnPage() if settings.PROFILE == "demo" else NotConnected()
