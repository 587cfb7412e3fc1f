"""The registry of growing areas and packing houses: brought in from the ministry's list, suspended and restored."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.dates import show_date
from tinhso.pillars.border.gate.actions.orders import number_of
from tinhso.pillars.border.gate.models import CodeKind, CodeStanding, CodeStatus, RegisteredCode
from tinhso.pillars.border.gate.permissions import KEEP_CODES
from tinhso.pillars.border.gate.rules import hs
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

KIND = "border_gate.registered_code"
MOST_ROWS = 20_000
COLUMNS = {
    "kind": "PUC for a growing area, PHC for a packing house",
    "code": "the registered code",
    "title": "name of the site",
    "place": "commune, province",
    "products": "HS codes of six digits joined with |, empty for any",
    "status": "ACTIVE or SUSPENDED",
    "valid_from": "first day of that status, as 2026-11-26",
    "document_no": "number of the document",
}


@dataclass(frozen=True, slots=True)
class CodeRow:
    """One row of the list, read."""

    kind: str
    code: str
    title: str
    place: str
    products: tuple[str, ...]
    status: str
    valid_from: date
    document_no: str


@dataclass(frozen=True, slots=True)
class Reading:
    """What a file holds: good rows, and what is wrong in the others, all at once, by number of the line."""

    rows: tuple[CodeRow, ...]
    wrong: tuple[GateRefusal, ...]


def read_codes(text: str) -> Reading:
    """Read a CSV with the columns of COLUMNS; nothing is stored."""
    table = csv.DictReader(io.StringIO(text.lstrip("\ufeff")))
    missing = sorted(COLUMNS.keys() - set(table.fieldnames or ()))
    if missing:
        return Reading((), (refuse("BG-036", n=1, why=", ".join(missing)),))
    rows: list[CodeRow] = []
    wrong: list[GateRefusal] = []
    for number, row in enumerate(table, start=2):
        if number > MOST_ROWS + 1:
            wrong.append(refuse("BG-036", n=number, why=f"> {MOST_ROWS}"))
            break
        try:
            rows.append(_read(row))
        except (GateRefusal, ValueError) as error:
            why = error.for_people() if isinstance(error, GateRefusal) else str(error)
            wrong.append(refuse("BG-036", n=number, why=why))
    return Reading(tuple(rows), tuple(wrong))


@transaction.atomic
def keep_codes(*, rows: Sequence[CodeRow], source: str, by: Actor, at: datetime, demo: bool = False) -> int:
    """Store the rows: names and products are brought up to date, a status of another day is a row of its own."""
    require(by, KEEP_CODES, at=at)
    fresh = [
        RegisteredCode(
            kind=row.kind,
            code=row.code,
            title=row.title,
            place=row.place,
            products=list(row.products),
            is_demo=demo,
            source=source[:160],
        )
        for row in {(row.kind, row.code): row for row in rows}.values()
    ]
    RegisteredCode.objects.bulk_create(
        fresh,
        update_conflicts=True,
        unique_fields=["kind", "code"],
        update_fields=["title", "place", "products", "source"],
        batch_size=1_000,
    )
    ids = {(row.kind, row.code): row.pk for row in RegisteredCode.objects.filter(code__in={row.code for row in rows})}
    standings = [
        CodeStanding(
            code_id=ids[row.kind, row.code],
            status=row.status,
            valid_from=row.valid_from,
            document_no=row.document_no,
            set_by=by.id,
            set_at=at,
        )
        for row in rows
    ]
    CodeStanding.objects.bulk_create(standings, ignore_conflicts=True, batch_size=1_000)
    record("border_gate.codes_imported", by=by, at=at, kind=KIND, rows=len(rows), source=source[:160])
    return len(rows)


@transaction.atomic
def set_standing(
    *,
    code: RegisteredCode,
    status: str,
    valid_from: date,
    document_no: str,
    by: Actor,
    at: datetime,
    reason: str = "",
) -> CodeStanding:
    """Suspend or restore a code from a day on, by a document. Refusals: BG-216, BG-288 for a day before the last one.

    A second word on the same day replaces the first; both stand in the audit trail.
    """
    require(by, KEEP_CODES, at=at)
    number = number_of(document_no, code="BG-216", field="document_no")
    last = code.standings.order_by("-valid_from").first()
    if last is not None and valid_from < last.valid_from:
        raise refuse("BG-288", field="valid_from", d=show_date(last.valid_from))
    values = {
        "status": CodeStatus(status).value,
        "document_no": number,
        "reason": reason.strip()[:240],
        "set_by": by.id,
        "set_at": at,
    }
    standing, _made = CodeStanding.objects.update_or_create(code=code, valid_from=valid_from, defaults=values)
    told = {"status": status, "valid_from": valid_from.isoformat(), "document_no": number}
    record("border_gate.code_standing_set", by=by, at=at, kind=KIND, record_id=code.pk, code=code.code, **told)
    return standing


def today(at: datetime) -> date:
    """The day in Viet Nam."""
    return at.astimezone(HANOI).date()


def _read(row: dict[str, str]) -> CodeRow:
    cell = {name: (row.get(name) or "").strip() for name in COLUMNS}
    products = tuple(hs.read(one)[:6] for one in cell["products"].split("|") if one.strip())
    if not cell["code"] or len(cell["code"]) > 40 or not cell["title"]:
        raise ValueError("code, title")
    return CodeRow(
        kind=CodeKind(cell["kind"].upper()).value,
        code=cell["code"].upper(),
        title=cell["title"][:160],
        place=cell["place"][:160],
        products=products,
        status=CodeStatus(cell["status"].upper() or "ACTIVE").value,
        valid_from=date.fromisoformat(cell["valid_from"]),
        document_no=number_of(cell["document_no"], code="BG-216", field="document_no"),
    )


def all_wrong(wrong: Iterable[GateRefusal]) -> str:
    """All that is wrong, a line each."""
    return "\n".join(one.for_people() for one in wrong)
