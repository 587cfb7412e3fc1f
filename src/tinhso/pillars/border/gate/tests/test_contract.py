from tinhso.kernel.identity.models import Account
from tinhso.kernel.testing.contracts import RoomContract
from tinhso.pillars.border.gate.tests.conftest import make_firm


class TestContract(RoomContract):
    label = "border_gate"

    def prepare(self, account: Account) -> None:
        """A firm, without which there is nobody to declare for."""
        make_firm()
