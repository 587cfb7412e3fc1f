"""Tell the live pages what has changed: ids only, a line for each record, as little as will do.

Payload on channel `tinhso_live`: lines of `name record_id version`, version `-` when there is none.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from tinhso.kernel.events.event import Event

CHANNEL = "tinhso_live"
LIMIT = 7_900  # bytes; PostgreSQL takes fewer than 8,000


def payloads(events: Iterable[Event]) -> Iterator[str]:
    """Payloads within the limit; of several equal events of a record the last one speaks."""
    latest = {(event.name, event.record_id): event for event in events}
    lines: list[str] = []
    size = 0
    for event in latest.values():
        version = "-" if event.version is None else event.version
        line = f"{event.name} {event.record_id} {version}"
        if size + len(line.encode()) + 1 > LIMIT:
            yield "\n".join(lines)
            lines, size = [], 0
        lines.append(line)
        size += len(line.encode()) + 1
    if lines:
        yield "\n".join(lines)
