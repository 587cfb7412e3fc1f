"""Keys by which QR codes of trips are signed; barriers hold the public halves and need no network."""

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
