"""The catalogue of refusals: `tables/error_codes.csv` gives each its code, HTTP status and sentence."""

from __future__ import annotations

from functools import cache
from typing import Any

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.base.errors import Refusal
from tinhso.shared.payments.rules.tables import Row, table


class PaymentRefusal(Refusal):
    """A refusal of this room; `code` is one of the catalogue's."""


@cache
def catalogue() -> dict[str, Row]:
    """All refusals by code."""
    return {row["code"]: row for row in table("error_codes")}


def refuse(code: str, *, field: str | None = None, **facts: Any) -> PaymentRefusal:
    """The refusal of that code, to be raised by the caller; `facts` fill its sentence. Raises KeyError."""
    row = catalogue()[code]
    message = Bilingual(row["message_vi"], row["message_en"], row["message_zh"])
    return PaymentRefusal(message, code=code, status=int(row["http"]), field=field, **facts)
