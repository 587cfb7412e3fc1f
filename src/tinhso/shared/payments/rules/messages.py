"""The bank's message: transactions as JSON, read strictly."""

from __future__ import annotations

from typing import Annotated, Any

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from tinhso.shared.payments.adapters.bank import Transfer
from tinhso.shared.payments.rules.codes import refuse

MOST, BIGGEST = 500, 10**15


class Line(BaseModel):
    """One transaction. What a message holds besides is left alone."""

    model_config = ConfigDict(extra="ignore", strict=True)

    bank_bin: Annotated[str, Field(pattern=r"^\d{6}$")]
    account_no: Annotated[str, Field(min_length=1, max_length=19)]
    bank_txn: Annotated[str, Field(min_length=1, max_length=64)]
    amount: Annotated[int, Field(ge=-BIGGEST, le=BIGGEST)]
    booked_at: Annotated[AwareDatetime, Field(strict=False)]
    memo: Annotated[str, Field(max_length=240)] = ""
    from_bin: Annotated[str, Field(max_length=6)] = ""
    from_account: Annotated[str, Field(max_length=34)] = ""
    from_name: Annotated[str, Field(max_length=120)] = ""


class Message(BaseModel):
    transactions: Annotated[list[Line], Field(min_length=1, max_length=MOST)]


def read(body: bytes) -> list[Transfer]:
    """The transactions that a message tells of. Refusal: PM-014."""
    try:
        lines = Message.model_validate_json(body).transactions
    except ValidationError as error:
        place = ".".join(str(part) for part in error.errors()[0]["loc"])
        raise refuse("PM-014", field=place or None) from None
    if any(line.amount == 0 or "\x00" in line.model_dump_json() for line in lines):
        raise refuse("PM-014", field="amount")
    return [Transfer(**line.model_dump()) for line in lines]


def write(transfers: list[Transfer]) -> bytes:
    """The message as a bank sends it."""
    return Message(transactions=[Line(**_fields(one)) for one in transfers]).model_dump_json().encode()


def _fields(one: Transfer) -> dict[str, Any]:
    return {name: getattr(one, name) for name in Line.model_fields}
