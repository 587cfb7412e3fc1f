"""Carriers that carry nothing, for every profile but production: slow, wrong or down as they are told."""

from __future__ import annotations

import time
from uuid import uuid4

from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Receipt
from tinhso.kernel.notices.models import CarriedMessage
from tinhso.kernel.notices.models import Carrier as Behaviour

SLOWEST = 10.0


class Simulator:
    """One simulated carrier; the app's says at once that the telephone has it."""

    def __init__(self, channel: str) -> None:
        self.channel = channel

    def carry(self, message: Message) -> Receipt:
        behaviour = Behaviour.objects.filter(pk=self.channel).first() or Behaviour(channel=self.channel)
        time.sleep(min(behaviour.delay_ms / 1000, SLOWEST))
        if behaviour.down:
            raise CarrierDown("the simulated carrier is down")
        if not behaviour.wrong:
            CarriedMessage.objects.create(
                channel=self.channel, address=message.address, title=message.title, text=message.text
            )
        received = self.channel == "push" and not behaviour.wrong
        return Receipt(reference=f"sim-{uuid4().hex[:12]}", received=received)
