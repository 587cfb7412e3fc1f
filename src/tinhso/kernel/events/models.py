"""Events on their way: the outbox, who has had what, and what a handler could not take."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _


class Outbox(models.Model):
    """An event that waits for its handlers. Written by database functions only; gone once delivered."""

    id = models.BigIntegerField(primary_key=True)
    shard = models.SmallIntegerField()
    record_kind = models.TextField()
    record_id = models.UUIDField()
    version = models.IntegerField(null=True)
    name = models.TextField()
    at = models.DateTimeField()
    actor = models.UUIDField()
    payload = models.JSONField()
    created_at = models.DateTimeField()

    class Meta:
        managed = False
        db_table = "kernel_events_outbox"

    def __str__(self) -> str:
        return f"{self.id} {self.name}"


class Shard(models.Model):
    """One of the sixteen lanes; a record's events all take the same lane, and one relay at a time holds it."""

    no = models.SmallIntegerField(primary_key=True)
    delivered = models.BigIntegerField()
    delivered_at = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "kernel_events_shard"

    def __str__(self) -> str:
        return str(self.no)


class Delivery(models.Model):
    """This handler has had this event: kept for a day, so that no event reaches a handler twice."""

    pk = models.CompositePrimaryKey("event_id", "handler")
    event_id = models.BigIntegerField()
    handler = models.CharField(max_length=200)
    delivered_at = models.DateTimeField()

    class Meta:
        indexes: ClassVar = [models.Index(fields=["delivered_at"], name="kernel_events_delivered")]

    def __str__(self) -> str:
        return f"{self.event_id} {self.handler}"


class Held(models.Model):
    """An event that one handler has not taken yet: to be tried again, or dead until an operator decides.

    Later events of the same record wait behind it for that handler only, with no `due_at` of their own.
    """

    id = models.BigAutoField(primary_key=True)
    event_id = models.BigIntegerField(_("event"))
    handler = models.CharField(_("handler"), max_length=200)
    shard = models.SmallIntegerField()
    record_kind = models.TextField()
    record_id = models.UUIDField(_("record"))
    version = models.IntegerField(null=True)
    name = models.TextField(_("name"))
    at = models.DateTimeField()
    actor = models.UUIDField()
    payload = models.JSONField()
    tries = models.IntegerField(_("tries"), default=0)
    due_at = models.DateTimeField(_("next try"), null=True)
    dead_at = models.DateTimeField(_("given up at"), null=True)
    error = models.TextField(_("error"), default="", blank=True)
    held_at = models.DateTimeField(_("held since"))

    class Meta:
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["handler", "record_id", "event_id"], name="kernel_events_held_once")
        ]
        indexes: ClassVar = [
            models.Index(fields=["shard", "due_at"], name="kernel_events_due", condition=models.Q(dead_at=None))
        ]

    def __str__(self) -> str:
        return f"{self.event_id} {self.handler}"
