"""Which system of others is asked: the real one where there is a link, the simulated one in the demonstration."""

from __future__ import annotations

from django.conf import settings
from django.db import connection
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.simulated import BEHAVIOURS, Behaviour
from tinhso.pillars.border.gate.adapters.customs import CustomsStatus, NoCustoms, SimulatedCustoms
from tinhso.pillars.border.gate.adapters.faults import Faults
from tinhso.pillars.border.gate.adapters.plate_camera import PlateCamera, SimulatedCamera
from tinhso.pillars.border.gate.adapters.relay import BarrierRelay, SimulatedRelay
from tinhso.pillars.border.gate.adapters.seal import SealReader, SimulatedSeal
from tinhso.pillars.border.gate.adapters.weighbridge import SimulatedWeighbridge, Weighbridge

CUSTOMS, CAMERA = "customs", "plate_camera"
RELAY, BRIDGE, SEAL = "barrier_relay", "weighbridge", "seal"
SYSTEMS = {
    CUSTOMS: _("Customs clearance system"),
    CAMERA: _("Plate cameras"),
    RELAY: _("Arms of barriers"),
    BRIDGE: _("Weighbridges"),
    SEAL: _("Electronic seals"),
}
SLOW_SECONDS = 2.0
FAULTS: dict[Behaviour, Faults] = {
    "well": Faults(),
    "slow": Faults(slow=1.0, slow_seconds=SLOW_SECONDS),
    "wrong": Faults(wrong=1.0),
    "down": Faults(down=True),
}


def is_simulated() -> bool:
    """In the demonstration only; elsewhere a system without a link does not answer, and people work by hand."""
    return bool(settings.PROFILE == "demo")


def customs() -> CustomsStatus:
    return SimulatedCustoms(faults_of(CUSTOMS)) if is_simulated() else NoCustoms()


def camera() -> PlateCamera:
    """Real cameras send by themselves; only the simulated one is asked."""
    return SimulatedCamera(faults_of(CAMERA))


def relay() -> BarrierRelay | None:
    """None where no arm is linked: the officer opens it himself, as he always did."""
    return SimulatedRelay(faults_of(RELAY)) if is_simulated() else None


def weighbridge() -> Weighbridge | None:
    """Linked bridges send by themselves; only the simulated one is asked."""
    return SimulatedWeighbridge(faults_of(BRIDGE)) if is_simulated() else None


def seal() -> SealReader | None:
    """Linked seals send by themselves; only the simulated one is asked."""
    return SimulatedSeal(faults_of(SEAL)) if is_simulated() else None


def behaviour(system: str) -> Behaviour:
    """How the simulated system behaves; the same for every process."""
    with connection.cursor() as cursor:
        cursor.execute("select behaviour from border_gate_simulatedsystem where name = %s", [system])
        row = cursor.fetchone()
    return next((known for known in BEHAVIOURS if row and row[0] == known), "well")


def switch(system: str, wanted: Behaviour) -> None:
    with connection.cursor() as cursor:
        cursor.execute(
            "insert into border_gate_simulatedsystem (name, behaviour) values (%s, %s)"
            " on conflict (name) do update set behaviour = excluded.behaviour",
            [system, wanted],
        )


def faults_of(system: str) -> Faults:
    return FAULTS[behaviour(system)]
