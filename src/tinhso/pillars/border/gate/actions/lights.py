"""The light of each system and machine: when it answered last, when and how it failed last."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.adapters.faults import Unreachable
from tinhso.pillars.border.gate.models import MachineLight

Answer = TypeVar("Answer")


def ask(system: str, question: Callable[[], Answer], *, place: str = "") -> Answer:
    """Put the question and keep whether it was answered. Raises Unreachable, with the failure kept."""
    try:
        answer = question()
    except Unreachable as silent:
        failed(system, str(silent), place=place)
        raise
    answered(system, place=place)
    return answer


def answered(system: str, *, place: str = "") -> None:
    """It works now."""
    _keep(system, place, answered_at=clock.real())


def failed(system: str, why: str, *, place: str = "") -> None:
    """It did not answer, or not rightly."""
    _keep(system, place, failed_at=clock.real(), failure=why[:120])


def _keep(system: str, place: str, **news: object) -> None:
    MachineLight.objects.update_or_create(system=system, place=place, defaults=news)
