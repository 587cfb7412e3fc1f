import pytest

from tinhso.kernel.identity.models import Account
from tinhso.kernel.testing.contracts import RoomContract
from tinhso.pillars.border.gate.models import SimulatedDay
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm


class TestContract(RoomContract):
    label = "border_gate"

    def prepare(self, account: Account) -> None:
        """A firm, without which there is nobody to declare for; and a simulation, without which there is no panel."""
        make_firm()
        SimulatedDay.objects.create(day=TODAY, seed=1, played_until=NOON)

    @pytest.fixture(autouse=True)
    def _demo(self, settings) -> None:
        settings.PROFILE = "demo"
