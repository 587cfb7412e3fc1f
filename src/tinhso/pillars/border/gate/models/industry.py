"""What the department of industry and trade writes: drafts of notices that stop goods, and notices on the inflow."""

from __future__ import annotations

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.base.ids import uuid7
from tinhso.pillars.border.gate.models.times import Moratorium


class MoratoriumDraft(models.Model):
    """A moratorium as it is proposed: it stops nothing until somebody else puts it in force.

    Empty lists mean all points, both directions, all goods, as of a moratorium. The database too refuses that one
    decides on what one has drafted.
    """

    WAITS, PLACED, RETURNED = "waits", "placed", "returned"
    STATES: ClassVar = [
        (WAITS, pgettext_lazy("draft of a notice", "waits for a decision")),
        (PLACED, pgettext_lazy("draft of a notice", "put in force")),
        (RETURNED, pgettext_lazy("draft of a notice", "sent back")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=STATES, default=WAITS)
    points = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name=_("crossing points"))
    directions = ArrayField(models.CharField(max_length=1), default=list, blank=True, verbose_name=_("directions"))
    groups = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("goods groups"))
    hs_prefixes = ArrayField(models.CharField(max_length=8), default=list, blank=True, verbose_name=_("HS prefixes"))
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    document_no = models.CharField(_("document number"), max_length=60)
    text_vi = models.TextField(_("text of the notice"))
    text_zh = models.TextField(_("Chinese text"), blank=True)
    drafted_at = models.DateTimeField()
    drafted_by = models.UUIDField()
    decided_at = models.DateTimeField(null=True)
    decided_by = models.UUIDField(null=True)
    reason = models.CharField(_("reason"), max_length=400, blank=True)
    moratorium = models.OneToOneField(Moratorium, models.PROTECT, null=True, related_name="+")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="border_gate_draft_ends"),
            models.CheckConstraint(condition=~Q(decided_by=F("drafted_by")), name="border_gate_draft_four_eyes"),
            models.CheckConstraint(
                condition=Q(state="waits", decided_by=None, moratorium=None)
                | Q(state="placed", decided_by__isnull=False, moratorium__isnull=False)
                | Q(state="returned", decided_by__isnull=False, moratorium=None) & ~Q(reason=""),
                name="border_gate_draft_decided",
            ),
        ]
        indexes = [models.Index(fields=["state", "-drafted_at"], name="border_gate_draft_state")]

    def __str__(self) -> str:
        return self.document_no


class InflowNotice(models.Model):
    """A call on firms to bring goods to the border slower or elsewhere for a while; it stops nothing.

    Empty lists mean all points, all goods. It speaks of goods that go up to the border, so of exports.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    points = ArrayField(models.UUIDField(), default=list, blank=True, verbose_name=_("crossing points"))
    groups = ArrayField(models.CharField(max_length=12), default=list, blank=True, verbose_name=_("goods groups"))
    begins_at = models.DateTimeField(_("begins"))
    ends_at = models.DateTimeField(_("ends"))
    document_no = models.CharField(_("document number"), max_length=60)
    text_vi = models.TextField(_("text of the notice"))
    text_zh = models.TextField(_("Chinese text"), blank=True)
    published_at = models.DateTimeField()
    published_by = models.UUIDField()
    ended_at = models.DateTimeField(null=True)
    ended_by = models.UUIDField(null=True)
    end_reason = models.CharField(_("reason"), max_length=400, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(ends_at__gt=F("begins_at")), name="border_gate_inflow_ends"),
            models.CheckConstraint(condition=~Q(document_no=""), name="border_gate_inflow_has_a_document"),
            models.CheckConstraint(
                condition=Q(ended_at=None, ended_by=None)
                | Q(ended_at__isnull=False, ended_by__isnull=False) & ~Q(end_reason=""),
                name="border_gate_inflow_end_has_a_reason",
            ),
        ]
        indexes = [models.Index(fields=["ends_at"], name="border_gate_inflow_end")]

    def __str__(self) -> str:
        return self.document_no
