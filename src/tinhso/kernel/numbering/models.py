"""The last number given out of each book in each year."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Book(models.Model):
    """A book of numbers of one year; the row is locked while a number is taken."""

    code = models.CharField(_("book"), max_length=80)
    year = models.PositiveSmallIntegerField(_("year"))
    last = models.PositiveBigIntegerField(_("last number"), default=0)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["code", "year"], name="book_of_a_year")]

    def __str__(self) -> str:
        return f"{self.code}/{self.year}: {self.last}"


class Number(models.Model):
    """A number taken: who took it and when. Its key refuses a second one."""

    book = models.ForeignKey(Book, models.PROTECT, related_name="numbers")
    number = models.PositiveBigIntegerField(_("number"))
    taken_at = models.DateTimeField(_("taken at"))
    taken_by = models.UUIDField(_("taken by"))

    class Meta:
        constraints = [models.UniqueConstraint(fields=["book", "number"], name="number_once")]

    def __str__(self) -> str:
        return f"{self.number}"
