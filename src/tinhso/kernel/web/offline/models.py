"""Devices that work without network, what they know, who works with them, what they sent."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.models import Device


class OfflineDevice(models.Model):
    """A device of an app at a place. `next_seq` is the number of its next event that will be done.

    `told_seq` is the number that the device gives to its next event, as it last said: what lies between the two is on
    the device still, or missing. `skew_ms`: how far its clock was from ours at the last synchronisation.
    """

    access_scope = Scope(place="place_id")

    device = models.OneToOneField(Device, models.PROTECT, primary_key=True, related_name="+")
    app = models.CharField(max_length=48)
    place_id = models.UUIDField(_("place"))
    spots = models.JSONField(_("control points"), default=list)
    next_seq = models.IntegerField(default=1)
    told_seq = models.IntegerField(default=1)
    gap_told = models.IntegerField(default=0)
    skew_ms = models.BigIntegerField(default=0)
    list_version = models.CharField(max_length=64, blank=True)
    storage = models.JSONField(default=dict)
    last_sync_at = models.DateTimeField(_("last synchronisation"), null=True)
    shift_began_at = models.DateTimeField(null=True)
    enrolled_at = models.DateTimeField()
    enrolled_by = models.UUIDField()

    class Meta:
        indexes = [models.Index(fields=["app", "place_id"], name="kernel_web_offline_device")]

    def __str__(self) -> str:
        return self.device.name

    @property
    def is_revoked(self) -> bool:
        return self.device.revoked_at is not None


class OfflineDuty(models.Model):
    """Somebody worked with the device from then on: signed in there while the network was up."""

    device = models.ForeignKey(OfflineDevice, models.CASCADE, related_name="duties")
    officer_id = models.UUIDField()
    name = models.CharField(max_length=120)
    began_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "officer_id"], name="kernel_web_offline_duty_once")]

    def __str__(self) -> str:
        return self.name


class OfflineList(models.Model):
    """A version of a device's list, as digests of its entries: what has changed since is told from them."""

    device = models.ForeignKey(OfflineDevice, models.CASCADE, related_name="lists")
    version = models.CharField(max_length=64)
    digests = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        constraints = [models.UniqueConstraint(fields=["device", "version"], name="kernel_web_offline_list_once")]

    def __str__(self) -> str:
        return self.version[:12]


class OfflinePeriod(models.Model):
    """A time in which a device at work did not reach us."""

    device = models.ForeignKey(OfflineDevice, models.CASCADE, related_name="periods")
    began_at = models.DateTimeField()
    ended_at = models.DateTimeField()

    class Meta:
        indexes = [models.Index(fields=["device", "ended_at"], name="kernel_web_offline_period")]

    def __str__(self) -> str:
        return f"{self.device_id}: {self.began_at:%H:%M}"


class EventState(models.TextChoices):
    STORED = "stored", _("behind a missing number")
    APPLIED = "applied", _("done")
    RECORDED = "recorded", _("kept as a record")
    WAITING = "waiting", _("to be reconciled")
    RESOLVED = "resolved", _("reconciled")


class Resolution(models.TextChoices):
    APPLY = "apply", _("done by decision")
    KEEP = "keep", _("kept as a record by decision")
    DUPLICATE = "duplicate", _("a duplicate")


class OfflineEvent(models.Model):
    """What was recorded on a device, as it was sent: never changed, never deleted; only what came of it is added."""

    access_scope = Scope(place="place_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    device = models.ForeignKey(OfflineDevice, models.PROTECT, related_name="events")
    place_id = models.UUIDField()
    seq = models.IntegerField()
    kind = models.CharField(max_length=32)
    officer_id = models.UUIDField()
    occurred_at = models.DateTimeField()
    received_at = models.DateTimeField()
    digest = models.CharField(max_length=64)
    payload: Any = models.JSONField()

    state = models.CharField(max_length=10, choices=EventState, default=EventState.STORED)
    code = models.CharField(max_length=32, blank=True)
    why = models.JSONField(default=dict)
    record_id = models.UUIDField(null=True)
    settled_at = models.DateTimeField(null=True)
    resolution = models.CharField(max_length=10, choices=Resolution, blank=True)
    resolved_by = models.UUIDField(null=True)
    reason = models.TextField(blank=True)

    class Meta:
        indexes = [
            models.Index(fields=["device", "seq"], name="kernel_web_offline_event_seq"),
            models.Index(
                fields=["place_id", "received_at"],
                name="kernel_web_offline_waiting",
                condition=Q(state__in=("waiting", "stored")),
            ),
            models.Index(
                fields=["record_id"],
                name="kernel_web_offline_decided",
                condition=Q(resolution__in=("keep", "duplicate")),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.device_id} {self.seq}: {self.kind}"
