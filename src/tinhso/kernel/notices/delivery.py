"""Carry what waits: tried again with growing pauses, given up after some tries, spared when not needed.

A carrier may be slow, so it is called outside of any transaction: the row is claimed first, the outcome
written after. A claim that nobody finished is taken up again by the sweep.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

from django.core import signing
from django.db.models import Q
from django.urls import reverse
from django.utils import translation

from tinhso.kernel.base import clock, site
from tinhso.kernel.jobs.queue import defer, job
from tinhso.kernel.notices import lights
from tinhso.kernel.notices.channels.choice import carrier_of
from tinhso.kernel.notices.channels.contract import CarrierDown, Message, Refused
from tinhso.kernel.notices.kinds import KINDS, placeholders
from tinhso.kernel.notices.models import Delivery, Notice

SIGNER = signing.Signer(salt="kernel_notices.push")
"""Of the tokens that a browser shows for a push that it has."""
TELEPHONE = (Delivery.SMS, Delivery.ZALO)
MOST_TRIES = 6
FIRST_PAUSE = timedelta(seconds=5)  # then 10, 20, 40, 80
CLAIM_ENDS = timedelta(minutes=2)
# An urgent notice that stays unread is said again; source: border brief §10.
REPEAT_AFTER, MOST_REPEATS = timedelta(minutes=5), 3

log = logging.getLogger("tinhso.notices")


@job(queue="notices")
def deliver(delivery: int) -> None:
    """Carry one delivery, if it still waits and is needed."""
    way = _claim(delivery)
    if way is None:
        return
    if _is_spared(way):
        _close(way, Delivery.NOT_NEEDED)
        return
    try:
        _carry(way)
    except Refused as refused:
        _close(way, Delivery.FAILED, error=str(refused))
    except CarrierDown as down:
        lights.failed(way.channel, str(down))
        _put_off(way, str(down))


def _claim(pk: int) -> Delivery | None:
    claimed = Delivery.objects.filter(pk=pk, state=Delivery.WAITING).update(
        state=Delivery.SENDING, changed_at=clock.real()
    )
    return Delivery.objects.select_related("notice").get(pk=pk) if claimed else None


def _is_spared(way: Delivery) -> bool:
    """A message to the telephone is only the way out when the app was silent and the notice is unread.

    What Zalo has taken spares the text message, but for an urgent notice: of that the telephone must have it.
    """
    if way.channel not in TELEPHONE:
        return False
    others = Delivery.objects.filter(notice=way.notice).exclude(pk=way.pk)
    spares = Q(channel__in=(Delivery.PUSH, Delivery.ZALO), state=Delivery.RECEIVED)
    if not way.notice.urgent:
        spares |= Q(channel=Delivery.ZALO, state=Delivery.SENT)
    return way.notice.read_at is not None or others.filter(spares).exists()


def _carry(way: Delivery) -> None:
    carrier = carrier_of(way.channel)
    if carrier is None:
        raise Refused("this channel is off")
    receipt = carrier.carry(message_of(way))
    lights.answered(way.channel)
    _close(way, Delivery.RECEIVED if receipt.received else Delivery.SENT, reference=receipt.reference)


def message_of(way: Delivery) -> Message:
    """The words for this way, in the recipient's language. Raises Refused for a kind no longer declared."""
    notice = way.notice
    if notice.kind not in KINDS:
        raise Refused("this kind of notice is no longer declared")
    kind = KINDS.get(notice.kind)
    with translation.override(notice.language):
        title = str(kind.title)
    words = kind.message if way.channel in TELEPHONE else kind.text
    text = words(notice.language, notice.fields, at=notice.at)
    if way.channel == Delivery.EMAIL and notice.url:
        text += f"\n\n{site.whole(notice.url)}"
    said = {name for one in kind.sms.values() for name in placeholders(one)} if way.channel == Delivery.ZALO else set()
    return Message(
        way.address,
        title,
        text,
        notice.urgent,
        id=notice.pk.hex,
        kind=notice.kind,
        url=reverse("kernel_notices:open", args=[notice.pk]),
        receipt=SIGNER.sign(str(way.pk)) if way.channel == Delivery.PUSH else "",
        fields={name: notice.fields[name] for name in sorted(said) if name in notice.fields},
    )


def _close(way: Delivery, state: str, *, reference: str = "", error: str = "") -> None:
    """Write the outcome, unless a receipt came in first."""
    Delivery.objects.filter(pk=way.pk, state=Delivery.SENDING).update(
        state=state, reference=reference, error=error[:200], tries=way.tries + 1, changed_at=clock.real()
    )


def _put_off(way: Delivery, error: str) -> None:
    if way.tries + 1 >= MOST_TRIES:
        log.warning("delivery %s is given up: %s", way.pk, error)
        _close(way, Delivery.FAILED, error=error)
        return
    due = clock.real() + FIRST_PAUSE * 2**way.tries
    put_off = Delivery.objects.filter(pk=way.pk, state=Delivery.SENDING).update(
        state=Delivery.WAITING, error=error[:200], tries=way.tries + 1, due_at=due, changed_at=clock.real()
    )
    if put_off:
        defer(deliver, after=due, delivery=way.pk)


def spare(notices: Iterable[UUID]) -> int:
    """Messages to the telephone about these notices that still wait are not needed any more."""
    waiting = Delivery.objects.filter(notice__in=list(notices), channel__in=TELEPHONE, state=Delivery.WAITING)
    return waiting.update(state=Delivery.NOT_NEEDED, changed_at=clock.real())


def sweep() -> int:
    """Take up again what a stopped process left half done or never queued; returns how many."""
    now = clock.real()
    halfway = Q(state=Delivery.SENDING, changed_at__lt=now - CLAIM_ENDS)
    forgotten = Q(state=Delivery.WAITING, due_at__lt=now - CLAIM_ENDS)
    again = list(Delivery.objects.filter(halfway | forgotten).values_list("pk", flat=True))
    Delivery.objects.filter(pk__in=again).update(state=Delivery.WAITING, due_at=now, changed_at=now)
    for pk in again:
        defer(deliver, delivery=pk)
    return len(again)


def repeat(at: datetime) -> int:
    """Say urgent notices again by the app when nobody has read them, three times at most; returns how many."""
    unread = Notice.objects.filter(
        urgent=True, read_at=None, repeats__lt=MOST_REPEATS, at__gt=at - REPEAT_AFTER * (MOST_REPEATS + 1)
    )
    said = 0
    for notice in unread:
        if notice.at + REPEAT_AFTER * (notice.repeats + 1) <= at:
            Notice.objects.filter(pk=notice.pk).update(repeats=notice.repeats + 1)
            said += _again(notice)
    return said


def _again(notice: Notice) -> int:
    pushes = Delivery.objects.filter(notice=notice, channel=Delivery.PUSH)
    pushes.update(state=Delivery.WAITING, tries=0, due_at=clock.real(), changed_at=clock.real())
    for pk in pushes.values_list("pk", flat=True):
        defer(deliver, delivery=pk)
    return pushes.count()
