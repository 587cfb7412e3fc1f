"""The simulated receiver as a switch: well, slow, wrong (answers 500) or down."""

from __future__ import annotations

from typing import cast

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.machines.adapters.choice import SIMULATOR, way
from tinhso.kernel.machines.models import HookReceiver
from tinhso.kernel.modules.simulated import Behaviour, simulated


def behaviour() -> Behaviour:
    """How the simulated receiver behaves now."""
    row = HookReceiver.objects.first()
    return cast(Behaviour, row.behaviour if row else "well")


def switch(behaviour: Behaviour) -> None:
    HookReceiver.objects.update_or_create(pk=1, defaults={"behaviour": behaviour})


simulated(
    "kernel_machines.receiver",
    title=_("Receiver of tellings to other programs"),
    here=lambda: way() == SIMULATOR,
    state=behaviour,
    switch=switch,
    module=__name__,
)
