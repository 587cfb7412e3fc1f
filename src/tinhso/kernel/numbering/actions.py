"""Numbers without gaps: taken inside the caller's transaction, given back when it is rolled back."""

from __future__ import annotations

from datetime import datetime

from django.db import connection

from tinhso.kernel.base.actor import Actor

_TAKE = """
with book as (
    insert into kernel_numbering_book as kept (code, year, last) values (%s::text, %s::smallint, %s::integer)
    on conflict (code, year) do update set last = kept.last + excluded.last
    returning id, last
), taken as (
    insert into kernel_numbering_number (book_id, number, taken_at, taken_by)
    select id, number, %s::timestamptz, %s::uuid from book, generate_series(last - %s::integer + 1, last) number
)
select last from book
"""


class NotInTransaction(RuntimeError):
    """A number was asked for outside a transaction: it would be lost when what it is for is not written."""


def take(book: str, year: int, *, by: Actor, at: datetime) -> int:
    """The next number of the book in the year, from 1.

    The book's row stays locked until the caller's transaction ends, so that others wait and no number is skipped:
    take it last, just before commit. Raises NotInTransaction.
    """
    return take_many(book, year, 1, by=by, at=at)


def take_many(book: str, year: int, count: int, *, by: Actor, at: datetime) -> int:
    """The first of the next `count` numbers of the book in the year. Raises NotInTransaction, as `take`.

    Raises ValueError for a count below nought, which would give numbers back that others hold.
    """
    if count < 0:
        raise ValueError(f"{count} numbers of {book}/{year} cannot be taken")
    if not connection.in_atomic_block:
        raise NotInTransaction(f"a number of {book}/{year} is taken inside a transaction only")
    with connection.cursor() as cursor:
        cursor.execute(_TAKE, [book, year, count, at, by.id, count])
        return int(cursor.fetchone()[0]) - count + 1
