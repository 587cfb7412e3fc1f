"""Keys by which QR codes of trips are signed, public halves for barriers without network; where codes were used."""

from __future__ import annotations

from datetime import datetime

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.db import models

from tinhso.pillars.border.gate.models import sealing


class QrKey(models.Model):
    """An Ed25519 key: the newest that is not retired signs, all verify until `retired_at`."""

    key_id = models.BinaryField(max_length=4, primary_key=True)
    public = models.BinaryField(max_length=32)
    private_sealed = models.BinaryField(max_length=256)
    made_at = models.DateTimeField()
    retired_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ["-made_at"]

    def __str__(self) -> str:
        return bytes(self.key_id).hex()

    @classmethod
    def fresh(cls, *, at: datetime) -> QrKey:
        """A new key, not stored; its id is the beginning of its public half."""
        private = Ed25519PrivateKey.generate()
        public = private.public_key().public_bytes_raw()
        return cls(
            key_id=public[:4], public=public, private_sealed=sealing.seal(private.private_bytes_raw()), made_at=at
        )

    def private_key(self) -> Ed25519PrivateKey:
        return Ed25519PrivateKey.from_private_bytes(sealing.unseal(self.private_sealed))

    def public_key(self) -> Ed25519PublicKey:
        return Ed25519PublicKey.from_public_bytes(bytes(self.public))


class QrUse(models.Model):
    """A code that opened a control point: once for each step on each leg, so that a copy opens nothing.

    Rows are only added. A vehicle that passes the same barrier in another step (out over the line, back in) or on its
    second leg passes with the same code; one that was diverted away and back again is let in by its plate.
    """

    nonce = models.CharField(max_length=16)
    control_point = models.ForeignKey("border_gate.ControlPoint", models.PROTECT, related_name="+", db_index=False)
    step = models.CharField(max_length=16)
    leg = models.SmallIntegerField()
    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="+", db_index=False)
    used_at = models.DateTimeField()
    used_by = models.UUIDField()

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["nonce", "control_point", "step", "leg"], name="border_gate_code_once_at_a_point"
            )
        ]

    def __str__(self) -> str:
        return f"{self.control_point_id} {self.step}"
