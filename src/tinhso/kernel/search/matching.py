"""For finders: rows whose text holds the words, with and without accents.

A room that wants it fast makes a trigram index on `tinhso_fold(column)`:

    GinIndex(OpClass(Folded("name"), name="gin_trgm_ops"), name="…")
"""

from __future__ import annotations

from typing import TypeVar

from django.db.models import Func, Model, Q, QuerySet, TextField

from tinhso.kernel.base import text

Row = TypeVar("Row", bound=Model)


class Folded(Func):
    """`tinhso_fold(column)`: lower case, without accents, đ as d."""

    function = "tinhso_fold"
    arity = 1
    output_field = TextField()


def holding(rows: QuerySet[Row], words: str, *columns: str) -> QuerySet[Row]:
    """Rows of which each word is held by one of `columns`; a word typed with accents must match with them."""
    aliases = {column: f"folded_{column.replace('__', '_')}" for column in columns}
    found = rows.alias(**{alias: Folded(column) for column, alias in aliases.items()})
    for word in text.nfc(words).split():
        either = Q()
        for column, alias in aliases.items():
            either |= _held(word, column, alias)
        found = found.filter(either)
    return found


def _held(word: str, column: str, alias: str) -> Q:
    """The folded column is asked always, since it has the index; the accents are looked at besides."""
    folded = Q(**{f"{alias}__contains": text.fold(word)})
    return folded & Q(**{f"{column}__icontains": word}) if text.fold(word) != word.casefold() else folded
