"""What can happen to an obligation and to a refund."""

from tinhso.shared.payments.flows.obligation import OBLIGATION
from tinhso.shared.payments.flows.refund import REFUND

__all__ = ["OBLIGATION", "REFUND"]
