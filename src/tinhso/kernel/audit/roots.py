"""The root of a day: one hash over a chapter's sealed entries, signed and published for anybody to hold us to.

A day's entries are those that were sealed in it (Vietnam's day, real clock), so what comes late counts to the day in
which it was written, and a root never changes. Rooms declare books (kernel.modules.declare.day_book); a chapter is,
for instance, a place.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time
from itertools import groupby, islice
from typing import Any
from uuid import UUID

import psycopg
from django.db import connection as django_connection

from tinhso.kernel.audit import keys, merkle
from tinhso.kernel.audit.leaves import COLUMNS, START, Place, Row, rows
from tinhso.kernel.audit.models import DayRoot
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.modules.declare import DAY_BOOKS, DayBook

FORMAT = "tinhso day root 1"
CHUNK = 5000

LAST_OF_BOOK = """
select last_epoch, last_tx::text::bigint, last_id from kernel_audit_dayroot
where book = %s order by last_epoch desc, last_tx desc, last_id desc limit 1
"""
ENDS_OF_DAYS = """
select distinct on (day) day, last_epoch, last_tx::text::bigint, last_id
from (select (sealed_at at time zone 'Asia/Ho_Chi_Minh')::date as day, no, last_epoch, last_tx, last_id
      from kernel_audit_seal
      where sealed_at < %s::timestamptz
        and (last_epoch, last_tx, last_id) > (%s::smallint, %s::text::xid8, %s::bigint)) seals
order by day, no desc
"""
ENTRIES = f"""
select {COLUMNS}, kind, record_id from kernel_audit_entry
where (epoch, tx, id) > (%s::smallint, %s::text::xid8, %s::bigint)
  and (epoch, tx, id) <= (%s::smallint, %s::text::xid8, %s::bigint) and kind = any(%s) and record_id is not null
order by epoch, tx, id
"""  # noqa: S608 – the columns are ours
OF_ROOT = f"""
select {COLUMNS} from kernel_audit_entry where id = any(%s::bigint[]) order by epoch, tx, id
"""  # noqa: S608 – the columns are ours
PREVIOUS = "select root from kernel_audit_dayroot where book = %s and chapter = %s order by day desc limit 1"
INSERT = """
insert into kernel_audit_dayroot
    (book, chapter, day, ids, first_epoch, first_tx, first_id, last_epoch, last_tx, last_id,
     root, statement, key, signature)
values (%s, %s, %s, %s, %s, %s::text::xid8, %s, %s, %s::text::xid8, %s, %s, %s, %s, %s)
"""
HOLDS_ENTRY = """
select r.no from kernel_audit_dayroot r
join kernel_audit_entry e on (e.epoch, e.tx, e.id) >= (r.first_epoch, r.first_tx, r.first_id)
    and (e.epoch, e.tx, e.id) <= (r.last_epoch, r.last_tx, r.last_id) and e.id = any(r.ids)
where e.id = %s and r.book = %s
"""


@dataclass(slots=True)
class _Chapter:
    """A chapter's entries while they are gathered."""

    tree: merkle.Tree = field(default_factory=merkle.Tree)
    ids: list[int] = field(default_factory=list)
    places: list[Place] = field(default_factory=list)

    def add(self, row: Row) -> None:
        self.tree.add(row.leaf())
        self.ids.append(row.id)
        self.places = [*self.places[:1], row.place]


@dataclass(frozen=True, slots=True)
class Proof:
    """That one entry lies under a published root: its leaf, its index, and the hashes beside its way."""

    record_id: UUID
    version: int
    leaf: str
    index: int
    entries: int
    path: list[str]
    root: str
    book: str
    chapter: str
    day: date


def close_days(sealer: psycopg.Connection[Any], key: keys.SealKey, *, until: datetime) -> int:
    """Make the roots of every day that ended before `until` and has none yet; returns how many.

    `sealer`: a connection of the sealer, who alone may write them. Asked again it makes nothing twice.
    """
    midnight = datetime.combine(until.astimezone(HANOI).date(), time(0), tzinfo=HANOI)
    return sum(_close_book(sealer, key, book, midnight, until) for book in DAY_BOOKS)


def _close_book(
    sealer: psycopg.Connection[Any], key: keys.SealKey, book: DayBook, midnight: datetime, at: datetime
) -> int:
    made = 0
    row = sealer.execute(LAST_OF_BOOK, [book.name]).fetchone()
    begin: Place = row or START
    ends = sealer.execute(ENDS_OF_DAYS, [midnight, *_words(begin)]).fetchall()
    for day, *end in ends:
        chapters = _chapters(book, begin, (end[0], end[1], end[2]))
        with sealer.transaction():
            for name, chapter in sorted(chapters.items()):
                _write(sealer, key, book.name, name, day, chapter, at)
        begin = (end[0], end[1], end[2])
        made += len(chapters)
    return made


def _chapters(book: DayBook, begin: Place, end: Place) -> dict[str, _Chapter]:
    """The entries between two places by chapter; the room says to which each belongs."""
    found: dict[str, _Chapter] = {}
    with django_connection.cursor() as cursor:
        cursor.execute(ENTRIES, [*_words(begin), *_words(end), list(book.kinds)])
        while fetched := cursor.fetchmany(CHUNK):
            chapter_of = _chapter_of(book, [(line[4], line[5]) for line in fetched])
            for row, line in zip(rows(line[:4] for line in fetched), fetched, strict=True):
                if name := chapter_of.get(line[5]):
                    found.setdefault(name, _Chapter()).add(row)
    return found


def _chapter_of(book: DayBook, records: list[tuple[str, UUID]]) -> dict[UUID, str]:
    found: dict[UUID, str] = {}
    ordered = sorted(set(records), key=lambda one: one[0])
    for kind, group in groupby(ordered, key=lambda one: one[0]):
        found |= book.chapter_of(kind, [record for _kind, record in group])
    return found


def _write(
    sealer: psycopg.Connection[Any],
    key: keys.SealKey,
    book: str,
    name: str,
    day: date,
    chapter: _Chapter,
    at: datetime,
) -> None:
    root = chapter.tree.root()
    before = sealer.execute(PREVIOUS, [book, name]).fetchone()
    statement = _statement(
        book=book,
        chapter=name,
        day=day.isoformat(),
        entries=chapter.tree.count,
        root=root.hex(),
        previous=bytes(before[0]).hex() if before else "",
        made_at=at.astimezone(HANOI).isoformat(timespec="seconds"),
    )
    first, last = chapter.places[0], chapter.places[-1]
    signed = (root, statement, key.fingerprint, key.sign_text(statement))
    sealer.execute(INSERT, [book, name, day, chapter.ids, *_words(first), *_words(last), *signed])


def _statement(**said: Any) -> str:
    """What is signed: one line of JSON, its names in order."""
    return json.dumps({"format": FORMAT, **said}, sort_keys=True, ensure_ascii=False, separators=(",", ":"))


def _words(place: Place) -> tuple[int, str, int]:
    """A place as the queries take it."""
    return place[0], str(place[1]), place[2]


def leaves_of(root: DayRoot) -> list[bytes]:
    """The leaves of its entries as they stand now."""
    with django_connection.cursor() as cursor:
        cursor.execute(OF_ROOT, [root.ids])
        return [row.leaf() for row in rows(cursor.fetchall())]


def proofs_of(record_id: UUID, *, most: int = 200) -> list[Proof]:
    """For each published step of that record, the proof that it lies under its day's root; oldest first."""
    return list(islice(_proofs(record_id), most))


def _proofs(record_id: UUID) -> Iterator[Proof]:
    kept: dict[int, tuple[DayRoot, list[bytes]]] = {}
    for book in DAY_BOOKS:
        for number, version in _entries_of(record_id, book.kinds):
            with django_connection.cursor() as cursor:
                cursor.execute(HOLDS_ENTRY, [number, book.name])
                found = cursor.fetchone()
            if found is None:
                continue
            if found[0] not in kept:
                root = DayRoot.objects.get(no=found[0])
                kept[found[0]] = (root, leaves_of(root))
            yield _proof(record_id, number, version, *kept[found[0]])


def _entries_of(record_id: UUID, kinds: tuple[str, ...]) -> list[tuple[int, int]]:
    with django_connection.cursor() as cursor:
        cursor.execute(
            "select id, version from kernel_audit_entry"
            " where record_id = %s and version is not null and kind = any(%s) order by version",
            [record_id, list(kinds)],
        )
        return cursor.fetchall()


def _proof(record_id: UUID, number: int, version: int, root: DayRoot, leaves: list[bytes]) -> Proof:
    index = root.ids.index(number)
    return Proof(
        record_id=record_id,
        version=version,
        leaf=leaves[index].hex(),
        index=index,
        entries=len(leaves),
        path=[one.hex() for one in merkle.path_of(leaves, index)],
        root=root.shown_root,
        book=root.book,
        chapter=root.chapter,
        day=root.day,
    )
