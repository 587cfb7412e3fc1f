"""The bytes that are sealed: one fixed form for an entry, one for a seal; no text form of time, no JSON type."""

from __future__ import annotations

import hashlib
import struct
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

# An entry in two parts. `place` (epoch, tx, id) says where it lies, `content` what it says. Numbers have a
# fixed width, times are whole microseconds, an empty field has a flag, texts carry their length. An output column
# named `tx` would be what `order by tx` means: every entry sorted, no index used.
COLUMNS = """
    epoch, tx::text::bigint as tx_number, id,
    int8send((extract(epoch from at) * 1000000)::bigint)
    || int8send((extract(epoch from written_at) * 1000000)::bigint)
    || uuid_send(actor)
    || case when record_id is null then '\\x00'::bytea else '\\x01'::bytea || uuid_send(record_id) end
    || case when version is null then '\\x00'::bytea else '\\x01'::bytea || int4send(version) end
    || int4send(octet_length(action)) || convert_to(action, 'UTF8')
    || int4send(octet_length(kind)) || convert_to(kind, 'UTF8')
    || convert_to(payload, 'UTF8')
"""

Place = tuple[int, int, int]
START: Place = (0, 0, 0)
FIRST_PREV = bytes(32)
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Row:
    """An entry as it is sealed."""

    epoch: int
    tx: int
    id: int
    content: bytes

    @property
    def place(self) -> Place:
        return (self.epoch, self.tx, self.id)

    def leaf(self) -> bytes:
        return leaf(self.place, self.content)


def leaf(place: Place, content: bytes) -> bytes:
    """SHA-256 of one entry."""
    return hashlib.sha256(struct.pack(">hqq", *place) + content).digest()


def rows(fetched: Iterable[Sequence[Any]]) -> Iterator[Row]:
    """Rows of a query for COLUMNS."""
    for epoch, tx, number, content in fetched:
        yield Row(epoch, tx, number, bytes(content))


def seal_hash(
    *, prev: bytes, no: int, last: Place, ids: Sequence[int], leaves: bytes, key: str, sealed_at: datetime
) -> bytes:
    """SHA-256 over everything that a seal says, the hash of the seal before it included."""
    micros = (sealed_at - EPOCH) // (datetime.resolution)
    packed_ids = struct.pack(f">{len(ids)}q", *ids)
    return hashlib.sha256(
        prev
        + struct.pack(">qhqqiq", no, *last, len(ids), micros)
        + key.encode()
        + hashlib.sha256(packed_ids).digest()
        + hashlib.sha256(leaves).digest()
    ).digest()
