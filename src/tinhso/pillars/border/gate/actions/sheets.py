"""Many declarations at once: what is wrong with which row, what would come of them, and the good ones made.

A firm's spreadsheet and a program's call go the same way: rows are read by the forms, vehicles and drivers kept,
trips drafted, checked and sent together, in a number of queries that does not grow with the rows.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.rulebook import held
from tinhso.kernel.workflow.flow import StepRefused
from tinhso.pillars.border.gate.actions.declare import Draft, draft_trips, send_trips
from tinhso.pillars.border.gate.actions.firm import Intent, draft_of
from tinhso.pillars.border.gate.actions.fleet import keep_drivers, keep_vehicles
from tinhso.pillars.border.gate.actions.sheet_files import read_sheet
from tinhso.pillars.border.gate.actions.sheet_pairs import Handovers, handovers_of, left_alone, pair_rows
from tinhso.pillars.border.gate.actions.sheet_rows import Problem, located, of_unplated, problem, reader_of
from tinhso.pillars.border.gate.actions.unplated import keep_all_unplated
from tinhso.pillars.border.gate.models import DeclarationRow, DeclarationSheet, Enterprise, Trip, Vehicle, sealing
from tinhso.pillars.border.gate.models.parties import paper_digest
from tinhso.pillars.border.gate.permissions import step_permission
from tinhso.pillars.border.gate.queries.barrier import yard_for
from tinhso.pillars.border.gate.queries.problems import taken, what_stands_against
from tinhso.pillars.border.gate.rules import containers, plates
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.sheets import MOST_ROWS, SheetRow

KEPT_FOR = timedelta(days=3)
TRIES = 4
Wrong = dict[int, list[Problem]]
Good = dict[int, Intent]


@dataclass(frozen=True, slots=True)
class Declared:
    """What came of rows: the trips by row number, and what is wrong with the others."""

    trips: Mapping[int, Trip]
    problems: Mapping[int, list[Problem]]


@held.steady()
def declare_rows(
    *, firm: Enterprise, rows: Sequence[SheetRow], source: str, by: Actor, at: datetime, most: int = MOST_ROWS
) -> Declared:
    """Declare and send the good rows; the others leave nothing behind. Refusals: BG-341 for too many, Forbidden."""
    require(by, step_permission("submit"), firm, at)
    if len(rows) > most:
        raise refuse("BG-341", n=most)
    good, wrong = _read(firm, rows)
    handovers = handovers_of(firm, rows, by=by, at=at)
    for attempt in range(TRIES):
        try:
            trips, found = _tried(firm, good, handovers, source, by, at)
        except StepRefused:
            # Somebody else took a vehicle, driver or container meanwhile: looked at again, the row says so.
            if attempt == TRIES - 1:
                raise
            continue
        if not found:
            return Declared(trips, wrong)
        wrong |= found
        good = {number: intent for number, intent in good.items() if number not in found}
    raise refuse("BG-032", who="…", t="…")


@held.steady()
def preview_rows(
    *, firm: Enterprise, rows: Sequence[SheetRow], source: str, by: Actor, at: datetime
) -> Mapping[int, list[Problem]]:
    """What stands against each row if it were declared now; nothing is changed."""
    require(by, step_permission("submit"), firm, at)
    good, wrong = _read(firm, rows)
    handovers = handovers_of(firm, rows, by=by, at=at)
    with transaction.atomic():
        _trips, found = _tried(firm, good, handovers, source, by, at)
        transaction.set_rollback(True)
    return wrong | found


@transaction.atomic
def take_sheet(*, firm: Enterprise, content: bytes, name: str, by: Actor, at: datetime) -> DeclarationSheet:
    """Take a file in and look at its rows; the same file is the same sheet, and what was declared of it stays.

    Refusals: BG-341 to BG-344 for the file as a whole.
    """
    require(by, step_permission("submit"), firm, at)
    rows = read_sheet(content)
    told = json.dumps([[row.number, dict(row.values), list(row.formulas)] for row in rows], ensure_ascii=False)
    first = {"name": name[:160], "sent_at": at, "sent_by": by.id}
    digest = hashlib.sha256(content).hexdigest()
    sheet, _made = DeclarationSheet.objects.get_or_create(firm=firm, digest=digest, defaults=first)
    sheet = DeclarationSheet.objects.select_for_update(of=("self",)).select_related("firm").get(pk=sheet.pk)
    sheet.sealed = sealing.seal(told.encode())
    sheet.save(update_fields=["sealed"])
    done = set(sheet.rows.exclude(trip=None).values_list("number", flat=True))
    left = [row for row in rows if row.number not in done]
    problems = preview_rows(firm=sheet.firm, rows=left, source="EXCEL", by=by, at=at)
    _note(sheet, left, problems)
    record("border_gate.sheet_taken", by=by, at=at, kind="border_gate.sheet", record_id=sheet.pk, rows=len(rows))
    return sheet


@transaction.atomic
def keep_sheet(*, sheet: DeclarationSheet, by: Actor, at: datetime) -> Declared:
    """Declare the rows that were good when they were looked at; done again it makes nothing twice."""
    stored = DeclarationSheet.objects.select_for_update(of=("self",)).select_related("firm").get(pk=sheet.pk)
    rows = {row.number: row for row in rows_kept(stored)}
    good = stored.rows.filter(trip=None, problems=[]).values_list("number", flat=True)
    wanted = [rows[number] for number in good if number in rows]
    made = declare_rows(firm=stored.firm, rows=wanted, source="EXCEL", by=by, at=at)
    _note(stored, wanted, made.problems, made.trips)
    stored.kept_at = at
    stored.save(update_fields=["kept_at"])
    facts = {"made": len(made.trips), "left": len(made.problems)}
    record("border_gate.sheet_kept", by=by, at=at, kind="border_gate.sheet", record_id=stored.pk, **facts)
    return made


@transaction.atomic
def drop_sheet(*, sheet: DeclarationSheet, by: Actor, at: datetime) -> None:
    """Keep nothing of a file of which nothing was declared; else only what was declared stays."""
    require(by, step_permission("submit"), sheet.firm, at)
    stored = DeclarationSheet.objects.select_for_update(of=("self",)).get(pk=sheet.pk)
    record("border_gate.sheet_dropped", by=by, at=at, kind="border_gate.sheet", record_id=stored.pk)
    stored.rows.filter(trip=None).delete()
    if stored.rows.exists():
        stored.sealed = None
        stored.save(update_fields=["sealed"])
    else:
        stored.delete()


def rows_kept(sheet: DeclarationSheet) -> list[SheetRow]:
    """The rows as they were sent; none once their time is over."""
    if sheet.sealed is None:
        return []
    told: list[Any] = json.loads(sealing.unseal(sheet.sealed))
    return [SheetRow(number, values, tuple(formulas)) for number, values, formulas in told]


def forget_sheets(*, at: datetime) -> int:
    """After some days the rows themselves are let go; how many sheets."""
    return DeclarationSheet.objects.filter(sent_at__lt=at - KEPT_FOR).exclude(sealed=None).update(sealed=None)


def _note(
    sheet: DeclarationSheet,
    rows: Sequence[SheetRow],
    problems: Mapping[int, list[Problem]],
    trips: Mapping[int, Trip] | None = None,
) -> None:
    made = trips or {}
    DeclarationRow.objects.bulk_create(
        (
            DeclarationRow(
                sheet=sheet, number=row.number, problems=problems.get(row.number, []), trip=made.get(row.number)
            )
            for row in rows
        ),
        update_conflicts=True,
        unique_fields=["sheet", "number"],
        update_fields=["problems", "trip"],
    )


def _read(firm: Enterprise, rows: Sequence[SheetRow]) -> tuple[Good, Wrong]:
    """The rows by the forms, and those that take again what a row before has taken."""
    reader = reader_of(firm)
    good: Good = {}
    wrong: Wrong = {}
    seen: dict[tuple[str, str], int] = {}
    for row in rows:
        intent, told = reader.read(row)
        if intent is not None:
            told = _again(intent, row.number, seen)
        if intent is None or told:
            wrong[row.number] = told
        else:
            good[row.number] = intent
    return good, wrong


def _again(intent: Intent, number: int, seen: dict[tuple[str, str], int]) -> list[Problem]:
    """What another row of the same file takes already. A row that is wrong takes nothing."""
    wanted = list(_takes(intent))
    told = [
        problem(refuse("BG-346", field=field, v=shown, n=seen[field_key]))
        for field, field_key, shown in wanted
        if field_key in seen
    ]
    if not told:
        seen.update({key: number for _field, key, _shown in wanted})
    return told


def _takes(intent: Intent) -> list[tuple[str, tuple[str, str], str]]:
    """What can be on one live trip only: the field, by what it is known, and how it is shown."""
    plated = [(field, typed) for field in ("tractor", "trailer") if (typed := getattr(intent, field))]
    boxes = [(field, typed) for field in ("container_no", "second_container_no") if (typed := getattr(intent, field))]
    return [
        *((field, ("plate", plates.read(typed).norm), typed) for field, typed in plated),
        *([("vin", ("vin", intent.vin), intent.vin)] if intent.vin else []),
        *((field, ("container", containers.read(typed)), typed) for field, typed in boxes),
        *_seated(intent),
    ]


def _seated(intent: Intent) -> Iterator[tuple[str, tuple[str, str], str]]:
    if new := intent.new_driver:
        yield "paper_no", ("driver", paper_digest(new.kind, new.number).hex()), new.name
    elif driver := intent.driver:
        yield "paper_no", ("driver", bytes(driver.paper_digest).hex()), str(driver)
    if second := intent.second_driver:
        yield "second_driver", ("driver", bytes(second.paper_digest).hex()), str(second)


def _tried(
    firm: Enterprise, good: Good, handovers: Handovers, source: str, by: Actor, at: datetime
) -> tuple[dict[int, Trip], Wrong]:
    """Declare all of them; when any is refused, nothing is done and what stands against each is told."""
    with transaction.atomic():
        others, strange = handovers.found(good)
        drafts, wrong = _drafts(firm, good, source, by, at)
        made = draft_trips(drafts=list(drafts.values()), by=by, at=at) if drafts else []
        trips = dict(zip(drafts, made, strict=True))
        wrong |= _sent(trips, by, at)
        for number, refusal in {**strange, **left_alone(others, good, {*wrong, *strange})}.items():
            wrong[number] = [*wrong.get(number, ()), problem(refusal)]
        if wrong:
            transaction.set_rollback(True)
        else:
            pair_rows(firm, trips, others, by=by, at=at)
    return trips, wrong


def _drafts(firm: Enterprise, good: Good, source: str, by: Actor, at: datetime) -> tuple[dict[int, Draft], Wrong]:
    vehicles = _vehicles(firm, good, by, at)
    new = [intent.new_driver for intent in good.values() if intent.new_driver]
    drivers, unknown = keep_drivers(firm=firm, typed=new, by=by, at=at)
    yards = {point: yard_for(point) for point in {intent.point.pk for intent in good.values()}}
    drafts: dict[int, Draft] = {}
    wrong: Wrong = {}
    for number, intent in good.items():
        refused = [*_strange_plates(intent, vehicles)]
        person = intent.driver
        if typed_in := intent.new_driver:
            paper = (typed_in.kind, typed_in.number)
            person = drivers.get(paper)
            refused += [unknown[paper]] if paper in unknown else []
        if refused:
            wrong[number] = [problem(one) for one in refused]
            continue
        tractor = vehicles[intent.vin or plates.read(intent.tractor).norm]
        trailer = vehicles[plates.read(intent.trailer).norm] if intent.trailer else None
        yard = yards[intent.point.pk]
        drafts[number] = draft_of(
            firm, intent, tractor=tractor, trailer=trailer, driver=person, yard=yard, source=source
        )
    return drafts, wrong


def _vehicles(firm: Enterprise, good: Good, by: Actor, at: datetime) -> dict[str, Vehicle]:
    """The vehicles that rows name, kept if they are new: by plate in normal form, those without a plate by VIN."""
    typed = [(intent.tractor, intent.vehicle_kind) for intent in good.values() if intent.tractor]
    typed += [(intent.trailer, "") for intent in good.values() if intent.trailer]
    unplated = {intent.vin: intent.temporary_plate for intent in good.values() if intent.vin}
    known = keep_vehicles(firm=firm, typed=typed, by=by, at=at)
    return known | keep_all_unplated(firm=firm, typed=unplated, by=by, at=at)


def _strange_plates(intent: Intent, vehicles: Mapping[str, Vehicle]) -> list[Refusal]:
    """Plates and VINs of which no vehicle is known, and none may be added."""
    typed = [(field, plate) for field in ("tractor", "trailer") if (plate := getattr(intent, field))]
    keys = [(field, plate, plates.read(plate).norm) for field, plate in typed]
    keys += [("vin", intent.vin, intent.vin)] if intent.vin else []
    return [refuse("BG-347", field=field, v=shown) for field, shown, key in keys if key not in vehicles]


def _sent(trips: Mapping[int, Trip], by: Actor, at: datetime) -> Wrong:
    """Send them; what stands against each: a live trip of the same vehicle, problems, what the database refuses."""
    rows = {trip.pk: number for number, trip in trips.items()}
    wrong = {rows[key]: [problem(refusal)] for key, refusal in taken(list(trips.values())).items()}
    free = [trip for trip in trips.values() if rows[trip.pk] not in wrong]
    _low, refused = send_trips(trips=free, by=by, at=at)
    told = _explained(at)
    for trip in free:
        if trip.problems:
            wrong[rows[trip.pk]] = located(trip.problems)
        elif trip.pk in refused:
            wrong[rows[trip.pk]] = [problem(told(trip, refused[trip.pk]))]
    unplated = [number for number, trip in trips.items() if number in wrong and trip.kind == "NEW_VEHICLE"]
    return wrong | {number: of_unplated(wrong[number]) for number in unplated}


def _explained(at: datetime) -> Callable[[Trip, StepRefused], Refusal]:
    """Refusals with what they speak of; the same notice is looked up once."""
    known: dict[tuple[Any, ...], Refusal] = {}

    def told(trip: Trip, refusal: StepRefused) -> Refusal:
        key = (refusal.code, trip.point_id, trip.direction, trip.goods_title, trip.goods_group, trip.planned_on)
        if key not in known:
            known[key] = what_stands_against(trip, refusal.code, at=at) or refusal
        return known[key]

    return told
