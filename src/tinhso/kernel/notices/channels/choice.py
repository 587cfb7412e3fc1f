"""Which carrier takes a channel: simulators outside production, else what the installation has."""

from __future__ import annotations

import os
from collections.abc import Callable

from django.conf import settings

from tinhso.kernel.notices.channels import gateway
from tinhso.kernel.notices.channels.contract import Carrier
from tinhso.kernel.notices.channels.mail import Mail
from tinhso.kernel.notices.channels.simulator import Simulator
from tinhso.kernel.notices.channels.webpush import WebPush
from tinhso.kernel.notices.channels.zalo import Zalo
from tinhso.kernel.notices.channels.zalo_pass import Passes

SIMULATOR, OFF = "simulator", "off"
SMTP, HTTP, WEBPUSH, ZNS = "smtp", "http", "webpush", "zns"
REAL = {"email": SMTP, "sms": HTTP, "push": WEBPUSH, "zalo": ZNS}
"""The real way of each channel."""
ONLY_WHEN_ASKED = ("zalo",)
NEVER_IN_THE_DEMO = ("sms", "zalo")
"""Made-up numbers of the demonstration may be somebody's."""


def way_of(channel: str) -> str:
    """`simulator`, `off` or the channel's real way, from TINHSO_NOTICES_<CHANNEL>.

    In production e-mail goes by SMTP; the others are off until a carrier is connected. Zalo is off everywhere until
    somebody asks for it. The demo profile calls no telephone, whatever is set.
    """
    default = SIMULATOR if settings.PROFILE != "production" else SMTP if channel == "email" else OFF
    way = os.environ.get(f"TINHSO_NOTICES_{channel.upper()}", OFF if channel in ONLY_WHEN_ASKED else default)
    made_up = settings.PROFILE == "demo" and channel in NEVER_IN_THE_DEMO
    return SIMULATOR if made_up and way == REAL[channel] else way


def carrier_of(channel: str) -> Carrier | None:
    """The carrier of a channel, None when it is off. Raises ValueError for an unknown way."""
    way = way_of(channel)
    if way == OFF:
        return None
    if way == SIMULATOR:
        return Simulator(channel)
    if way != REAL.get(channel):
        raise ValueError(f"TINHSO_NOTICES_{channel.upper()} must be simulator, {REAL.get(channel)} or off, not {way!r}")
    return REAL_CARRIERS[channel]()


def sms() -> gateway.Gateway:
    """The gateway as the settings describe it; what they leave out is as most gateways have it."""
    said = settings.SMS_GATEWAY
    return gateway.Gateway(
        url=said["url"],
        key=said["key"],
        body=said["body"] or gateway.BODY,
        header=said["header"] or gateway.HEADER,
        taken=said["taken"],
        reference=said["reference"] or gateway.REFERENCE,
    )


def push() -> WebPush:
    return WebPush(number=settings.PUSH_KEY, contact=settings.PUSH_CONTACT)


def zalo() -> Zalo:
    passes = Passes(app=settings.ZALO["app"], secret=settings.ZALO["secret"], first=settings.ZALO["refresh"])
    return Zalo(templates=templates(), access=passes.access)


def templates() -> dict[str, str]:
    """Which of Zalo's templates says which kind of notice, from pairs such as `border_gate.called=123456`."""
    pairs = (one.partition("=") for one in settings.ZALO_TEMPLATES)
    return {kind.strip(): template.strip() for kind, _, template in pairs if template.strip()}


REAL_CARRIERS: dict[str, Callable[[], Carrier]] = {"email": Mail, "sms": sms, "push": push, "zalo": zalo}
