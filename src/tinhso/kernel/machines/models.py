"""Machines of other bodies: what acts for an agency by key, what it wants to be told, and each telling."""

from __future__ import annotations

from fnmatch import fnmatchcase
from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.geo.models import Place
from tinhso.kernel.organisations.models import Agency


class ApiClient(models.Model):
    """A program of an agency that acts by keys; what it may is its grants, given by scope when it was connected."""

    access_scope = Scope(agency="agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    agency = models.ForeignKey(Agency, models.PROTECT, related_name="+", verbose_name=_("agency"))
    place = models.ForeignKey(Place, models.PROTECT, null=True, related_name="+", verbose_name=_("place"))
    name = models.CharField(_("name of the program"), max_length=120)
    scopes = ArrayField(models.CharField(max_length=80), default=list)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.UUIDField()
    closed_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.name

    def actor(self) -> Actor:
        return Actor(self.id, "machine", self.name)


class Subscription(models.Model):
    """Where a client wants to be told of which events. Its secret follows from `secret_no` and the platform's key.

    After a failure it rests until `rest_until` (the machine's clock), so that what is down is asked seldom.
    """

    access_scope = Scope(agency="client__agency_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    client = models.ForeignKey(ApiClient, models.PROTECT, related_name="subscriptions")
    url = models.CharField(_("address"), max_length=300)
    patterns = ArrayField(models.CharField(max_length=80), verbose_name=_("events"))
    secret_no = models.PositiveIntegerField(default=1)
    made_at = models.DateTimeField(auto_now_add=True)
    made_by = models.UUIDField()
    stopped_at = models.DateTimeField(null=True)
    rest_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return self.url

    def wants(self, event: str) -> bool:
        return any(fnmatchcase(event, pattern) for pattern in self.patterns)

    @property
    def key_id(self) -> str:
        """Names the secret, so that a receiver knows which of two to use while one takes the place of the other."""
        return f"{self.id.hex[-12:]}.{self.secret_no}"


class HookCall(models.Model):
    """One event told to one subscription, or still to be told. What is told is made anew at each try, never stored."""

    WAITING, SENT, DEAD, WITHHELD = "waiting", "sent", "dead", "withheld"
    STATES: ClassVar[list[tuple[str, Any]]] = [
        (WAITING, _("to be sent")),
        (SENT, _("taken")),
        (DEAD, _("given up")),
        (WITHHELD, _("not told: no right any more")),
    ]

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    subscription = models.ForeignKey(Subscription, models.CASCADE, related_name="calls", db_index=False)
    event_id = models.BigIntegerField(null=True)
    name = models.CharField(_("event"), max_length=80)
    record_kind = models.CharField(max_length=80)
    record_id = models.UUIDField()
    version = models.IntegerField(null=True)
    at = models.DateTimeField(_("time"))
    state = models.CharField(max_length=8, choices=STATES, default=WAITING)
    tries = models.SmallIntegerField(default=0)
    due_at = models.DateTimeField()
    made_at = models.DateTimeField(auto_now_add=True)
    ended_at = models.DateTimeField(null=True)
    status = models.SmallIntegerField(null=True)
    ms = models.IntegerField(null=True)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["subscription", "event_id"], name="kernel_machines_told_once"),
        ]
        indexes = [
            models.Index(fields=["subscription", "-id"], name="kernel_machines_log"),
            models.Index(fields=["due_at"], name="kernel_machines_due", condition=Q(state="waiting")),
            models.Index(fields=["made_at"], name="kernel_machines_old"),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.state}"


class HookReceiver(models.Model):
    """How the simulated receiver of others behaves: well, slow, wrong (answers 500) or down. One row."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    behaviour = models.CharField(max_length=8, default="well")

    def __str__(self) -> str:
        return self.behaviour
