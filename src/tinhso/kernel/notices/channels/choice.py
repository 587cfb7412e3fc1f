"""Which carrier takes a channel: simulators outside production, else what the installation has."""

from __future__ import annotations

import os

from django.conf import settings

from tinhso.kernel.notices.channels.contract import Carrier
from tinhso.kernel.notices.channels.mail import Mail
from tinhso.kernel.notices.channels.simulator import Simulator

SIMULATOR, SMTP, OFF = "simulator", "smtp", "off"


def way_of(channel: str) -> str:
    """`simulator`, `smtp` or `off`, from TINHSO_NOTICES_<CHANNEL>.

    In production e-mail goes by SMTP; text messages and the app are off until a carrier is connected.
    """
    production = settings.PROFILE == "production"
    default = SIMULATOR if not production else SMTP if channel == "email" else OFF
    return os.environ.get(f"TINHSO_NOTICES_{channel.upper()}", default)


def carrier_of(channel: str) -> Carrier | None:
    """The carrier of a channel, None when it is off. Raises ValueError for an unknown way."""
    way = way_of(channel)
    if way == OFF:
        return None
    if way == SMTP and channel == "email":
        return Mail()
    if way == SIMULATOR:
        return Simulator(channel)
    raise ValueError(f"TINHSO_NOTICES_{channel.upper()} must be simulator, smtp (e-mail only) or off, not {way!r}")
