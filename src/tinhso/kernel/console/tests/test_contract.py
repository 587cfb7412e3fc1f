from tinhso.kernel.identity.models import Account
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.testing.contracts import RoomContract
from tinhso.kernel.testing.people import grant


class TestContract(RoomContract):
    label = "kernel_console"

    def prepare(self, account: Account) -> None:
        """The right to the page of machines is of the room below."""
        grant(account.person_id, [KEEP_CLIENTS])
