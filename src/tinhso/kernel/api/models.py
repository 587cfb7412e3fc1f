"""What the API remembers: answers given under idempotency keys."""

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
