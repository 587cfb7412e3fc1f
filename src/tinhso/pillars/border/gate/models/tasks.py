"""What forces do on a trip: tasks by rule, and holds."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.kernel.rulebook.held import Held
from tinhso.kernel.workflow.models import FlowModel
from tinhso.pillars.border.gate.flows import HOLD, TASK
from tinhso.pillars.border.gate.flows.overlays import UNDONE
from tinhso.pillars.border.gate.models.reference import CheckRule

TASK_TITLES = {
    "MEDICAL": _("health check"),
    "PERSON": _("person and vehicle"),
    "VEHICLE_PERMIT": _("vehicle permit"),
    "PLANT_Q": _("plant quarantine"),
    "ANIMAL_Q": _("animal quarantine"),
    "CUSTOMS_DOC": _("customs papers"),
    "CUSTOMS_INSPECT": _("customs inspection"),
    "TAX": _("tax and invoice"),
    "MARKET": _("market surveillance"),
    "FEE": _("infrastructure fee"),
    "CUSTOMS_RELEASE": _("customs, final release"),
    "RETURN_CHECK": _("check of returned goods"),
}


def task_title(kind: str) -> Any:
    """The kind's name for people: ours for the kinds of the first tables, that of its own row for a later one."""
    return TASK_TITLES.get(kind) or _titles.get().get(kind) or kind


def _read_titles() -> dict[str, Bilingual]:
    rows = CheckRule.objects.order_by("valid_from").values_list("task", "title_vi", "title_en")
    return {task: Bilingual(vi, en or vi) for task, vi, en in rows if vi}


_titles: Held[dict[str, Bilingual]] = Held(_read_titles)
STAGE_TITLES = {
    "ENTRY": _("on the way in"),
    "EXIT": _("on the way out"),
    "INLAND": _("on the way inland"),
    "RETURN": _("on the way back"),
}


class ClearanceTask(FlowModel):
    """Nhiệm vụ kiểm tra: one check of one force on one trip. `agency` is the force's, `point` the trip's."""

    flow = TASK
    access_scope = TASK.scope

    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="tasks")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    force = models.ForeignKey("border_gate.Force", models.PROTECT, related_name="tasks", db_index=False)
    agency = models.ForeignKey("kernel_organisations.Agency", models.PROTECT, related_name="+", db_index=False)
    kind = models.CharField(_("task"), max_length=16)
    stage = models.CharField(_("stage"), max_length=8)
    due_at = models.DateTimeField(_("due"), null=True)
    officer_id = models.UUIDField(null=True, editable=False)
    started_at = models.DateTimeField(null=True, editable=False)
    finished_at = models.DateTimeField(null=True, editable=False)
    result = models.CharField(_("result"), max_length=12, blank=True)
    note = models.TextField(_("note"), blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["trip", "kind", "stage", "force"],
                condition=~Q(state="not_needed"),
                name="border_gate_task_once",
            )
        ]
        indexes = [
            models.Index(
                fields=["agency", "point", "due_at"], name="border_gate_task_todo", condition=Q(state__in=UNDONE)
            ),
            models.Index(fields=["agency", "-finished_at"], name="border_gate_task_done"),
        ]

    def __str__(self) -> str:
        return f"{self.kind} {self.trip_id}"

    @property
    def title(self) -> object:
        return task_title(self.kind)


class Hold(FlowModel):
    """Tạm giữ: a force says stop. Only that force lifts it, or a leader by a numbered order."""

    flow = HOLD
    access_scope = HOLD.scope

    trip = models.ForeignKey("border_gate.Trip", models.PROTECT, related_name="hold_records")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    force = models.ForeignKey("border_gate.Force", models.PROTECT, related_name="holds")
    agency = models.ForeignKey("kernel_organisations.Agency", models.PROTECT, related_name="+")
    reason_code = models.CharField(_("reason"), max_length=24)
    note = models.TextField(_("note"), blank=True)
    secret = models.BooleanField(_("reason hidden from the firm"), default=False)
    document_no = models.CharField(_("document number"), max_length=40, blank=True)
    lifted_at = models.DateTimeField(null=True, editable=False)
    lifted_by = models.UUIDField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["trip"], name="border_gate_hold_active", condition=Q(state="active"))]

    def __str__(self) -> str:
        return f"{self.reason_code} {self.trip_id}"
