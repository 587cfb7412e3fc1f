"""What a vehicle's next steps are, who does them and when: decided from what is stored. Pure: no database.

Moments are minutes of the model. A step is due at the moment of the state before it plus a time drawn for this
vehicle, so that a restart, or a step done by a person in between, changes nothing of the rest. The same holds for
two vehicles of which one takes the other's goods over: each looks at how the other one stands.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

from tinhso.pillars.border.gate.simulation.checking import task_moves
from tinhso.pillars.border.gate.simulation.seen import Move, Other, Seen, Times

SETTLED = ("paid", "waived", "deferred", "not_owed")
REVOKES = "Quá hạn hiệu lực thông quan, xác nhận lại (DEMO)"
FIXES = "Số tờ khai hải quan chưa rõ, đề nghị sửa (DEMO)"
TURNS = "Chủ hàng xin quay đầu sau kiểm tra (DEMO)"
STOPPED = ("failed", "treating")


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
    if seen.version <= 2 and seen.load_kg and seen.draw.part("fix") < 1 / 3:
        yield Move("fix", "BQLKKT", due, seen.id)
    else:
        yield Move("accept", "BQLKKT", due, seen.id)


def _to_be_corrected(seen: Seen, times: Times) -> Iterator[Move]:
    yield Move("resubmit", "BROKER", seen.since + seen.draw.minutes("fix.firm"), seen.id)


def _accepted(seen: Seen, times: Times) -> Iterator[Move]:
    if seen.kind in ("CN_EMPTY_IN", "IMP_VN_PICKUP") and not seen.is_to_be_loaded:
        yield _trip("cancel", "BROKER", max(seen.accepted, seen.since) + seen.draw.minutes("cancel"), seen)
    elif seen.from_abroad:
        yield from _at_the_line(seen, times)
    elif seen.undeclared:
        yield _trip("enter_buffer", "BUFFER", seen.accepted + seen.draw.minutes("to.yard"), seen, plate=seen.plate)
    elif seen.fate == "cancel":
        yield _trip("cancel", "BROKER", seen.accepted + seen.draw.minutes("cancel"), seen)
    else:
        yield from _setting_out(seen, times)


def _at_the_line(seen: Seen, times: Times) -> Iterator[Move]:
    """Over the line; who comes empty for another's goods comes when those are in the yard."""
    comes = max(seen.arrives, seen.accepted + 5)
    if seen.kind == "CN_EMPTY_IN":
        there = [one.yard_in for one in seen.around.givers if one.brings and one.state == "in_yard"]
        if not there:
            return
        comes = max(seen.accepted + 5, *there)
    due = times.when_open(seen.point, seen.direction, comes + seen.draw.minutes("line.wait"))
    yield _trip("cross_in", "BIENPHONG", due, seen, plate=seen.plate)


def _setting_out(seen: Seen, times: Times) -> Iterator[Move]:
    departs = max(seen.accepted + 1, seen.arrives - seen.draw.minutes("travel.inland"))
    if seen.books and not seen.has_slot:
        due = times.when_open(seen.point, "X", seen.accepted + seen.draw.minutes("book.slot"))
        yield Move("book", "BROKER", due, seen.id, {"minute": seen.arrives})
    # Who booked and does not come ends by the timer of no-shows.
    if not (seen.fate == "no_show" and seen.has_slot):
        yield _trip("depart", "DRIVER", departs, seen)


def _on_the_way(seen: Seen, times: Times) -> Iterator[Move]:
    due, area = seen.since + seen.draw.minutes("travel.inland"), seen.draw.part("area")
    yield _trip("enter_buffer", "BUFFER", due, seen, plate=seen.plate, area=area)


def _called(seen: Seen, times: Times) -> Iterator[Move]:
    if seen.fate == "late_call" and not seen.misses:
        return
    due = seen.since + seen.draw.minutes("travel.called", str(seen.misses))
    yield _trip("arrive", "BIENPHONG", times.when_open(seen.point, seen.direction, due), seen, plate=seen.plate)


def _to_the_yard(seen: Seen, times: Times) -> Iterator[Move]:
    yield _trip("yard_in", "YARD", seen.since + seen.draw.minutes("to.yard"), seen)


def _in_the_yard(seen: Seen, times: Times) -> Iterator[Move]:
    for task in seen.tasks:
        yield from task_moves(seen, task, times)
    if seen.fee_state == "assessed" and seen.fee:
        due = times.on_shift(max(seen.yard_in, seen.fee[1]) + seen.draw.minutes("fee.pay"))
        yield Move("pay", "BQLKKT", due, seen.fee[0])
    if seen.balance_kg:
        yield from _unloading(seen, times)
    yield from _release(seen, times)


def _unloading(seen: Seen, times: Times) -> Iterator[Move]:
    """Onto the vehicle that came for the goods; into the warehouse when none comes, or none comes any more."""
    signed = seen.around.unloading
    if signed is not None:
        yield Move("unload.confirm", "HAIQUAN", times.on_shift(signed + seen.draw.minutes("unload.confirm")), seen.id)
        return
    if seen.holds:
        return
    coming = [one for one in seen.around.takers if one.takes]
    taker = next((one for one in coming if one.beside), None)
    if taker is not None or not coming:
        yield from _unload(seen, taker, times)


def _unload(seen: Seen, taker: Other | None, times: Times) -> Iterator[Move]:
    """Imports when their goods have passed; goods for export change trucks at once, and their checks with them."""
    goods = seen.goods_checks
    waits = seen.kind != "EXP_XFER" or taker is None
    if any(task.state in STOPPED or (waits and task.state != "passed") for task in goods) or not goods:
        return
    ready = max(task.since for task in goods) if waits else seen.yard_in
    if taker is None:
        due = times.on_shift(ready + seen.draw.minutes("unload"))
        yield Move("unload.record", "YARD", due, seen.id, {"kg": seen.balance_kg})
    else:
        due = times.on_shift(max(ready, taker.yard_in) + seen.draw.minutes("unload"))
        yield Move("unload.onto", "YARD", due, seen.id, {"kg": seen.balance_kg, "taker": taker.id})


def _release(seen: Seen, times: Times) -> Iterator[Move]:
    undone = [task for task in seen.tasks if task.state not in ("passed", "not_needed")]
    took_nothing = seen.kind == "IMP_VN_PICKUP" and not seen.loaded_kg
    owes = seen.fee_state not in SETTLED and not took_nothing
    if undone or seen.holds or owes or seen.balance_kg or seen.is_to_be_loaded:
        return
    ready = max([seen.since, seen.unloaded, *(task.since for task in seen.tasks), seen.fee[1] if seen.fee else 0.0])
    if took_nothing:
        due = times.on_shift(ready + seen.draw.minutes("turn.back"))
        yield Move("turn_back", "BQLKKT", due, seen.id)
        return
    yield _trip(seen.release, "HAIQUAN", times.on_shift(ready + seen.draw.minutes("release")), seen)


def _released(seen: Seen, times: Times) -> Iterator[Move]:
    due = seen.since + seen.draw.minutes("to.line")
    if seen.released_to == "inland":
        yield _trip("leave_inland", "YARD", times.on_shift(due), seen, plate=seen.plate)
        return
    due = times.when_open(seen.point, seen.direction, due)
    if due >= seen.release_expires:
        yield _trip("revoke_release", "HAIQUAN", due, seen, reason=REVOKES, reason_code="DOC_MISMATCH")
    else:
        yield _trip("cross_out", "BIENPHONG", due, seen, plate=seen.plate)


def _abroad(seen: Seen, times: Times) -> Iterator[Move]:
    """Only who goes over for the day comes back; goods of the way back are declared before."""
    if not seen.crosses_and_returns:
        return
    due = times.when_open(seen.point, "N", seen.since + seen.draw.minutes("return.empty"))
    if seen.fate == "refused":
        yield Move("refused", "BIENPHONG", due, seen.id, {"plate": seen.plate})
    elif seen.two_way and not seen.has_back:
        yield Move("back.declare", "BROKER", seen.since + seen.draw.minutes("back.declare"), seen.id)
    elif seen.has_back:
        yield Move("back.loaded", "BIENPHONG", due, seen.id, {"plate": seen.plate})
    else:
        yield _trip("return_in", "BIENPHONG", due, seen, plate=seen.plate, load_state="EMPTY")


def _back(seen: Seen, times: Times) -> Iterator[Move]:
    """Goods brought back go into the yard; refused ones are checked by quarantine and customs before the end."""
    if seen.load_state == "LOADED":
        yield from _to_the_yard(seen, times)
        return
    checks = [task for task in seen.tasks if task.stage == "RETURN"]
    for task in checks:
        yield from task_moves(seen, task, times)
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
