"""Ask for the places of one hour from many threads at once."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

from django.db import connection

from tinhso.cli.bench.firing import noon
from tinhso.cli.bench.inside.pace import Record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.flow import FLOWS, Flow, StepRefused

FULL = "BG-014"
SAME_PLACE = """
select t.id, t.point_id, t.direction from border_gate_trip t
where t.code like '%%B0%%' and t.state = 'accepted' order by t.id
"""


def run(actor: str, places: int, at_once: int) -> dict[str, Any]:
    """Every waiting trip asks for the same hour; tells how many got a place, and how long it took."""
    by, at = Actor(UUID(actor), "machine", "bench"), noon()
    with connection.cursor() as cursor:
        cursor.execute(SAME_PLACE)
        rows = cursor.fetchall()
        slot = make_hour(cursor, rows[0][1], rows[0][2], places, at)
    begun = time.monotonic()
    with ThreadPoolExecutor(at_once) as pool:
        answers = list(pool.map(lambda row: _ask(row[0], slot, by, at), rows))
    seconds = round(time.monotonic() - begun, 2)
    with connection.cursor() as cursor:
        cursor.execute("select booked from border_gate_slotwindow where id = %s::uuid", [slot])
        counted = cursor.fetchone()[0]
    refused = sum(answer == FULL for answer in answers)
    return {"booked": answers.count(""), "refused": refused, "counted": counted, "seconds": seconds}


def make_hour(cursor: Any, point: UUID, direction: str, places: int, at: datetime) -> UUID:
    """An hour of so many places, the next one after that moment; gives its id."""
    slot = uuid7()
    cursor.execute(
        "insert into border_gate_slotwindow"
        " (id, point_id, direction, goods_group, begins_at, ends_at, capacity, booked, kept, is_open)"
        " values (%s::uuid, %s::uuid, %s::text, 'ANY', %s::timestamptz, %s::timestamptz, %s::integer, 0, 0, true)",
        [slot, point, direction, at + timedelta(hours=1), at + timedelta(hours=2), places],
    )
    return slot


def _ask(pk: UUID, slot: UUID, by: Actor, at: datetime) -> str:
    """Empty when the place was given, else the code of the refusal."""
    flow = FLOWS.get("border_gate.trip")
    assert isinstance(flow, Flow)
    record: Any = Record(pk)
    try:
        flow.fire(record, "book_slot", by=by, at=at, slot=str(slot))
    except StepRefused as refusal:
        return str(refusal.code)
    finally:
        connection.close()
    return ""
