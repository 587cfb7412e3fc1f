"""The sealer's place in the background, and the hourly copy of the chain's head."""

from __future__ import annotations

import threading
from datetime import datetime

import psycopg
import structlog

from tinhso.kernel.audit import anchors, keys, roots
from tinhso.kernel.audit.models import Seal, Verification
from tinhso.kernel.audit.sealer import run, sealer_dsn
from tinhso.kernel.audit.verify import MOST, verify
from tinhso.kernel.base import clock
from tinhso.kernel.jobs.driver import connect
from tinhso.kernel.jobs.loops import loop
from tinhso.kernel.modules.declare import every

log = structlog.get_logger("audit")


@loop("seal")
def seal(stop: threading.Event) -> None:
    run(stop)


@every(seconds=3600)
def anchor_head(*, at: datetime) -> None:
    """Copy the newest seal outside the database."""
    keep_anchor()


@every(cron="10 0 * * *")
def publish_day_roots(*, at: datetime) -> None:
    """Make the roots of the day that is over."""
    publish_roots(until=clock.real())


@every(seconds=86_400)
def verify_trail(*, at: datetime) -> None:
    """Read the whole trail once a day; what is found is logged and shown on the trail's page."""
    kept = check()
    if not kept.holds:
        log.error("the audit trail is broken", findings=kept.findings[:20], count=len(kept.findings))


def check() -> Verification:
    """Verify now, and keep how it went."""
    with connect("tinhso verify") as reader:
        report = verify(reader)
    return Verification.objects.create(
        at=clock.real(), seals=report.seals, entries=report.sealed, findings=report.findings[:MOST]
    )


def publish_roots(*, until: datetime) -> int:
    """Make the roots of the days that ended before `until`, as the sealer; returns how many."""
    with psycopg.connect(sealer_dsn(), autocommit=True) as sealer:
        return roots.close_days(sealer, keys.seal_key(), until=until)


def keep_anchor() -> anchors.Anchor | None:
    """Append the newest seal to the anchors; returns it, or None when nothing was ever sealed."""
    newest = Seal.objects.order_by("-no").defer("ids", "leaves").first()
    if newest is None:
        return None
    anchor = anchors.Anchor(
        newest.no, bytes(newest.hash).hex(), bytes(newest.signature).hex(), newest.sealed_at.isoformat()
    )
    anchors.append(anchor)
    return anchor
