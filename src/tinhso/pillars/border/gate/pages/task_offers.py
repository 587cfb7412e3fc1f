"""What an officer may do with a check of his force: the results which such a check may have, and no others."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tinhso.kernel.base.money import grouped
from tinhso.pillars.border.gate.models import ClearanceTask, Force, SampleDraw
from tinhso.pillars.border.gate.pages.offers import Box, Offer, photos, reasons
from tinhso.pillars.border.gate.queries.destroyed import is_due, left_to_destroy, ordered
from tinhso.pillars.border.gate.queries.filing import photos_of
from tinhso.pillars.border.gate.queries.fresh_claims import may_be_disproved
from tinhso.pillars.border.gate.queries.inspection_seals import waiting_for_seal
from tinhso.pillars.border.gate.queries.law import law_at
from tinhso.pillars.border.gate.queries.samples import waiting_for_sample
from tinhso.pillars.border.gate.rules.checks import WANT_PHOTOS

INTACT = [("1", gettext_lazy("not opened, the seal is intact"))]


def offers_of(task: ClearanceTask | None) -> Iterator[Offer]:
    """The deeds of a task that one's own force works."""
    if task is None:
        return
    if task.state == "treating":
        yield Offer("recheck", _("Check again"), _url("recheck", task), icon="refresh", ahead=True)
    if task.state in ("open", "in_progress"):
        yield from _results(task)
    if is_due(task):
        yield _gone(task)
    if may_be_disproved(task):
        yield _not_fresh(task)


def _results(task: ClearanceTask) -> Iterator[Offer]:
    if waiting_for_sample([task]):
        yield _sampled(task)
    else:
        yield _inspected(task) if task.kind in WANT_PHOTOS else _passed(task)
    if task.state == "open":
        yield Offer("take", _("Take"), _url("take", task), icon="hand-stop", key="N")
    for result in law_at(task.created_at).book.results_of(task.kind):
        if make := RESULTS.get(result):
            yield make(task)


def _url(name: str, task: ClearanceTask) -> str:
    return reverse(f"border_gate:task_{name}", args=[task.pk])


def _passed(task: ClearanceTask) -> Offer:
    return Offer("pass", _("Confirm passed"), _url("pass", task), icon="check", key="Đ", ahead=True)


def _inspected(task: ClearanceTask) -> Offer:
    """An inspection is passed with its photos; a container that was opened gets a new seal."""
    there = photos_of(task)
    sealed = bool(waiting_for_seal([task]))
    told = _("The vehicle is sealed: give the new number, or tick that the old seal was not opened.")
    hint = _("PDF, JPG or PNG, at most 10 MB each")
    return Offer(
        "pass",
        _("Confirm passed"),
        _url("pass", task),
        icon="check",
        key="Đ",
        ahead=True,
        title=_("The goods were inspected and are in order"),
        verb=_("Confirm passed"),
        text=_("The photos go into the dossier and are read by who sees the goods of the trip."),
        boxes=(
            Box("photos", _("Photos of the inspection"), "files", hint=hint, required=not there),
            Box("seal_no", _("New seal, if one was put on"), hint=told if sealed else "", required=False),
            *([Box("seal_intact", _("The seal"), "checks", INTACT)] if sealed else []),
            Box("note", _("Note of the officer"), "long", required=False),
        ),
    )


def _sampled(task: ClearanceTask) -> Offer:
    """The trip was drawn: its sample comes first."""
    return Offer(
        "sample",
        _("Record the sample"),
        _url("sample", task),
        icon="flask",
        key="M",
        ahead=True,
        title=_("Result of the sample"),
        verb=_("Record the sample"),
        text=_("This trip was drawn by lot. The check passes once the sample is found clean."),
        boxes=(
            Box("result", _("What the sample showed"), "choice", SampleDraw.Result.choices),
            Box("finding", _("Finding, when something was found"), "long", required=False),
        ),
    )


def _not_passed(task: ClearanceTask) -> Offer:
    return Offer(
        "fail",
        _("Not passed"),
        _url("fail", task),
        icon="x",
        key="S",
        title=_("Record not passed"),
        verb=_("Record and hold"),
        text=_("The vehicle is held by your force with this reason until you lift the hold."),
        boxes=(*reasons("HOLD"), photos()),
        hidden=(("result", "FAIL"),),
    )


def _goes_back(task: ClearanceTask) -> Offer:
    return Offer(
        "return",
        _("Goods go back"),
        _url("fail", task),
        icon="arrow-back-up",
        key="S",
        title=_("Goods have to go back"),
        verb=_("Record and hold"),
        text=_("The vehicle is held until it is turned back or sent back over the line."),
        boxes=(*reasons("RETURN"), photos()),
        hidden=(("result", "RETURN"),),
    )


def _destroyed(task: ClearanceTask) -> Offer:
    others = Force.objects.exclude(pk=task.force_id)
    return Offer(
        "destroy",
        _("Destroy the goods"),
        _url("fail", task),
        icon="trash",
        title=_("Goods have to be destroyed"),
        verb=_("Record and hold"),
        text=_("Goods are destroyed with a record and before another force; the vehicle is held until then."),
        boxes=(
            *reasons("RETURN"),
            Box("minutes_no", _("Number of the record")),
            Box("witnesses", _("Witnessed by"), "checks", [(one.code, one.short) for one in others]),
            photos(),
        ),
        hidden=(("result", "DESTROY"),),
    )


def _gone(task: ClearanceTask) -> Offer:
    """How much was destroyed of each goods line; all that is left stands in the fields already."""
    others = Force.objects.exclude(pk=task.force_id)
    by_record = ordered(task)
    number, seen = (by_record.minutes_no, tuple(by_record.witnesses)) if by_record else ("", ())
    left = left_to_destroy(task)
    return Offer(
        "destroyed",
        _("Goods were destroyed"),
        _url("destroyed", task),
        icon="trash",
        ahead=bool(left),
        title=_("Goods were destroyed"),
        verb=_("Record as destroyed"),
        text=_(
            "So much less is on the vehicle from now on. When all of it is destroyed the check is over; "
            "then lift the hold and the vehicle may leave empty."
        ),
        boxes=(
            *(
                Box(
                    f"kg_{line.pk}",
                    _("%(goods)s, kg destroyed") % {"goods": f"{line.number}. {line.title}"},
                    hint=_("%(kg)s kg left on the vehicle") % {"kg": grouped(kg)},
                    required=False,
                    typed=(str(kg),),
                )
                for line, kg in left
            ),
            Box("minutes_no", _("Number of the record"), typed=(number,) if number else ()),
            Box("witnesses", _("Witnessed by"), "checks", [(one.code, one.short) for one in others], typed=seen),
            photos(),
        ),
    )


def _not_fresh(task: ClearanceTask) -> Offer:
    return Offer(
        "not-fresh",
        _("Not fresh goods, false priority class"),
        _url("not_fresh", task),
        icon="alert-triangle",
        title=_("Not fresh goods, false priority class"),
        verb=_("Put with ordinary goods"),
        text=_("The vehicle is called with ordinary goods from now on, and the false claim counts against its firm."),
        boxes=(reasons("HOLD")[1],),
    )


def _treated(task: ClearanceTask) -> Offer:
    return Offer(
        "treat",
        _("Send to treatment"),
        _url("treat", task),
        icon="flask",
        title=_("Send the goods to treatment"),
        verb=_("Send to treatment"),
        text=_("The check waits, and is made again after the treatment."),
        boxes=(reasons("HOLD")[1],),
    )


def _held(task: ClearanceTask) -> Offer:
    return Offer(
        "task-hold",
        _("Hold, decide later"),
        _url("hold", task),
        icon="lock",
        key="G",
        title=_("Hold the vehicle, the check stays open"),
        verb=_("Hold"),
        text=_("No barrier opens until your force lifts the hold."),
        boxes=(*reasons("HOLD"), photos()),
    )


def _red(task: ClearanceTask) -> Offer:
    return Offer(
        "red",
        _("Red channel"),
        _url("pass", task),
        icon="search",
        title=_("Red channel: the goods are inspected"),
        verb=_("Open the inspection"),
        text=_("The papers are passed and the inspection of the goods is opened for customs."),
        boxes=(Box("note", _("Note of the officer"), "long", required=False),),
        hidden=(("result", "RED"),),
    )


def _repeated(task: ClearanceTask) -> Offer:
    return Offer("repeat", _("Check once more"), _url("repeat", task), icon="refresh")


RESULTS: dict[str, Callable[[ClearanceTask], Offer]] = {
    "FAIL": _not_passed,
    "REPEAT": _repeated,
    "TREAT": _treated,
    "RETURN": _goes_back,
    "DESTROY": _destroyed,
    "HOLD": _held,
    "RED": _red,
}
