"""How the sealing stands, and what an auditor reads."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import OperationalError, connection, transaction
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.audit.models import Verification
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal

STANDING = """
with last as (
    select no, last_epoch, last_tx, last_id, sealed_at from kernel_audit_seal order by no desc limit 1
), oldest as (
    select written_at from kernel_audit_entry
    where (epoch, tx, id) > (
        coalesce((select last_epoch from last), 0::smallint),
        coalesce((select last_tx from last), '0'::xid8),
        coalesce((select last_id from last), 0)
    ) order by epoch, tx, id limit 1
)
select (select no from last), (select sealed_at from last), (select written_at from oldest)
"""


@dataclass(frozen=True, slots=True)
class Sealing:
    """The newest seal and the oldest entry that no seal covers yet."""

    seal: int | None
    sealed_at: datetime | None
    unsealed_since: datetime | None

    @property
    def age(self) -> float:
        """Seconds since the oldest unsealed entry was written; 0 when all is sealed."""
        return (clock.real() - self.unsealed_since).total_seconds() if self.unsealed_since else 0.0


def sealing() -> Sealing:
    """One bounded look, whatever the size of the trail."""
    with connection.cursor() as cursor:
        cursor.execute(STANDING)
        return Sealing(*cursor.fetchone())


# Each condition has an index, or the order of the key bounds the search; the timeout bounds the rest.
CONDITIONS = {
    "before": "(e.epoch, e.tx, e.id) < (%s::smallint, %s::text::xid8, %s::bigint)",
    "actors": "e.actor = any(%s::uuid[])",
    "record": "(e.record_id = %s::uuid and e.version is not null or e.record_id = %s::uuid and e.version is null)",
    "action": "starts_with(e.action, %s::text)",
    "since": "e.at >= %s::timestamptz",
    "until": "e.at < %s::timestamptz",
}
WATCHED = "starts_with(e.action, 'watched.')"
"""What is listed apart (kernel.access.watched); a partial index has the same condition."""
READ = """
select e.epoch, e.tx::text, e.id, e.at, e.actor, e.action, e.kind, e.record_id, e.version, e.payload
from kernel_audit_entry e {where} order by e.epoch desc, e.tx desc, e.id desc limit %s::integer
"""
PATIENCE = "3s"


class TooWide(Refusal):
    """The search would have read too much of the trail."""

    code, status = "audit-too-wide", 422
    message = _("this search reads too much of the trail: choose a shorter time, a person or a record")


@dataclass(frozen=True, slots=True)
class Line:
    """An entry as an auditor reads it."""

    epoch: int
    tx: str
    id: int
    at: datetime
    actor: UUID
    action: str
    kind: str
    record_id: UUID | None
    version: int | None
    payload: str

    @property
    def key(self) -> str:
        """Where the next page begins."""
        return f"{self.epoch}-{self.tx}-{self.id}"


def read(
    *,
    before: str = "",
    actors: Iterable[UUID] | None = None,
    record: UUID | None = None,
    action: str = "",
    since: datetime | None = None,
    until: datetime | None = None,
    watched: bool = False,
    limit: int = 50,
) -> list[Line]:
    """Entries, newest first. `before` is the key of the last line seen, `action` the beginning of its name.

    `watched`: only what auditors read apart.

    Raises TooWide when the search takes longer than it may.
    """
    chosen: dict[str, list[Any]] = {
        "before": list(before.split("-")) if before else [],
        "actors": [list(actors)] if actors is not None else [],
        "record": [record, record] if record else [],
        "action": [action] if action else [],
        "since": [since] if since else [],
        "until": [until] if until else [],
    }
    asked = [CONDITIONS[name] for name, values in chosen.items() if values]
    where = " and ".join([*([WATCHED] if watched else []), *asked])
    values: list[Any] = [value for values in chosen.values() for value in values]
    statement = READ.format(where=f"where {where}" if where else "")
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("select set_config('statement_timeout', %s, true)", [PATIENCE])
            cursor.execute(statement, [*values, limit])
            return [Line(*row) for row in cursor.fetchall()]
    except OperationalError as error:
        if getattr(error.__cause__, "sqlstate", "") == "57014":
            raise TooWide from error
        raise


def last_verification() -> Verification | None:
    """How the newest whole reading of the trail went."""
    return Verification.objects.order_by("-at").first()
