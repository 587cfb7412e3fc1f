"""Dry runs that somebody asked for are played in the background."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.modules.declare import every
from tinhso.kernel.rulebook import rehearsing


@every(seconds=2, name="kernel_rulebook.play_asked")
def play_asked(at: datetime) -> None:
    rehearsing.play_asked()
