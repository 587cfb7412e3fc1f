"""Which bank is asked, and the secret that it signs its messages with."""

from __future__ import annotations

import hashlib

from django.conf import settings

from tinhso.shared.payments.adapters.bank import Bank, NoBank
from tinhso.shared.payments.adapters.simulator import SimulatedBank


def is_simulated() -> bool:
    """In the demonstration only; production without a bank's interface has none."""
    return bool(settings.PROFILE == "demo")


def bank() -> Bank:
    return SimulatedBank() if is_simulated() else NoBank()


def secrets() -> tuple[bytes, ...]:
    """Secrets that a message may be signed with: the setting's, several while one is changed for another.

    In the demonstration one follows from the platform's own secret; elsewhere, without the setting, no message is
    believed.
    """
    given = tuple(word.encode() for word in getattr(settings, "BANK_SECRETS", ()))
    if given or not is_simulated():
        return given
    return (hashlib.sha256(b"shared_payments.bank/" + settings.SECRET_KEY.encode()).digest(),)
