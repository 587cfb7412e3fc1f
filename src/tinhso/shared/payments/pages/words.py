"""Codes of this room in people's words."""

from __future__ import annotations

from typing import Any

from django.utils.translation import pgettext_lazy

METHODS: dict[str, Any] = {
    "BANK_QR": pgettext_lazy("payment", "bank transfer"),
    "TREASURY": pgettext_lazy("payment", "through the Treasury"),
    "WALLET": pgettext_lazy("payment", "prepaid wallet"),
    "CARD": pgettext_lazy("payment", "card at the counter"),
    "CASH_EXCEPTION": pgettext_lazy("payment", "cash, exceptionally"),
}
CAUSES: dict[str, Any] = {
    "paid": pgettext_lazy("payment", "what was paid is given back"),
    "part": pgettext_lazy("payment", "a part was paid of what has ended"),
    "over": pgettext_lazy("payment", "more than was owed"),
    "twice": pgettext_lazy("payment", "paid once more"),
    "late": pgettext_lazy("payment", "came after the end"),
    "unknown": pgettext_lazy("payment", "nobody's money"),
}
AGREES: dict[str, Any] = {
    "amount": pgettext_lazy("payment", "same amount"),
    "reference": pgettext_lazy("payment", "reference alike"),
    "payer": pgettext_lazy("payment", "same payer"),
}
WAYS: dict[str, Any] = {
    "BANK": pgettext_lazy("payment", "to the payer's account"),
    "COUNTER": pgettext_lazy("payment", "at the counter"),
    "WALLET": pgettext_lazy("payment", "into the wallet"),
}
DIFFERENCES: dict[str, Any] = {
    "not_stated": pgettext_lazy("payment", "told by the bank, not in its statement"),
    "not_told": pgettext_lazy("payment", "in the statement, never told"),
    "amount_differs": pgettext_lazy("payment", "told and stated with different amounts"),
    "unknown": pgettext_lazy("payment", "nobody's money"),
    "surplus": pgettext_lazy("payment", "to be given back"),
    "no_receipt": pgettext_lazy("payment", "paid without a receipt"),
    "no_outflow": pgettext_lazy("payment", "a refund by transfer that did not leave the account"),
    "stray_out": pgettext_lazy("payment", "money that left the account without a refund"),
    "back_differs": pgettext_lazy("payment", "refunds that do not agree with what was paid"),
    "no_money": pgettext_lazy("payment", "a receipt without the money"),
    "sums": pgettext_lazy("payment", "sums that do not agree"),
}
FIGURES: dict[str, Any] = {
    "paid": pgettext_lazy("payment", "payments recorded"),
    "receipts": pgettext_lazy("payment", "receipts issued"),
    "closed": pgettext_lazy("payment", "takings closed"),
    "told": pgettext_lazy("payment", "told by the bank"),
    "stated": pgettext_lazy("payment", "in the bank's statement"),
    "applied": pgettext_lazy("payment", "of it paid what was owed"),
    "paid_by_bank": pgettext_lazy("payment", "payments by transfer"),
    "surplus": pgettext_lazy("payment", "of it owed to nobody"),
    "top_ups": pgettext_lazy("payment", "of it into wallets"),
    "given_back": pgettext_lazy("payment", "given back by the bank"),
}
TONES = {
    "open": "wait",
    "paid": "done",
    "refunding": "attn",
    "refunded": "off",
    "cancelled": "off",
    "expired": "off",
    "asked": "wait",
    "approved": "run",
    "sent": "run",
    "settled": "done",
    "failed": "stop",
    "rejected": "off",
}
