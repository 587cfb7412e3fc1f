"""Records of money: who is paid, what is owed, what came, what was given back, how days were closed."""

from tinhso.shared.payments.models.bank import HeardMessage, SimulatedBank, SimulatedTransfer, StatementLine
from tinhso.shared.payments.models.days import DailyClosing, Difference, ReconciliationDay
from tinhso.shared.payments.models.obligations import Obligation, PayeeAccount, Payment, Receipt
from tinhso.shared.payments.models.refunds import Refund
from tinhso.shared.payments.models.wallets import Wallet, WalletMove

__all__ = [
    "DailyClosing",
    "Difference",
    "HeardMessage",
    "Obligation",
    "PayeeAccount",
    "Payment",
    "Receipt",
    "ReconciliationDay",
    "Refund",
    "SimulatedBank",
    "SimulatedTransfer",
    "StatementLine",
    "Wallet",
    "WalletMove",
]
