from tinhso.kernel.access.glass import BREAK_GLASS, SEE_GLASS
from tinhso.kernel.access.watched import SEE_WATCHED
from tinhso.kernel.identity.models import Account
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.rulebook import permissions as rulebook
from tinhso.kernel.testing.contracts import RoomContract
from tinhso.kernel.testing.people import grant


class TestContract(RoomContract):
    label = "kernel_console"
    page_queries = 20  # each simulated system is asked for its own state

    def prepare(self, account: Account) -> None:
        """Some pages ask for rights that rooms below name."""
        grant(account.person_id, [KEEP_CLIENTS, *rulebook.ALL, BREAK_GLASS, SEE_GLASS, SEE_WATCHED])
