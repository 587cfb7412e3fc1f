"""The trail and its seals. Both are written by database functions and the sealer only, never through the ORM."""

from __future__ import annotations

import json

from django.contrib.postgres.fields import ArrayField
from django.db import models


class Entry(models.Model):
    """One thing done: who, what, on which record, when. Ids only, no person's name.

    The table's key is (epoch, tx, id), the order of sealing; `id` alone is unique as well.
    """

    id = models.BigIntegerField(primary_key=True)
    epoch = models.SmallIntegerField()
    at = models.DateTimeField()
    written_at = models.DateTimeField()
    actor = models.UUIDField()
    action = models.TextField()
    kind = models.TextField()
    record_id = models.UUIDField(null=True)
    version = models.IntegerField(null=True)
    payload = models.TextField()

    class Meta:
        managed = False
        db_table = "kernel_audit_entry"

    def __str__(self) -> str:
        return f"{self.id} {self.action}"


class Seal(models.Model):
    """A signed group of entries, chained to the group before."""

    no = models.BigIntegerField(primary_key=True)
    last_epoch = models.SmallIntegerField()
    last_id = models.BigIntegerField()
    n = models.IntegerField()
    ids = ArrayField(models.BigIntegerField())
    leaves = models.BinaryField()
    prev = models.BinaryField()
    hash = models.BinaryField()
    key = models.TextField()
    signature = models.BinaryField()
    sealed_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "kernel_audit_seal"

    def __str__(self) -> str:
        return f"seal {self.no}"


class Verification(models.Model):
    """How a whole reading of the trail went: once a day, and when an operator asks."""

    at = models.DateTimeField(db_index=True)
    seals = models.BigIntegerField()
    entries = models.BigIntegerField()
    findings = models.JSONField(default=list)

    def __str__(self) -> str:
        return f"{self.at}: {len(self.findings)} findings"

    @property
    def holds(self) -> bool:
        return not self.findings


class DayRoot(models.Model):
    """What is published of one chapter of a day: the Merkle root over its sealed entries, signed by the sealer.

    `statement` is the very text that is signed. Written by the sealer only.
    """

    no = models.BigIntegerField(primary_key=True)
    book = models.TextField()
    chapter = models.TextField()
    day = models.DateField()
    ids = ArrayField(models.BigIntegerField())
    root = models.BinaryField()
    statement = models.TextField()
    key = models.TextField()
    signature = models.BinaryField()

    class Meta:
        managed = False
        db_table = "kernel_audit_dayroot"

    def __str__(self) -> str:
        return f"{self.book} {self.chapter} {self.day}"

    @property
    def shown_root(self) -> str:
        return bytes(self.root).hex()

    @property
    def count(self) -> int:
        """How many entries the root covers."""
        return int(json.loads(self.statement)["entries"])
