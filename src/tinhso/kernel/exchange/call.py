"""Ask another room's data by its code: permitted, checked, measured and remembered, whoever asks."""

from __future__ import annotations

import logging
import time
from datetime import datetime
from typing import Any

from django.db import transaction
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.apart import lasting
from tinhso.kernel.audit.record import RECORD
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.base.plain import canonical
from tinhso.kernel.exchange.models import ExchangeCall
from tinhso.kernel.exchange.registry import checked_answer, checked_question, offer_of
from tinhso.kernel.modules.declare import DataService

ROW = """
insert into kernel_exchange_call (code, caller, at, ms, outcome, refusal, digest)
values (%s::text, %s::uuid, %s::timestamptz, %s::float8, %s::text, %s::text, %s::text)
"""

log = logging.getLogger("tinhso.exchange")


class ServiceFailed(Refusal):
    code, status = "service-failed", 503
    message = _("the data service {service} does not answer at the moment: try again later")


def call(code: str, *, by: Actor, at: datetime, **params: Any) -> Any:
    """The answer of the data service `code` as plain values.

    Raises NoSuchService, Forbidden, WrongQuestion, a refusal of the service's own, or ServiceFailed when it
    broke (its error is logged, not handed on).
    """
    one = offer_of(code)
    began = time.perf_counter()
    outcome, refusal = ExchangeCall.FAILED, ""
    try:
        answer = _answer(one, by, at, params)
        outcome = ExchangeCall.OK
    except Refusal as refused:
        outcome, refusal = ExchangeCall.REFUSED, refused.code
        raise
    except Exception as error:
        log.exception("the data service %s failed", code)
        raise ServiceFailed(service=code) from error
    finally:
        _remember(one, by, at, params, (time.perf_counter() - began) * 1000, outcome, refusal)
    return answer


def _answer(one: DataService, by: Actor, at: datetime, params: dict[str, Any]) -> Any:
    require(by, one.permission, at=at)
    question = checked_question(one, params)
    with transaction.atomic():
        return checked_answer(one, one.answer(by=by, at=at, **question))


def _remember(
    one: DataService, by: Actor, at: datetime, params: dict[str, Any], ms: float, outcome: str, refusal: str
) -> None:
    """A row for every call, and an entry in the audit for each answer of a sensitive service.

    Both stay when the caller takes his transaction back: he has the answer all the same.
    """
    digest = digest_of(params)
    with lasting(by) as cursor:
        if one.sensitive and outcome == ExchangeCall.OK:
            read = canonical({"code": one.name, "digest": digest})
            cursor.execute(RECORD, ["kernel_exchange.read_service", "", None, at, read])
        cursor.execute(ROW, [one.name, by.id, at, round(ms, 2), outcome, refusal[:60], digest])


def digest_of(params: dict[str, Any]) -> str:
    """What was asked, for comparing only. Parameters may be personal and short (a citizen's number), so the digest is
    keyed: who reads the rows alone cannot try all numbers."""
    plain = canonical({key: value if _is_plain(value) else str(value) for key, value in params.items()})
    return salted_hmac("kernel_exchange.question", plain, algorithm="sha256").hexdigest()[:32]


def _is_plain(value: Any) -> bool:
    return isinstance(value, (str, int, bool, type(None)))
