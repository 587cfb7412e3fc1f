"""Prove the trail, or name what was done to it: every entry against its seal, every seal against its chain,
its signature and the copies kept outside, and the history of records against the trail.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import psycopg
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey
from psycopg.pq import TransactionStatus

from tinhso.kernel.audit import anchors, keys
from tinhso.kernel.audit.leaves import COLUMNS, FIRST_PREV, Place, Row, leaf, rows, seal_hash
from tinhso.kernel.audit.merkle import root_of

MOST = 1000  # findings of one kind that are looked into; beyond that the trail is lost anyway
CHUNK = 5000

SEALS = """
select no, last_epoch, last_tx::text::bigint, last_id, ids, leaves, prev, hash, key, signature, sealed_at
from kernel_audit_seal order by no
"""
ENTRIES = f"select {COLUMNS} from kernel_audit_entry order by epoch, tx, id"  # noqa: S608 – the columns are ours
OF_ROOT = f"select {COLUMNS} from kernel_audit_entry where id = any(%s::bigint[]) order by epoch, tx, id"  # noqa: S608
ROOTS = """
select book, chapter, day, ids, root, statement, key, signature from kernel_audit_dayroot
order by book, chapter, day
"""
NOT_AUDITED = """
select h.record_id, h.version from kernel_workflow_history h
left join kernel_audit_entry a on a.record_id = h.record_id and a.version = h.version
where a.id is null order by h.record_id, h.version limit 1000
"""
NO_HISTORY = """
select a.id, a.record_id, a.version from kernel_audit_entry a
left join kernel_workflow_history h on h.record_id = a.record_id and h.version = a.version
where a.record_id is not null and a.version is not null and h.record_id is null
order by a.epoch, a.tx, a.id limit 1000
"""
OTHER_HISTORY = """
select a.id, a.record_id, a.version from kernel_audit_entry a
join kernel_workflow_history h on h.record_id = a.record_id and h.version = a.version
where h.actor <> a.actor or h.at <> a.at or h.step <> a.action or h.facts::text <> a.payload
order by a.epoch, a.tx, a.id limit 1000
"""


@dataclass(frozen=True, slots=True)
class SealRow:
    """A seal as it stands in the database."""

    no: int
    last: Place
    ids: list[int]
    leaves: bytes
    prev: bytes
    hash: bytes
    key: str
    signature: bytes
    sealed_at: Any

    def leaf_of(self) -> dict[int, bytes]:
        return {number: self.leaves[32 * i : 32 * i + 32] for i, number in enumerate(self.ids)}

    def computed_hash(self) -> bytes:
        return seal_hash(
            prev=self.prev,
            no=self.no,
            last=self.last,
            ids=self.ids,
            leaves=self.leaves,
            key=self.key,
            sealed_at=self.sealed_at,
        )


@dataclass(slots=True)
class Report:
    """What was looked at and what was found; the trail holds when there are no findings. Notes are harmless."""

    seals: int = 0
    sealed: int = 0
    unsealed: int = 0
    head: tuple[int, str] | None = None
    findings: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)

    @property
    def holds(self) -> bool:
        return not self.findings


@dataclass(slots=True)
class _Differences:
    """Entries that do not agree with their seal, gathered over all seals so that moved ones can be told."""

    lost: dict[int, tuple[int, bytes]] = field(default_factory=dict)  # id -> seal, sealed leaf; not in its place
    changed: dict[int, tuple[int, bytes, Row]] = field(default_factory=dict)  # in its place, other content
    extra: dict[int, Row] = field(default_factory=dict)  # lies among sealed ones, no seal knows it there

    def compare(self, seal: SealRow, present: list[Row], *, after_gap: bool) -> None:
        """After a missing seal, rows that no seal knows are its own: the gap is told, not each of them."""
        sealed = seal.leaf_of()
        for row in present:
            expected = sealed.pop(row.id, None)
            if expected is None:
                if not after_gap:
                    self._keep(self.extra, row.id, row)
            elif row.leaf() != expected:
                self._keep(self.changed, row.id, (seal.no, expected, row))
        for number, expected in sealed.items():
            self._keep(self.lost, number, (seal.no, expected))

    @staticmethod
    def _keep(where: dict[int, Any], number: int, what: Any) -> None:
        if len(where) < MOST:
            where[number] = what

    def findings(self) -> Iterator[str]:
        """One sentence for each entry, naming it."""
        moved = dict(self._moved())
        for number, origin in sorted(moved.items()):
            yield f"row {number} holds the content sealed as row {origin} (moved)"
        for number, (seal, _, _) in sorted(self.changed.items()):
            if number not in moved:
                yield f"seal {seal}: row {number} altered"
        for number, (seal, _) in sorted(self.lost.items()):
            if number not in self.extra:
                yield f"seal {seal}: row {number} removed"
            elif number not in moved:
                yield f"seal {seal}: row {number} altered and moved"
        for number in sorted(self.extra.keys() - self.lost.keys() - moved.keys()):
            yield f"row {number} was put in after sealing"

    def _moved(self) -> Iterator[tuple[int, int]]:
        sealed = {number: expected for number, (_, expected) in self.lost.items()}
        sealed |= {number: expected for number, (_, expected, _) in self.changed.items()}
        standing = {number: row for number, (_, _, row) in self.changed.items()} | self.extra
        for number, row in standing.items():
            if (origin := _origin(row, sealed, standing)) is not None:
                yield number, origin


def _origin(row: Row, sealed: dict[int, bytes], standing: dict[int, Row]) -> int | None:
    """The id under which the content of `row` was sealed, when that is another place than it has now."""
    for number, expected in sealed.items():
        places = {(row.epoch, row.tx, number)}
        if number in standing:
            places.add(standing[number].place)
        places.discard(row.place)
        if any(leaf(place, row.content) == expected for place in places):
            return number
    return None


def verify(connection: psycopg.Connection[Any], *, public_keys: dict[str, Ed25519PublicKey] | None = None) -> Report:
    """Read the whole trail once, in order, in one snapshot and bounded memory; nothing is written.

    Any role that may read will do. Inside a transaction that the caller has begun, that one's snapshot is
    looked at. `public_keys` default to the key folder's.
    """
    known = keys.public_keys() if public_keys is None else public_keys
    report, differences = Report(), _Differences()
    hashes: dict[int, str] = {}
    outside = _anchors()  # read before the snapshot: a seal is kept outside only after it is committed
    broken = anchors.broken()
    wanted = {anchor.no for anchor in outside} | {one.no for one in broken}
    begins = connection.info.transaction_status is TransactionStatus.IDLE
    with connection.transaction():
        if begins:
            connection.execute("set transaction isolation level repeatable read, read only")
        entries = _Entries(connection)
        before_no, before_hash = 0, FIRST_PREV
        for seal in _seals(connection):
            report.findings += _seal_findings(seal, before_no, before_hash, known)
            differences.compare(seal, entries.up_to(seal.last), after_gap=seal.no != before_no + 1)
            before_no, before_hash = seal.no, seal.hash
            report.seals, report.sealed = report.seals + 1, report.sealed + len(seal.ids)
            if seal.no in wanted:
                hashes[seal.no] = seal.hash.hex()
        if report.seals:
            report.head = (before_no, before_hash.hex())
        report.unsealed = entries.rest()
        report.findings += differences.findings()
        report.findings += _anchor_findings(outside, hashes, before_no)
        report.findings += _broken_findings(broken, hashes, before_no)
        report.notes += [
            f"line {one.line} of the anchors was cut off while it was written" for one in broken if one.cut
        ]
        report.findings += _history_findings(connection)
        report.findings += _root_findings(connection, known)
    return report


class _Entries:
    """A walk over all entries in their order, taken piece by piece."""

    def __init__(self, connection: psycopg.Connection[Any]) -> None:
        self._rows = rows(_stream(connection, "entries", ENTRIES, CHUNK))
        self._next: Row | None = next(self._rows, None)

    def up_to(self, last: Place) -> list[Row]:
        found = []
        while self._next is not None and self._next.place <= last:
            found.append(self._next)
            self._next = next(self._rows, None)
        return found

    def rest(self) -> int:
        waiting = 0 if self._next is None else 1
        return waiting + sum(1 for _ in self._rows)


def _stream(connection: psycopg.Connection[Any], name: str, query: str, size: int) -> Iterator[Any]:
    with connection.cursor(name) as cursor:
        cursor.itersize = size
        cursor.execute(query, binary=True)
        yield from cursor


def _seals(connection: psycopg.Connection[Any]) -> Iterator[SealRow]:
    for no, epoch, tx, number, ids, leaves, prev, digest, key, signature, at in _stream(
        connection, "seals", SEALS, 200
    ):
        blobs = (bytes(leaves), bytes(prev), bytes(digest))
        yield SealRow(no, (epoch, tx, number), list(ids), *blobs, key, bytes(signature), at)


def _seal_findings(
    seal: SealRow, before_no: int, before_hash: bytes, known: dict[str, Ed25519PublicKey]
) -> Iterator[str]:
    for missing in range(before_no + 1, min(seal.no, before_no + 1 + MOST)):
        yield f"seal {missing} missing"
    whole = seal.computed_hash() == seal.hash and len(seal.leaves) == 32 * len(seal.ids)
    if not whole:
        yield f"seal {seal.no} contents altered"
    elif not keys.is_signed(known.get(seal.key), seal.hash, seal.signature):
        yield f"seal {seal.no} not made by the sealer (signature)"
    if seal.no == before_no + 1 and seal.prev != before_hash:
        yield f"seal {seal.no} does not follow seal {before_no}"


def _anchors() -> list[anchors.Anchor]:
    kept = anchors.head()
    return [*anchors.anchored(), *([kept] if kept else [])]


def _anchor_findings(kept: list[anchors.Anchor], hashes: dict[int, str], last: int) -> Iterator[str]:
    """What only the copies outside can show: the newest seals gone, or made anew."""
    for no, moment in sorted({anchor.no: anchor.sealed_at for anchor in kept}.items()):
        if no > last:
            yield f"seal {no} missing, but anchored outside ({moment})"
    for no, digest in sorted({(anchor.no, anchor.hash) for anchor in kept}):
        if no in hashes and hashes[no] != digest:
            yield f"seal {no} is not the one anchored outside"


def _broken_findings(broken: list[anchors.Broken], hashes: dict[int, str], last: int) -> Iterator[str]:
    """Half a line is what a power cut leaves; what still stands in it must agree with the seals all the same."""
    for one in broken:
        if not one.cut:
            yield f"line {one.line} of the anchors cannot be read"
        elif one.no is not None and one.no > last:
            yield f"seal {one.no} missing, but anchored outside (line {one.line})"
        elif one.no in hashes and not hashes[one.no].startswith(one.hash):
            yield f"seal {one.no} is not the one anchored outside"


def _root_findings(connection: psycopg.Connection[Any], known: dict[str, Ed25519PublicKey]) -> Iterator[str]:
    """Each published root against the entries that it covers, its signature, and the root before it."""
    before: dict[tuple[str, str], str] = {}
    for book, chapter, day, ids, root, statement, key, signature in _stream(connection, "roots", ROOTS, 10):
        name = f"day root {book} {chapter} {day}"
        if not keys.is_text_signed(known.get(key), statement, bytes(signature)):
            yield f"{name} not made by the sealer (signature)"
        said = json.loads(statement)
        if said["root"] != bytes(root).hex() or said["previous"] != before.get((book, chapter), ""):
            yield f"{name} does not follow the one before"
        before[book, chapter] = said["root"]
        with connection.cursor(binary=True) as cursor:
            found = list(rows(cursor.execute(OF_ROOT, [ids])))
        if [row.id for row in found] != ids or root_of([row.leaf() for row in found]).hex() != said["root"]:
            yield f"{name} is not what its entries give"


def _history_findings(connection: psycopg.Connection[Any]) -> Iterator[str]:
    there = connection.execute("select to_regclass('kernel_workflow_history') is not null").fetchone()
    if not there or not there[0]:
        return
    for record, version in connection.execute(NOT_AUDITED):
        yield f"history without audit: record {record} version {version}"
    for number, record, version in connection.execute(NO_HISTORY):
        yield f"audit without history: row {number}, record {record} version {version}"
    for number, record, version in connection.execute(OTHER_HISTORY):
        yield f"history differs from audit: row {number}, record {record} version {version}"
