from tinhso.kernel.identity.models import Account
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.rulebook import permissions as rulebook
from tinhso.kernel.testing.contracts import RoomContract
from tinhso.kernel.testing.people import grant


class TestContract(RoomContract):
    label = "kernel_console"

    def prepare(self, account: Account) -> None:
        """The rights to the pages of machines and of the rulebook are of the rooms below."""
        grant(account.person_id, [KEEP_CLIENTS, *rulebook.ALL])
