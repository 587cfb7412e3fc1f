"""Dated rows, changes of them, and what a dry run of a change has shown."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import DateRangeField, RangeOperators
from django.core.serializers.json import DjangoJSONEncoder
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.rulebook.flows import CHANGE
from tinhso.kernel.workflow.models import FlowModel


def days() -> Func:
    """The days of a row, from `valid_from` to before `valid_until`."""
    return Func("valid_from", "valid_until", function="daterange", output_field=DateRangeField())


def one_at_a_time(name: str, *key: str) -> list[models.BaseConstraint]:
    """Constraints of a dated table: a row ends after it begins, and on no day two rows of one key hold."""
    same = [(field, RangeOperators.EQUAL) for field in key]
    return [
        models.CheckConstraint(
            condition=Q(valid_until__isnull=True) | Q(valid_until__gt=F("valid_from")), name=f"{name}_days"
        ),
        ExclusionConstraint(name=f"{name}_once", expressions=[*same, (days(), RangeOperators.OVERLAPS)]),
    ]


STANDINGS = {
    "published": _("published rule"),
    "recalled": _("recalled, to be confirmed"),
    "assumed": _("assumed, to be confirmed"),
    "design": _("our own design, to be confirmed"),
    "demo": _("demo figure, in no document"),
}
"""How sure a row is, in words, by its `status` in small letters; a row that two people decided has none."""


class DatedRow(models.Model):
    """A rule between two days (the end excluded). `status`: published, recalled, assumed, DEMO …"""

    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"), null=True, blank=True)
    status = models.CharField(_("standing of the rule"), max_length=12, blank=True)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        abstract = True


class RuleChange(FlowModel):
    """Đề nghị sửa quy định: rows that are to hold from one day on, by one document."""

    flow = CHANGE
    access_scope: ClassVar[Scope] = CHANGE.scope

    title = models.CharField(_("title of the change"), max_length=160)
    summary = models.TextField(_("why it is changed"), blank=True, max_length=2000)
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    effective_on = models.DateField(_("first day in force"))
    proposed_by = models.UUIDField(null=True, editable=False)
    proposed_at = models.DateTimeField(_("proposed at"), null=True, editable=False)
    decided_by = models.UUIDField(null=True, editable=False)
    decided_at = models.DateTimeField(_("decided at"), null=True, editable=False)
    decision_note = models.TextField(_("reason of the decision"), blank=True, default="", editable=False)
    in_force_at = models.DateTimeField(null=True, editable=False)

    class Meta:
        indexes = [models.Index(fields=["state", "effective_on"], name="kernel_rulebook_by_state")]

    def __str__(self) -> str:
        return self.title


class Operation(models.TextChoices):
    ADD = "add", _("new row")
    REPLACE = "replace", _("new version")
    END = "end", pgettext_lazy("rule change", "ends")


class RowChange(models.Model):
    """One row of a change. `base`: the row as it stood when this was drafted; `values`: as it is to be.

    `base_id` and `made_id` are keys of the table's own rows. The rights are those that the table named at drafting.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(RuleChange, models.PROTECT, related_name="rows")
    table = models.CharField(_("rule table"), max_length=80)
    operation = models.CharField(_("kind of change"), max_length=8, choices=Operation)
    key = models.CharField(_("key of the row"), max_length=200)
    base_id = models.CharField(max_length=40, blank=True, default="")
    base = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    values = models.JSONField(default=dict, encoder=DjangoJSONEncoder)
    made_id = models.CharField(max_length=40, blank=True, default="")
    propose_right = models.CharField(max_length=80)
    approve_right = models.CharField(max_length=80)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["change", "table", "key"], name="kernel_rulebook_row_once_in_a_change")
        ]
        indexes = [models.Index(fields=["table", "key"], name="kernel_rulebook_of_a_row")]

    def __str__(self) -> str:
        return f"{self.table} {self.key}: {self.operation}"


class Rehearsal(models.Model):
    """A dry run of a change: asked, playing, and what it has shown."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    change = models.ForeignKey(RuleChange, models.PROTECT, related_name="rehearsals")
    name = models.CharField(_("dry run"), max_length=80)
    asked_by = models.UUIDField()
    asked_at = models.DateTimeField(_("asked at"))
    started_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(_("finished at"), null=True)
    done = models.PositiveIntegerField(default=0)
    whole = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=32)
    result = models.JSONField(default=dict)
    error = models.TextField(blank=True, default="")

    class Meta:
        indexes = [
            models.Index(fields=["asked_at"], name="kernel_rulebook_to_play", condition=Q(finished_at=None)),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.asked_at:%Y-%m-%d %H:%M}"

    @property
    def percent(self) -> int:
        return self.done * 100 // self.whole if self.whole else 0


class Edition(models.Model):
    """The one row that says how often any dated row was written, so that what is held in memory knows its age."""

    number = models.BigIntegerField(default=0)

    def __str__(self) -> str:
        return str(self.number)


def plain(value: Any) -> Any:
    """A value as JSON keeps it, the same for equal values."""
    if isinstance(value, list | tuple):
        return [plain(one) for one in value]
    return value if value is None or isinstance(value, bool | int | str | dict) else str(value)
