"""A receiver that is nobody's, for every profile but production: slow, wrong or down as it is told. It calls nobody."""

from __future__ import annotations

import time
from collections.abc import Mapping

from tinhso.kernel.base.outside.address import target_of
from tinhso.kernel.base.outside.contract import Answer, NotReached
from tinhso.kernel.machines.models import HookReceiver

SLOW_SECONDS = 3.0


class Simulator:
    """Takes what comes, without a network."""

    def post(self, url: str, body: bytes, headers: Mapping[str, str]) -> Answer:
        """Raises NotReached."""
        target_of(url)
        behaviour = _behaviour()
        if behaviour == "down":
            raise NotReached("the simulated receiver is down")
        if behaviour == "slow":
            time.sleep(SLOW_SECONDS)
        return Answer(500 if behaviour == "wrong" else 200, 3000 if behaviour == "slow" else 1)


def _behaviour() -> str:
    row = HookReceiver.objects.first()
    return row.behaviour if row else "well"
