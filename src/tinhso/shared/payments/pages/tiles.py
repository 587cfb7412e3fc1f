"""What payments hand up: doors of the menu, live topics, the simulated bank's switch."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.declare import door
from tinhso.kernel.modules.simulated import simulated
from tinhso.kernel.web.live import live_topic
from tinhso.shared.payments import permissions as p
from tinhso.shared.payments.adapters import choice, simulator

door("shared_payments.counter", title=_("Payments counter"), icon="receipt", url="shared_payments:counter", order=50,
     audience="official", permission=p.SEE_PAYMENTS)  # fmt: skip
door("shared_payments.refunds", title=_("Refunds"), icon="receipt-refund", url="shared_payments:refunds", order=51,
     audience="official", permission=p.SEE_PAYMENTS)  # fmt: skip
door("shared_payments.money", title=_("Unmatched money"), icon="search", url="shared_payments:money", order=52,
     audience="official", permission=p.MATCH_MONEY)  # fmt: skip
door("shared_payments.days", title=_("Reconciliation"), icon="list", url="shared_payments:days", order=53,
     audience="official", permission=p.RECONCILE_DAY)  # fmt: skip
door("shared_payments.closings", title=_("Daily closing"), icon="lock", url="shared_payments:closings", order=54,
     audience="official", permission=p.CLOSE_DAY)  # fmt: skip
door("shared_payments.wallets", title=_("Prepaid wallet"), icon="receipt", url="shared_payments:wallets", order=30,
     audience="member", permission=p.USE_WALLET)  # fmt: skip
door("shared_payments.check", title=_("Check a receipt"), icon="receipt", url="shared_payments:check", order=60,
     hint=_("By its number and code"))  # fmt: skip
live_topic("shared_payments.obligations", events=("shared_payments.obligation_*",), public=True)
simulated(
    "shared_payments.bank",
    title=_("Bank"),
    here=choice.is_simulated,
    state=simulator.behaviour,
    switch=simulator.switch,
    module=__name__,
)
