"""Logs: one line of key=value for each event, with a plain traceback; no colours, no local variables.

Local variables of a traceback may hold what people typed; a log must never.
"""

from __future__ import annotations

from typing import Any

import structlog

_line = structlog.processors.KeyValueRenderer(key_order=["timestamp", "level", "event"])


def configure() -> None:
    """Set structlog up for every process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            _told,
        ],
        wrapper_class=structlog.make_filtering_bound_logger(20),
        cache_logger_on_first_use=True,
    )


def _told(logger: Any, method: str, event: Any) -> str:
    """The line, and under it the traceback as Python writes it."""
    traceback = event.pop("exception", "")
    line = str(_line(logger, method, event))
    return f"{line}\n{traceback}" if traceback else line
