"""State machines of the gate: the trip, and the tasks, holds and fees that lie over it, and transfers of goods."""

from tinhso.pillars.border.gate.flows.amendment import AMENDMENT
from tinhso.pillars.border.gate.flows.overlays import FEE, HOLD, TASK
from tinhso.pillars.border.gate.flows.states import ENDS, LIVE, STATES
from tinhso.pillars.border.gate.flows.transfers import TRANSFER
from tinhso.pillars.border.gate.flows.trip import TRIP

__all__ = ["AMENDMENT", "ENDS", "FEE", "HOLD", "LIVE", "STATES", "TASK", "TRANSFER", "TRIP"]
