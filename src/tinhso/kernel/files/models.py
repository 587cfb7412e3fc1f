"""Files by their content, and to which records they belong."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7


class Content(models.Model):
    """Bytes kept once, however many records refer to them; `digest` is the hexadecimal SHA-256."""

    UNSCANNED, CLEAN, INFECTED = "unscanned", "clean", "infected"
    VERDICTS: ClassVar[list[tuple[str, Any]]] = [
        (UNSCANNED, _("not scanned for malware")),
        (CLEAN, _("scanned, nothing found")),
        (INFECTED, _("malware found, locked")),
    ]

    digest = models.CharField(primary_key=True, max_length=64)
    size = models.BigIntegerField(_("size"))
    media_type = models.CharField(_("type"), max_length=100)
    verdict = models.CharField(max_length=10, choices=VERDICTS, default=UNSCANNED)
    scanned_at = models.DateTimeField(null=True)
    stored_at = models.DateTimeField()

    class Meta:
        indexes = [
            models.Index(fields=["stored_at"], name="kernel_files_unscanned", condition=models.Q(verdict="unscanned"))
        ]

    def __str__(self) -> str:
        return self.digest


class Attachment(models.Model):
    """A file of one record. `original` is the digest of what was sent, before a photo lost its EXIF data.

    `keep_until` is the day from which the file is no longer kept; empty means for as long as the record.
    """

    PUBLIC, INTERNAL, RESTRICTED = "public", "internal", "restricted"
    CLASSES: ClassVar[list[tuple[str, Any]]] = [
        (PUBLIC, _("public")),
        (INTERNAL, _("internal")),
        (RESTRICTED, _("restricted, personal data")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    content = models.ForeignKey(Content, on_delete=models.PROTECT, related_name="attachments")
    kind = models.CharField(max_length=80)
    record_id = models.UUIDField()
    purpose = models.CharField(max_length=60, blank=True, default="")
    name = models.CharField(_("file name"), max_length=200)
    original = models.CharField(max_length=64)
    classification = models.CharField(_("classification"), max_length=10, choices=CLASSES, default=INTERNAL)
    keep_until = models.DateField(_("keep until"), null=True, blank=True)
    at = models.DateTimeField(_("time"))
    added_by = models.UUIDField()

    class Meta:
        indexes = [
            models.Index(fields=["kind", "record_id"], name="kernel_files_of_record"),
            models.Index(
                fields=["keep_until"], name="kernel_files_ending", condition=models.Q(keep_until__isnull=False)
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("kernel_files:download", args=[self.pk])
