"""Transfers of goods: the yard writes down bay, vehicles and weights and signs; the customs sign at their own list.

Plain forms: first which vehicles, then the weights. What was typed stays when it is refused.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from tinhso.kernel.access.needs import needs
from tinhso.kernel.base.errors import NotFound, Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.actions import transfers
from tinhso.pillars.border.gate.actions.transfers import Load
from tinhso.pillars.border.gate.flows.transfers import OPEN, SIGNED
from tinhso.pillars.border.gate.models import GoodsLine, Pairing, ReasonCode, Transfer, Trip, Yard
from tinhso.pillars.border.gate.pages.acting import act, by, reason
from tinhso.pillars.border.gate.permissions import CONFIRM_UNLOADING, step_permission
from tinhso.pillars.border.gate.queries import transfers as queries
from tinhso.pillars.border.gate.queries.yard import yards_of
from tinhso.pillars.border.gate.rules.transfers import WAREHOUSE, may_take

RECORD = step_permission("transfer_done")
STORE = "kho"
LONGEST = 24


@dataclass(frozen=True, slots=True)
class Cell:
    """One weight to be typed, and how many packages: from a vehicle's goods onto a vehicle, or into the warehouse."""

    name: str
    count: str
    giver: Trip
    line: GoodsLine
    taker: Trip | None
    value: str
    packages: str


@dataclass(slots=True)
class Sheet:
    """The form of a transfer: who gives, who takes, what is typed."""

    yard: Yard
    givers: Sequence[Trip]
    takers: Sequence[Trip]
    store: bool
    goods: dict[UUID, list[tuple[GoodsLine, int]]]
    typed: dict[str, str]

    def cells(self) -> list[Cell]:
        found = []
        for giver in self.givers:
            for line, declared in self.goods[giver.pk]:
                for taker in self._takers(giver):
                    way = f"{giver.pk}-{line.pk}-{taker.pk if taker else STORE}"
                    name, count = f"kg-{way}", f"kien-{way}"
                    alone = len(self._takers(giver)) == 1
                    usual = str(declared) if alone else ""
                    typed = (self.typed.get(name, usual), self.typed.get(count, ""))
                    found.append(Cell(name, count, giver, line, taker, *typed))
        return found

    def _takers(self, giver: Trip) -> list[Trip | None]:
        fitting: list[Trip | None] = [one for one in self.takers if may_take(giver.kind, one.kind, two_way=one.two_way)]
        return [*fitting, None] if self.store and may_take(giver.kind, WAREHOUSE) else fitting

    def groups(self) -> list[dict[str, Any]]:
        """The form by giving vehicle."""
        cells = self.cells()
        return [
            {
                "giver": giver,
                "declared": sum(kg for _line, kg in self.goods[giver.pk]),
                "packages": sum(line.packages for line, _kg in self.goods[giver.pk]),
                "cells": [cell for cell in cells if cell.giver is giver],
                "seal": self.typed.get(f"seal_old-{giver.pk}", giver.seal_no),
            }
            for giver in self.givers
        ]

    def seals(self) -> list[tuple[Trip, str]]:
        return [(taker, self.typed.get(f"seal_new-{taker.pk}", "")) for taker in self.takers]

    def loads(self) -> list[Load]:
        """What was typed, without the empty cells."""
        return [
            Load(
                giver=cell.giver,
                taker=cell.taker,
                line=cell.line,
                kg=whole(cell.value),
                packages=whole(cell.packages),
                seal_old=self.typed.get(f"seal_old-{cell.giver.pk}", cell.giver.seal_no).strip()[:LONGEST],
                seal_new=self.typed.get(f"seal_new-{cell.taker.pk}", "").strip()[:LONGEST] if cell.taker else "",
            )
            for cell in self.cells()
            if cell.value.strip()
        ]


def whole(typed: str) -> int:
    """A weight or a count as people type it, with points between thousands; 0 when it is none."""
    plain = typed.replace(".", "").replace(" ", "").strip()
    return int(plain) if plain.isdecimal() and len(plain) < 8 else 0


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RECORD)
def begin(request: Request, code: str) -> HttpResponse:
    """Which vehicles, then the weights; the yard's signature goes with it."""
    yard = _yard(request, code)
    chosen = _chosen(request, yard)
    if not chosen.givers:
        return _choose(request, yard)
    if request.method == "POST":
        return _sign(request, chosen, None)
    return _form(request, chosen)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(RECORD)
def correct(request: Request, transfer_id: UUID) -> HttpResponse:
    """The same form with what was written; corrected lines are signed anew."""
    found = _transfer(request, transfer_id)
    chosen = _written(request, found)
    if request.method == "POST":
        return _sign(request, chosen, found)
    return _form(request, chosen, found)


@require_POST
@needs(RECORD)
def drop(request: Request, transfer_id: UUID) -> HttpResponse:
    """Give it up; a signed one is taken back first."""
    found = _transfer(request, transfer_id)

    def give_up() -> None:
        if found.state == SIGNED:
            transfers.correct_transfer(
                transfer=found, loads=_written(request, found).loads(), bay=found.bay, **by(request)
            )
        transfers.drop_transfer(transfer=found, **by(request))

    return act(request, give_up, fallback="border_gate:yards")


@require_safe
@needs(CONFIRM_UNLOADING)
def waiting(request: Request) -> HttpResponse:
    """The customs' list: what waits for their signature, with every line."""
    found = list(queries.to_confirm(by=request.actor, at=request.moment)[: queries.ROWS])
    reasons = list(ReasonCode.objects.filter(kind="HOLD", secret=False))
    return render(
        request,
        "border_gate/transfers_waiting.html",
        {"transfers": _all_told(found), "reasons": reasons, "now": "transfers"},
    )


@require_POST
@needs(CONFIRM_UNLOADING)
def confirm(request: Request, transfer_id: UUID) -> HttpResponse:
    """The customs' signature, from the dossier or from their list."""
    found = _transfer(request, transfer_id)
    return act(
        request,
        lambda: transfers.confirm_transfer(transfer=found, **by(request)),
        fallback="border_gate:transfers",
    )


@require_POST
@needs(CONFIRM_UNLOADING)
def send_back(request: Request, transfer_id: UUID) -> HttpResponse:
    """The customs do not sign; the yard corrects."""
    found = _transfer(request, transfer_id)
    return act(
        request,
        lambda: transfers.send_back_transfer(transfer=found, **reason(request), **by(request)),
        fallback="border_gate:transfers",
    )


def _all_told(found: Sequence[Transfer]) -> list[dict[str, Any]]:
    balances = queries.balances_of(found)
    return [_told(one, balances[one.pk]) for one in found]


def _told(transfer: Transfer, balances: list[queries.Balance]) -> dict[str, Any]:
    lines = queries.told_lines(transfer)
    return {"it": transfer, "lines": lines, "kg": sum(line.kg for line in lines), "balances": balances}


def _yard(request: Request, code: str) -> Yard:
    found = next((one for one in yards_of(by=request.actor, at=request.moment) if one.code == code), None)
    if found is None:
        raise NotFound
    return found


def _transfer(request: Request, transfer_id: UUID) -> Transfer:
    found = queries.transfer_for(transfer_id, by=request.actor, at=request.moment)
    if found is None:
        raise NotFound
    return found


def _chosen(request: Request, yard: Yard) -> Sheet:
    asked = request.POST if request.method == "POST" else request.GET
    givers = [one for one in queries.givers_in(yard) if str(one.pk) in asked.getlist("giao")]
    wanted = set(asked.getlist("nhan"))
    takers = [one for one in queries.takers_in(yard, givers) if str(one.pk) in wanted] if givers else []
    store = STORE in wanted or not takers
    return Sheet(yard, givers, takers, store, queries.goods_of(givers), _typed(request))


def _written(request: Request, transfer: Transfer) -> Sheet:
    lines = queries.told_lines(transfer)
    givers = list({line.from_trip_id: line.from_trip for line in lines}.values())
    takers = list({line.to_trip.pk: line.to_trip for line in lines if line.to_trip}.values())
    store = any(line.to_trip is None for line in lines)
    typed = _typed(request)
    if request.method != "POST" or not typed:
        typed = {f"kg-{one.from_trip_id}-{one.line_id}-{one.to_trip_id or STORE}": str(one.kg) for one in lines}
        typed |= {
            f"kien-{one.from_trip_id}-{one.line_id}-{one.to_trip_id or STORE}": str(one.packages)
            for one in lines
            if one.packages
        }
        typed |= {f"seal_old-{one.from_trip_id}": one.seal_old for one in lines}
        typed |= {f"seal_new-{one.to_trip_id}": one.seal_new for one in lines if one.to_trip_id}
    return Sheet(transfer.yard, givers, takers, store, queries.goods_of(givers), typed)


def _typed(request: Request) -> dict[str, str]:
    return {name: str(value) for name, value in request.POST.items() if name.startswith(("kg-", "kien-", "seal_"))}


def _choose(request: Request, yard: Yard) -> HttpResponse:
    """Who gives and who takes; vehicles that were paired stand side by side."""
    givers = queries.givers_in(yard)
    takers = queries.takers_in(yard, [])
    rows = Pairing.objects.filter(giver__in=givers).values_list("giver_id", "taker_id")
    pairs: dict[UUID, list[UUID]] = {}
    for giver, taker in rows:
        pairs.setdefault(giver, []).append(taker)
    known = {one.pk: one.tractor_plate for one in takers}
    context = {
        "yard": yard,
        "givers": [(one, [known[pk] for pk in pairs.get(one.pk, []) if pk in known]) for one in givers],
        "takers": [one for one in takers if one.kind in TAKING or (one.kind == "IMP_CN" and one.two_way)],
        "now": "yards",
    }
    return render(request, "border_gate/transfer_choose.html", context)


TAKING = ("IMP_VN_PICKUP", "CN_EMPTY_IN", "TRANSIT", "AGV")


def _sign(request: Request, sheet: Sheet, known: Transfer | None) -> HttpResponse:
    """Write down and sign in one; a refusal is told above the form, with what was typed."""
    bay, partial = request.POST.get("bay", "").strip().upper()[:8], request.POST.get("partial") == "on"
    facts: dict[str, Any] = {"loads": sheet.loads(), "bay": bay, "partial": partial, **by(request)}
    try:
        _written_and_signed(_writer(sheet, known, facts), request)
    except Refusal as refusal:
        return _form(request, sheet, known, refused=refusal.for_people())
    messages.success(request, _("Signed for the yard, the customs sign next"))
    target = redirect("border_gate:yards")
    target["Location"] += f"?bai={sheet.yard.code}"
    return target


def _writer(sheet: Sheet, known: Transfer | None, facts: dict[str, Any]) -> Callable[[], Transfer]:
    if known is None:
        return lambda: transfers.begin_transfer(yard=sheet.yard, **facts)
    return lambda: transfers.correct_transfer(transfer=known, **facts)


def _written_and_signed(write: Callable[[], Transfer], request: Request) -> None:
    transfers.write_and_sign(write=write, **by(request))


def _form(request: Request, sheet: Sheet, known: Transfer | None = None, refused: str = "") -> HttpResponse:
    usual = known.bay if known else (sheet.givers[0].bay if sheet.givers else "")
    context = {
        "sheet": sheet,
        "yard": sheet.yard,
        "known": known,
        "open": known is None or known.state in (OPEN, SIGNED),
        "bay": request.POST.get("bay", usual),
        "partial": request.POST.get("partial") == "on" if request.method == "POST" else bool(known and known.partial),
        "refused": refused,
        "store": STORE,
        "now": "yards",
    }
    return render(request, "border_gate/transfer.html", context, status=409 if refused else 200)
