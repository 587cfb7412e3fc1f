"""A signed message is heard once: its nonce is kept while its signature would be believed, and pruned after that."""

from __future__ import annotations

import hashlib
from datetime import datetime

from django.db import connection

from tinhso.shared.payments.models import HeardMessage
from tinhso.shared.payments.rules.codes import refuse
from tinhso.shared.payments.rules.signatures import TOLERANCE

KEPT = 3 * TOLERANCE
"""A message may be dated one tolerance ahead and is believed one after that; the third is for slow clocks."""
_HEAR = """
insert into shared_payments_heardmessage (nonce, digest, answer, heard_at) values (%s, %s, '{}', %s)
on conflict (nonce) do nothing
"""


def hear(*, nonce: str, timestamp: str, body: bytes, now: datetime) -> tuple[HeardMessage, bool]:
    """The message and whether it is new, in the caller's transaction; `now` is the machine's own clock.

    Who tells the same at the same moment waits until the first has been answered. Refusal: PM-027.
    """
    digest = hashlib.sha256(timestamp.encode() + b"." + body).hexdigest()
    with connection.cursor() as cursor:
        cursor.execute(_HEAR, [nonce, digest, now])
        is_new = cursor.rowcount == 1
    heard = HeardMessage.objects.get(pk=nonce)
    if heard.digest != digest:
        raise refuse("PM-027")
    return heard, is_new


def answered(heard: HeardMessage, answer: dict[str, int]) -> dict[str, int]:
    """Keep what was answered."""
    heard.answer = answer
    heard.save(update_fields=["answer"])
    return answer


def prune(now: datetime) -> int:
    """Forget what nobody would believe any more; how many."""
    return HeardMessage.objects.filter(heard_at__lt=now - KEPT).delete()[0]
