"""What has been taken of a book."""

from __future__ import annotations

from tinhso.kernel.numbering.models import Book, Number


def last_number(book: str, year: int) -> int:
    """The last number taken; 0 when none was."""
    return Book.objects.filter(code=book, year=year).values_list("last", flat=True).first() or 0


def gaps(book: str, year: int) -> list[int]:
    """Numbers up to the last one that nobody holds: always empty, asked by checks."""
    held = set(Number.objects.filter(book__code=book, book__year=year).values_list("number", flat=True))
    return sorted(set(range(1, last_number(book, year) + 1)) - held)
