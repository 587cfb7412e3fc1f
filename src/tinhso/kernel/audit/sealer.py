"""Seal what was written: once a second, in groups chained by hash and signed, as the one role that may.

Entries are taken in the order (epoch, tx, id) up to the oldest transaction that still runs anywhere in the
cluster. A plain "id greater than the last" would lose rows, because ids are taken before commit and commit
out of order; behind this horizon nothing can appear any more.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

import psycopg
import structlog
from django.conf import settings
from django.db import connection as django_connection
from psycopg.conninfo import make_conninfo

from tinhso.kernel.audit import anchors, keys
from tinhso.kernel.audit.leaves import COLUMNS, FIRST_PREV, START, Place, rows, seal_hash
from tinhso.kernel.base import clock

SEALER = "tinhso_sealer"
LIMIT = 50_000
INTERVAL = 1.0
LOCK = 7_201_905_001

LAST = """
select no, last_epoch, last_tx::text::bigint, last_id, hash, signature, sealed_at
from kernel_audit_seal order by no desc limit 1
"""
UNSEALED = f"""
select {COLUMNS} from kernel_audit_entry
where (epoch, tx, id) > (%s::smallint, %s::text::xid8, %s::bigint)
  and (epoch < (select max(epoch) from kernel_audit_entry) or tx < pg_snapshot_xmin(pg_current_snapshot()))
order by epoch, tx, id limit %s::integer
"""  # noqa: S608 – the columns are ours
INSERT = """
insert into kernel_audit_seal
    (no, last_epoch, last_tx, last_id, n, ids, leaves, prev, hash, key, signature, sealed_at)
values (%s, %s, %s::text::xid8, %s, %s, %s, %s, %s, %s, %s, %s, %s)
"""
YOUNGER = "select %s::text::xid8 >= pg_snapshot_xmax(pg_current_snapshot())"

log = structlog.get_logger("audit.sealer")


@dataclass(frozen=True, slots=True)
class Head:
    """The newest seal: what the next one is chained to."""

    no: int
    last: Place
    hash: bytes
    signature: bytes = b""
    sealed_at: datetime | None = None

    def anchor(self) -> anchors.Anchor:
        moment = self.sealed_at.astimezone(UTC).isoformat() if self.sealed_at else ""
        return anchors.Anchor(self.no, self.hash.hex(), self.signature.hex(), moment)


BEFORE_ALL = Head(0, START, FIRST_PREV)


def sealer_dsn() -> str:
    """Where the sealer connects: its own URL, else the application's database under the sealer's name."""
    values = django_connection.settings_dict
    if own := getattr(settings, "SEALER_DATABASE", None):
        values = own
    return make_conninfo(
        host=values["HOST"],
        port=values["PORT"] or None,
        dbname=values["NAME"],
        user=values["USER"] if own else SEALER,
        password=values["PASSWORD"] or None,
        application_name="tinhso sealer",
    )


def head_of(connection: psycopg.Connection[Any]) -> Head:
    """The newest seal in the database, or the state before the first."""
    row = connection.execute(LAST).fetchone()
    if row is None:
        return BEFORE_ALL
    no, epoch, tx, number, digest, signature, sealed_at = row
    return Head(no, (epoch, tx, number), bytes(digest), bytes(signature), sealed_at)


class Sealer:
    """Holds the connection and the key; `seal` makes at most one seal."""

    def __init__(self, connection: psycopg.Connection[Any], key: keys.SealKey) -> None:
        self.connection = connection
        self.key = key

    def seal(self) -> int:
        """Seal up to LIMIT entries in one transaction; returns how many. Zero when another sealer is at work."""
        with self.connection.transaction():
            locked = self.connection.execute("select pg_try_advisory_xact_lock(%s)", [LOCK]).fetchone()
            if locked is None or not locked[0]:
                return 0
            head = self._add(head_of(self.connection))
        if head is None:
            return 0
        anchors.keep_head(head[0].anchor())
        return head[1]

    def _add(self, before: Head) -> tuple[Head, int] | None:
        with self.connection.cursor(binary=True) as cursor:
            epoch, tx, number = before.last
            cursor.execute(UNSEALED, [epoch, str(tx), number, LIMIT])
            found = list(rows(cursor))
        if not found:
            return None
        ids, leaves = [row.id for row in found], b"".join(row.leaf() for row in found)
        last, sealed_at = found[-1].place, clock.real()
        digest = seal_hash(
            prev=before.hash,
            no=before.no + 1,
            last=last,
            ids=ids,
            leaves=leaves,
            key=self.key.fingerprint,
            sealed_at=sealed_at,
        )
        head = Head(before.no + 1, last, digest, self.key.sign(digest), sealed_at)
        place = (last[0], str(last[1]), last[2])
        rest = (len(ids), ids, leaves, before.hash, digest, self.key.fingerprint, head.signature, sealed_at)
        self.connection.execute(INSERT, [head.no, *place, *rest])
        return head, len(ids)

    def compare_with_kept_head(self) -> None:
        """Keep the evidence when the database's head is not where we left it: removed seals, or a restored copy."""
        kept, now = anchors.head(), head_of(self.connection)
        if kept is None or (kept.no <= now.no and self._hash_of(kept.no) == kept.hash):
            return
        anchors.append(kept)
        log.error("seals are gone or changed", kept=kept.no, found=now.no)

    def begin_epoch_if_moved(self) -> None:
        """A database moved to a younger cluster counts transactions anew: later rows must sort after the sealed."""
        head = head_of(self.connection)
        row = self.connection.execute(YOUNGER, [str(head.last[1])]).fetchone()
        if head.no and row and row[0]:
            epoch = self.connection.execute("select kernel_audit_new_epoch()").fetchone()
            log.warning("the cluster is younger than the trail: a new epoch begins", epoch=epoch and epoch[0])

    def _hash_of(self, no: int) -> str:
        row = self.connection.execute("select hash from kernel_audit_seal where no = %s", [no]).fetchone()
        return bytes(row[0]).hex() if row else ""


def run(stop: threading.Event, *, dsn: str | None = None, interval: float = INTERVAL) -> None:
    """Seal until told to stop. Raises what the database raises; the caller starts it again."""
    with psycopg.connect(dsn or sealer_dsn(), autocommit=True) as connection:
        sealer = Sealer(connection, keys.seal_key())
        sealer.compare_with_kept_head()
        sealer.begin_epoch_if_moved()
        while not stop.is_set():
            if sealer.seal() < LIMIT:
                stop.wait(interval)
