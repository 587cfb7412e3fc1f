"""What goes wrong with systems of others: they are slow, they are wrong, they are down.

Deterministic: the same seed, system and question always meet the same fate, so that a test can be repeated.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from random import Random


class Unreachable(Exception):
    """The other system does not answer: the officer goes on by hand, and the link's light turns red."""

    def __init__(self, system: str) -> None:
        self.system = system
        super().__init__(f"{system} does not answer")


@dataclass(slots=True)
class Faults:
    """Shares (0 to 1) of questions that fail, answer late or answer wrong. `down` switches the system off."""

    seed: int = 2026
    failing: float = 0.0
    slow: float = 0.0
    wrong: float = 0.0
    slow_seconds: float = 4.0
    down: bool = False
    sleep: Callable[[float], None] = field(default=time.sleep)

    def meet(self, system: str, question: str) -> Random:
        """Suffer what this question has to suffer; the chance by which the answer is made. Raises Unreachable."""
        chance = Random(f"{self.seed}/{system}/{question}")  # noqa: S311
        if self.down or chance.random() < self.failing:
            raise Unreachable(system)
        if chance.random() < self.slow:
            self.sleep(self.slow_seconds)
        return chance

    def is_wrong(self, chance: Random) -> bool:
        """Whether this answer is a wrong one."""
        return chance.random() < self.wrong
