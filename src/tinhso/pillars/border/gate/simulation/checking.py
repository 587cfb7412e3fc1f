"""What the forces do with a vehicle's checks in the simulation, and what befalls one whose fate it is. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from tinhso.pillars.border.gate.simulation.seen import Move, Seen, Task, Times

FAILS = "Chứng từ hoặc mẫu hàng chưa đạt, chờ bổ sung (DEMO)"
TREATS = "Phát hiện sinh vật gây hại, đưa đi xử lý (DEMO)"
FAULTS = "Số tờ khai hải quan ghi chưa đúng, sửa theo tờ khai (DEMO)"


def task_moves(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    """What comes next of a check."""
    found = TASKS.get(task.state)
    if found:
        yield from found(seen, task, times)


def _take(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    # The driver's way out is looked at when the truck is empty, or has what it came for.
    if task.kind == "PERSON" and task.stage == "EXIT" and (seen.balance_kg or seen.is_to_be_loaded):
        return
    begins = max(task.since, seen.yard_in, seen.unloaded if task.stage == "EXIT" else 0.0)
    wait = seen.draw.minutes("task.wait", task.kind + task.stage)
    yield Move("task.take", task.force, times.on_shift(begins + wait), task.id)


def _decide(seen: Seen, task: Task, times: Times) -> Iterator[Move]:
    due = times.on_shift(task.since + seen.draw.minutes(f"task.{task.kind}", task.stage))
    if seen.fate == "fault" and task.kind == "CUSTOMS_DOC" and not seen.amended:
        yield from _fault(seen, task, due, times)
    else:
        yield Move(_word(seen, task), task.force, due, task.id)


def _fault(seen: Seen, task: Task, due: float, times: Times) -> Iterator[Move]:
    """Customs find a wrong number; the firm corrects it, customs consent, and the papers are looked at on."""
    fault = seen.around.fault
    if fault is None:
        yield Move("fault.want", task.force, due, seen.id)
    elif fault.consent_of:
        asked = fault.since + seen.draw.minutes("fault.consent")
        yield Move("fault.consent", fault.consent_of, times.on_shift(asked), fault.id)
    else:
        yield Move("fault.amend", "BROKER", fault.since + seen.draw.minutes("fault.amend"), seen.id)


def _word(seen: Seen, task: Task) -> str:
    """What the officer says: passed, unless the vehicle's fate is another and has not been met yet."""
    kinds = {one.kind for one in seen.tasks}
    quarantine = next((kind for kind in ("PLANT_Q", "ANIMAL_Q") if kind in kinds), "")
    if task.note or seen.leg == 2:
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


TASKS: dict[str, Callable[[Seen, Task, Times], Iterator[Move]]] = {
    "open": _take,
    "in_progress": _decide,
    "failed": _after_failing,
    "treating": _after_treatment,
}
