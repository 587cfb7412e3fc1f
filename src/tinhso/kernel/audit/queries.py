"""How the sealing stands."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.db import connection

from tinhso.kernel.base import clock

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
