"""Who acts. Every change names one actor: a person, a machine, a link driver or the platform itself."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal
from uuid import UUID

ActorKind = Literal["person", "machine", "link", "system", "nobody"]


@dataclass(frozen=True, slots=True)
class Actor:
    """The one who acts; `id` is what grants, history and audit hold, `name` is only for people to read."""

    id: UUID
    kind: ActorKind
    name: str = ""


SYSTEM = Actor(UUID("00000000-0000-7000-8000-000000000001"), "system", "Tỉnh Số")
NOBODY = Actor(UUID("00000000-0000-7000-8000-000000000000"), "nobody", "")
