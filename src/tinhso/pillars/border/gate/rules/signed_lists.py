"""What a signed list of checks says, and the digest over it."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from typing import Protocol
from uuid import UUID

from tinhso.kernel.base.plain import canonical

KIND = "border_gate.signed_list"
SIGNED = "border_gate.sign_list"


class Line(Protocol):
    """One check on the list."""

    def says(self) -> Sequence[str | int]: ...


class Listed(Protocol):
    """The list without its lines."""

    id: UUID
    number: str
    force_id: UUID
    point_id: UUID
    signed_at: datetime
    signed_by: UUID


def digest_of(signed: Listed, lines: Iterable[Line]) -> str:
    """SHA-256 in hexadecimal digits over what the list says, as canonical JSON."""
    says = {
        "id": str(signed.id),
        "number": signed.number,
        "force": str(signed.force_id),
        "point": str(signed.point_id),
        "signed_at": signed.signed_at.astimezone(UTC).isoformat(),
        "signed_by": str(signed.signed_by),
        "lines": sorted(list(line.says()) for line in lines),
    }
    return hashlib.sha256(canonical(says).encode()).hexdigest()
