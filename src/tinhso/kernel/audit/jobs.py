"""The sealer's place in the background, and the hourly copy of the chain's head."""

from __future__ import annotations

import threading
from datetime import datetime

from tinhso.kernel.audit import anchors
from tinhso.kernel.audit.models import Seal
from tinhso.kernel.audit.sealer import run
from tinhso.kernel.jobs.loops import loop
from tinhso.kernel.modules.declare import every


@loop("seal")
def seal(stop: threading.Event) -> None:
    run(stop)


@every(seconds=3600)
def anchor_head(*, at: datetime) -> None:
    """Copy the newest seal outside the database."""
    keep_anchor()


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
