"""What came of a play: its figures, and the limits that did not hold."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any


@dataclass
class Outcome:
    """Figures of a scenario, and every limit that was broken, in words."""

    figures: dict[str, Any] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)

    def must(self, holds: bool, limit: str) -> None:
        """Note a limit that does not hold."""
        if not holds:
            self.broken.append(limit)
