"""What a vehicle's next steps are, who does them and when: decided from what is stored. Pure: no database.

Moments are minutes of the model. A step is due at the moment of the state before it plus a time drawn for this
vehicle, so that a restart, or a step done by a person in between, changes nothing of the rest.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any, Protocol
from uuid import UUID

from tinhso.pillars.border.gate.simulation.durations import Draw
from tinhso.pillars.border.gate.simulation.plan import EXPORT

GOODS_CHECKS = ("PLANT_Q", "ANIMAL_Q", "CUSTOMS_DOC", "CUSTOMS_INSPECT")
SETTLED = ("paid", "waived", "deferred")
FAILS = "Chứng từ hoặc mẫu hàng chưa đạt, chờ bổ sung (DEMO)"
TREATS = "Phát hiện sinh vật gây hại, đưa đi xử lý (DEMO)"
REVOKES = "Quá hạn hiệu lực thông quan, xác nhận lại (DEMO)"
TURNS = "Chủ hàng xin quay đầu sau kiểm tra (DEMO)"
FIXES = "Số tờ khai hải quan chưa rõ, đề nghị sửa (DEMO)"


class Times(Protocol):
    """When people work; see `timeline.Timeline`."""

    def on_shift(self, minute: float) -> float: ...
    def when_open(self, point: str, direction: str, minute: float, *, before_closing: float = 1.0) -> float: ...


@dataclass(frozen=True, slots=True)
class Move:
    """One step: what, by which role, when at the earliest, of which record."""

    verb: str
    role: str
    due: float
    target: UUID
    facts: dict[str, Any] = field(default_factory=dict)

    @property
    def key(self) -> tuple[str, UUID]:
        return self.verb, self.target


@dataclass(frozen=True, slots=True)
class Task:
    """A check as it stands; `since` is the minute of its state."""

    id: UUID
    kind: str
    stage: str
    force: str
    state: str
    since: float
    note: str


@dataclass(frozen=True, slots=True)
class Held:
    """A hold in force."""

    id: UUID
    force: str
    since: float
    note: str


@dataclass(slots=True)
class Seen:
    """A vehicle's trip as it stands, with what lies over it. Moments in minutes."""

    id: UUID
    day: str
    number: int
    version: int
    state: str
    since: float
    point: str
    direction: str
    plate: str
    fate: str
    books: bool
    arrives: float
    undeclared: bool
    has_slot: bool
    misses: int
    accepted: float
    yard_in: float
    unloaded: float
    release_expires: float
    load_kg: int
    balance_kg: int
    holds: int
    fee_state: str
    tasks: list[Task] = field(default_factory=list)
    held: list[Held] = field(default_factory=list)
    fee: tuple[UUID, float] | None = None
    unloading: float | None = None

    @property
    def draw(self) -> Draw:
        return Draw(self.day, self.number)

    @property
    def is_export(self) -> bool:
        return self.direction == EXPORT


def moves(seen: Seen, times: Times) -> list[Move]:
    """All steps that may be done next; none when the vehicle waits for others or has ended."""
    found = BY_STATE.get(seen.state)
    return list(found(seen, times)) if found else []


def _trip(step: str, role: str, due: float, seen: Seen, **facts: Any) -> Move:
    return Move(f"trip.{step}", role, due, seen.id, facts)


def _draft(seen: Seen, times: Times) -> Iterator[Move]:
    if seen.undeclared:
        yield Move("late", "BROKER", seen.since + seen.draw.minutes("late.declare"), seen.id)
    else:
        yield Move("submit", "BROKER", seen.since + 5, seen.id)


def _submitted(seen: Seen, times: Times) -> Iterator[Move]:
    due = times.on_shift(seen.since + seen.draw.minutes("accept.person"))
    # Version 2 was never sent back: one in three is, once.
    if seen.version <= 2 and seen.draw.part("fix") < 1 / 3:
        yield Move("fix", "BQLKKT", due, seen.id)
    else:
        yield Move("accept", "BQLKKT", due, seen.id)


def _to_be_corrected(seen: Seen, times: Times) -> Iterator[Move]:
    yield Move("resubmit", "BROKER", seen.since + seen.draw.minutes("fix.firm"), seen.id)


def _accepted(seen: Seen, times: Times) -> Iterator[Move]:
    if not seen.is_export:
        due = max(seen.arrives, seen.accepted + 5) + seen.draw.minutes("line.wait")
        yield _trip("cross_in", "BIENPHONG", times.when_open(seen.point, "N", due), seen, plate=seen.plate)
    elif seen.undeclared:
        yield _trip("enter_buffer", "BUFFER", seen.accepted + seen.draw.minutes("to.yard"), seen, plate=seen.plate)
    elif seen.fate == "cancel":
        yield _trip("cancel", "BROKER", seen.accepted + seen.draw.minutes("cancel"), seen)
    else:
        yield from _setting_out(seen, times)


def _setting_out(seen: Seen, times: Times) -> Iterator[Move]:
    departs = max(seen.accepted + 1, seen.arrives - seen.draw.minutes("travel.inland"))
    if seen.books and not seen.has_slot:
        due = times.when_open(seen.point, "X", seen.accepted + seen.draw.minutes("book.slot"))
        yield Move("book", "BROKER", due, seen.id, {"minute": seen.arrives})
    # Who booked and does not come ends by the timer of no-shows.
    if not (seen.fate == "no_show" and seen.has_slot):
        yield _trip("depart", "DRIVER", departs, seen)


def _on_the_way(seen: Seen, times: Times) -> Iterator[Move]:
    yield _trip("enter_buffer", "BUFFER", seen.since + seen.draw.minutes("travel.inland"), seen, plate=seen.plate)


def _called(seen: Seen, times: Times) -> Iterator[Move]:
    if seen.fate == "late_call" and not seen.misses:
        return
    due = seen.since + seen.draw.minutes("travel.called", str(seen.misses))
    yield _trip("arrive", "BIENPHONG", times.when_open(seen.point, "X", due), seen, plate=seen.plate)


def _to_the_yard(seen: Seen, times: Times) -> Iterator[Move]:
    yield _trip("yard_in", "YARD", seen.since + seen.draw.minutes("to.yard"), seen)


def _in_the_yard(seen: Seen, times: Times) -> Iterator[Move]:
    for task in seen.tasks:
        yield from _task(seen, task, times)
    if seen.fee_state == "assessed" and seen.fee:
        due = times.on_shift(seen.yard_in + seen.draw.minutes("fee.pay"))
        yield Move("pay", "BQLKKT", due, seen.fee[0])
    if not seen.is_export and seen.balance_kg:
        yield from _unloading(seen, times)
    yield from _release(seen, times)


def _task(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    found = TASKS.get(task.state)
    if found:
        yield from found(seen, task, times)


def _take(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    # The driver's way out is looked at when the truck is empty.
    if task.kind == "PERSON" and task.stage == "EXIT" and not seen.is_export and seen.balance_kg:
        return
    begins = max(task.since, seen.yard_in, seen.unloaded if task.stage == "EXIT" else 0.0)
    wait = seen.draw.minutes("task.wait", task.kind + task.stage)
    yield Move("task.take", task.force, times.on_shift(begins + wait), task.id)


def _decide(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    due = times.on_shift(task.since + seen.draw.minutes(f"task.{task.kind}", task.stage))
    yield Move(_word(seen, task), task.force, due, task.id)


def _word(seen: Seen, task: Task) -> str:
    """What the officer says: passed, unless the vehicle's fate is another and has not been met yet."""
    kinds = {one.kind for one in seen.tasks}
    quarantine = next((kind for kind in ("PLANT_Q", "ANIMAL_Q") if kind in kinds), "")
    if task.note:
        return "task.pass"
    if seen.fate == "red" and task.kind == "CUSTOMS_DOC" and "CUSTOMS_INSPECT" not in kinds:
        return "red"
    if seen.fate in ("fail", "turned") and task.kind == (quarantine or "CUSTOMS_DOC"):
        return "fail"
    return "treat" if seen.fate == "treat" and task.kind == quarantine else "task.pass"


def _after_failing(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    """The model mends only what it has broken itself: what people failed or held is theirs."""
    if task.note != FAILS:
        return
    if seen.fate == "turned" and seen.is_export:
        due = times.on_shift(task.since + seen.draw.minutes("turn.back"))
        yield Move("turn_back", "BQLKKT", due, seen.id)
        return
    holds = [one for one in seen.held if one.force == task.force and one.note == FAILS]
    for hold in holds:
        yield Move("lift", hold.force, times.on_shift(hold.since + seen.draw.minutes("hold.lift")), hold.id)
    if not holds:
        yield Move("reopen", "SYSTEM", task.since, task.id)


def _after_treatment(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    if task.note == TREATS:
        due = times.on_shift(task.since + seen.draw.minutes("treat"))
        yield Move("task.recheck", task.force, due, task.id)


def _unloading(seen: Seen, times: Times) -> Iterator[Move]:
    goods = [task for task in seen.tasks if task.kind in GOODS_CHECKS]
    if seen.unloading is None:
        if goods and all(task.state == "passed" for task in goods):
            due = max(task.since for task in goods) + seen.draw.minutes("unload")
            yield Move("unload.record", "YARD", times.on_shift(due), seen.id, {"kg": seen.load_kg})
        return
    due = times.on_shift(seen.unloading + seen.draw.minutes("unload.confirm"))
    yield Move("unload.confirm", "HAIQUAN", due, seen.id)


def _release(seen: Seen, times: Times) -> Iterator[Move]:
    undone = [task for task in seen.tasks if task.state not in ("passed", "not_needed")]
    if undone or seen.holds or seen.fee_state not in SETTLED or (seen.balance_kg and not seen.is_export):
        return
    ready = max([seen.since, seen.unloaded, *(task.since for task in seen.tasks), seen.fee[1] if seen.fee else 0.0])
    step = "release_out" if seen.is_export else "release_empty_back"
    yield _trip(step, "HAIQUAN", times.on_shift(ready + seen.draw.minutes("release")), seen)


def _released(seen: Seen, times: Times) -> Iterator[Move]:
    due = times.when_open(seen.point, seen.direction, seen.since + seen.draw.minutes("to.line"))
    if due >= seen.release_expires:
        yield _trip("revoke_release", "HAIQUAN", due, seen, reason=REVOKES, reason_code="DOC_MISMATCH")
    else:
        yield _trip("cross_out", "BIENPHONG", due, seen, plate=seen.plate)


def _abroad(seen: Seen, times: Times) -> Iterator[Move]:
    if seen.is_export:
        due = times.when_open(seen.point, "N", seen.since + seen.draw.minutes("return.empty"))
        if seen.fate == "refused":
            yield Move("refused", "BIENPHONG", due, seen.id, {"plate": seen.plate})
        else:
            yield _trip("return_in", "BIENPHONG", due, seen, plate=seen.plate, load_state="EMPTY")


def _back(seen: Seen, times: Times) -> Iterator[Move]:
    """Whose goods were refused abroad is checked by quarantine and customs before the trip is closed."""
    checks = [task for task in seen.tasks if task.stage == "RETURN"]
    for task in checks:
        yield from _task(seen, task, times)
    if all(task.state == "passed" for task in checks):
        ready = max([seen.since, *(task.since for task in checks)])
        yield _trip("close_return", "BIENPHONG", ready + seen.draw.minutes("return.close"), seen)


BY_STATE: dict[str, Callable[[Seen, Times], Iterator[Move]]] = {
    "draft": _draft,
    "submitted": _submitted,
    "fix_requested": _to_be_corrected,
    "accepted": _accepted,
    "en_route": _on_the_way,
    "called": _called,
    "arrived": _to_the_yard,
    "crossed_in": _to_the_yard,
    "in_yard": _in_the_yard,
    "released": _released,
    "crossed_out": _abroad,
    "returned_in": _back,
}
TASKS: dict[str, Callable[[Seen, Task, Times], Iterator[Move]]] = {
    "open": _take,
    "in_progress": _decide,
    "failed": _after_failing,
    "treating": _after_treatment,
}
