"""What may be done with money: who asks for it, takes it, gives it back, compares and closes."""

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import bundle, permission

LABEL = "shared_payments"

KEEP_OBLIGATION = permission(f"{LABEL}.keep_obligation", _("ask for a payment and withdraw it"), system=True)
RECORD_PAYMENT = permission(f"{LABEL}.record_payment", _("record what the bank tells"), system=True)
ASK_REFUND = permission(f"{LABEL}.ask_refund", _("ask for a refund"), system=True)
SEND_REFUND = permission(f"{LABEL}.send_refund", _("send a refund through the bank"), system=True)
SEE_PAYMENTS = permission(f"{LABEL}.see_payments", _("see payments"))
COLLECT_PAYMENT = permission(f"{LABEL}.collect_payment", _("take a payment at the counter"))
APPROVE_REFUND = permission(f"{LABEL}.approve_refund", _("approve a refund"))
MATCH_MONEY = permission(f"{LABEL}.match_money", _("find whose unknown money is"))
RECONCILE_DAY = permission(f"{LABEL}.reconcile_day", _("compare a day with the bank"), system=True)
CLOSE_DAY = permission(f"{LABEL}.close_day", _("close the day's takings"))
USE_WALLET = permission(f"{LABEL}.use_wallet", _("pay from the firm's wallet"))
USE_SIMULATED_BANK = permission(f"{LABEL}.use_simulated_bank", _("pay through the simulated bank"))

CASHIER = bundle(
    "payments_cashier",
    title=_("Cashier"),
    permissions=(SEE_PAYMENTS, COLLECT_PAYMENT, ASK_REFUND, USE_SIMULATED_BANK),
)
ACCOUNTANT = bundle(
    "payments_accountant",
    title=_("Accountant of receipts"),
    permissions=(
        SEE_PAYMENTS,
        COLLECT_PAYMENT,
        ASK_REFUND,
        SEND_REFUND,
        APPROVE_REFUND,
        MATCH_MONEY,
        RECONCILE_DAY,
        CLOSE_DAY,
        USE_SIMULATED_BANK,
    ),
)
PAYER = bundle("payments_payer", title=_("Payer for a firm"), permissions=(USE_WALLET,), second_factor=False)
