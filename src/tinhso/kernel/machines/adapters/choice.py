"""Which way tellings go: `TINHSO_HOOKS` is `https` or `simulator`; by default only production calls the network."""

from __future__ import annotations

import os

from django.conf import settings

from tinhso.kernel.base.outside.contract import Poster
from tinhso.kernel.base.outside.https import Https
from tinhso.kernel.machines.adapters.simulator import Simulator

HTTPS, SIMULATOR = "https", "simulator"


def way() -> str:
    """The demo profile never calls out, whatever is set."""
    if settings.PROFILE == "demo":
        return SIMULATOR
    return os.environ.get("TINHSO_HOOKS", HTTPS if settings.PROFILE == "production" else SIMULATOR)


def poster() -> Poster:
    """Raises ValueError for an unknown way."""
    chosen = way()
    if chosen == HTTPS:
        return Https()
    if chosen == SIMULATOR:
        return Simulator()
    raise ValueError(f"TINHSO_HOOKS must be https or simulator, not {chosen!r}")
