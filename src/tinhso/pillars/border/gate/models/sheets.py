"""Spreadsheets of declarations that firms send; each file once, each row at most one trip."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.parties import Enterprise
from tinhso.pillars.border.gate.models.trips import Trip


class DeclarationSheet(models.Model):
    """A file of declarations. Its rows hold numbers of papers, so they are kept encrypted, and for some days only.

    `digest` is the SHA-256 of the file: sent again by the same firm it is the same sheet.
    """

    access_scope = Scope(agency="firm_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    firm = models.ForeignKey(Enterprise, models.PROTECT, related_name="+")
    digest = models.CharField(max_length=64)
    name = models.CharField(_("file name"), max_length=160)
    sealed = models.BinaryField(null=True)
    sent_at = models.DateTimeField(_("sent at"))
    sent_by = models.UUIDField()
    kept_at = models.DateTimeField(_("declared at"), null=True)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["firm", "digest"], name="border_gate_sheet_once")]

    def __str__(self) -> str:
        return self.name


class DeclarationRow(models.Model):
    """One row of a sheet by its number in the file: what stands in its way, or the trip that was made of it."""

    sheet = models.ForeignKey(DeclarationSheet, models.CASCADE, related_name="rows", db_index=False)
    number = models.PositiveIntegerField(_("row number"))
    problems = models.JSONField(default=list)
    trip = models.OneToOneField(Trip, models.PROTECT, null=True, related_name="+")

    class Meta:
        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["sheet", "number"], name="border_gate_sheet_row_once")]

    def __str__(self) -> str:
        return f"{self.sheet_id}: {self.number}"
