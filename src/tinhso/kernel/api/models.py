"""What the API remembers: answers given under idempotency keys, and how much each caller asked lately."""

from __future__ import annotations

from django.db import models


class GivenAnswer(models.Model):
    """The first answer under an idempotency key of one actor, replayed when the same request comes again."""

    actor = models.UUIDField()
    key = models.CharField(max_length=100)
    digest = models.BinaryField(max_length=32)
    status = models.SmallIntegerField(null=True)
    headers = models.JSONField(default=dict)
    content = models.BinaryField(null=True)
    kept_until = models.DateTimeField(db_index=True)

    class Meta:
        db_table = "kernel_api_given_answer"
        constraints = [models.UniqueConstraint(fields=["actor", "key"], name="kernel_api_key_once")]

    def __str__(self) -> str:
        return self.key


class Bucket(models.Model):
    """Tokens left to one caller (an actor's id or an address). Unlogged: a crash forgives."""

    name = models.CharField(primary_key=True, max_length=80)
    tokens = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "kernel_api_bucket"

    def __str__(self) -> str:
        return self.name
