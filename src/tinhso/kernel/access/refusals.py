"""Refusals leave a trace."""

from __future__ import annotations

from typing import Any


def record(*args: Any, **kwargs: Any) -> None:
    """Later."""
