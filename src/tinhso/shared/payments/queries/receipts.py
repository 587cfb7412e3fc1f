"""Receipts in the reader's language, from their frozen text."""

from __future__ import annotations

from typing import Any

from tinhso.shared.payments.models import Receipt
from tinhso.shared.payments.models.obligations import as_words


def shown(receipt: Receipt) -> dict[str, Any]:
    """A receipt in plain values: what the check of a receipt tells."""
    text = receipt.text
    return {
        "number": receipt.number,
        "code": receipt.code,
        "issued_at": receipt.issued_at,
        "payee": str(as_words(text["payee"])),
        "payer": text["payer"],
        "title": str(as_words(text["title"])),
        "reference": text["reference"],
        "details": [str(as_words(line)) for line in text["details"]],
        "shares": [{"title": str(as_words(share)), "amount": share["amount"]} for share in text["shares"]],
        "amount": receipt.amount,
        "words": text["words"],
        "method": receipt.method,
        "state": receipt.obligation.state,
        "given_back": receipt.obligation.given_back,
        "stays": receipt.amount - receipt.obligation.given_back,
        "is_demo": receipt.is_demo,
    }
