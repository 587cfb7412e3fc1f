"""The simulated carriers as switches: well, slow, wrong (takes a message and loses it) or down."""

from __future__ import annotations

from functools import partial

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.simulated import Behaviour, simulated
from tinhso.kernel.notices.channels.choice import SIMULATOR, way_of
from tinhso.kernel.notices.models import Carrier, Delivery

SLOW_MS = 5_000
TITLES = {
    Delivery.PUSH: _("Carrier of the app's notices"),
    Delivery.SMS: _("Carrier of text messages"),
    Delivery.EMAIL: _("Carrier of e-mail"),
    Delivery.ZALO: _("Carrier of Zalo messages"),
}


def is_simulated(channel: str) -> bool:
    return way_of(channel) == SIMULATOR


def behaviour_of(channel: str) -> Behaviour:
    """How the simulated carrier behaves now."""
    row = Carrier.objects.filter(pk=channel).first()
    if row is None:
        return "well"
    return "down" if row.down else "wrong" if row.wrong else "slow" if row.delay_ms else "well"


def switch(channel: str, behaviour: Behaviour) -> None:
    Carrier.objects.update_or_create(
        channel=channel,
        defaults={
            "delay_ms": SLOW_MS if behaviour == "slow" else 0,
            "wrong": behaviour == "wrong",
            "down": behaviour == "down",
        },
    )


for _channel, _title in TITLES.items():
    simulated(
        f"kernel_notices.{_channel}",
        title=_title,
        here=partial(is_simulated, _channel),
        state=partial(behaviour_of, _channel),
        switch=partial(switch, _channel),
        module=__name__,
    )
