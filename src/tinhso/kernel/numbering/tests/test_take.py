from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from random import Random

import pytest
from django.db import connection, transaction

from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.numbering import queries
from tinhso.kernel.numbering.actions import NotInTransaction, take, take_many
from tinhso.kernel.numbering.models import Number

NOON = datetime(2026, 11, 25, 5, tzinfo=UTC)
THREADS, EACH = 8, 50


class Regret(Exception):
    """What was done in the transaction is not wanted after all."""


def number(book="công văn đi", year=2026):
    with transaction.atomic():
        return take(book, year, by=SYSTEM, at=NOON)


@pytest.mark.django_db
def test_each_book_and_each_year_counts_for_itself_from_one():
    taken = [number(), number(), number("quyết định"), number(year=2027), number()]

    assert taken == [1, 2, 1, 1, 3]
    assert queries.last_number("công văn đi", 2026) == 3


@pytest.mark.django_db
def test_a_number_remembers_who_took_it_and_when():
    number()

    row = Number.objects.get()
    assert (row.taken_by, row.taken_at) == (SYSTEM.id, NOON)


@pytest.mark.django_db
def test_a_number_is_given_back_when_its_transaction_is():
    number()
    point = transaction.savepoint()
    lost = number()

    transaction.savepoint_rollback(point)

    assert (lost, number()) == (2, 2)


def test_a_number_is_not_given_outside_a_transaction(own_database):
    with pytest.raises(NotInTransaction):
        take("công văn đi", 2026, by=SYSTEM, at=NOON)


@pytest.mark.django_db
def test_numbers_are_never_given_back():
    take("công văn đi", 2026, by=SYSTEM, at=NOON)

    with pytest.raises(ValueError, match="cannot be taken"):
        take_many("công văn đi", 2026, -1, by=SYSTEM, at=NOON)

    assert queries.last_number("công văn đi", 2026) == 1


def test_under_parallel_load_with_rollbacks_there_is_neither_gap_nor_double(own_database):
    def work(thread):
        chance, kept = Random(thread), []
        try:
            while len(kept) < EACH:
                try:
                    with transaction.atomic():
                        taken = take("công văn đi", 2026, by=SYSTEM, at=NOON)
                        if chance.random() < 0.3:
                            raise Regret
                    kept.append(taken)
                except Regret:
                    continue
        finally:
            connection.close()
        return kept

    with ThreadPoolExecutor(THREADS) as pool:
        taken = [found for kept in pool.map(work, range(THREADS)) for found in kept]

    assert sorted(taken) == list(range(1, THREADS * EACH + 1))
    assert queries.gaps("công văn đi", 2026) == []
