"""Roles and grants: who may do what, where and from when until when. Without a grant nothing is allowed."""

from __future__ import annotations

from datetime import timedelta
from typing import Any, ClassVar

from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateTimeRangeField, RangeOperators
from django.db import models
from django.db.models import F, Func, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.permissions import SYSTEM_ROLE, bundles
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.geo.models import Place
from tinhso.kernel.organisations.models import AdminUnit, Agency


class Role(models.Model):
    """A named set of rights. Declared roles follow the rooms' bundles; others are the administrator's own.

    `one_place`: who holds such roles at several places chooses where he is on duty; elsewhere they rest.
    """

    code = models.SlugField(_("role code"), max_length=60, unique=True)
    title = models.CharField(_("role title"), max_length=160)
    declared = models.BooleanField(default=False)
    second_factor = models.BooleanField(_("needs two factors"), default=True)
    one_place = models.BooleanField(_("worked at one place at a time"), default=False)

    def __str__(self) -> str:
        return self.code

    @property
    def shown_title(self) -> Any:
        """The title in the reader's language when a room declares the role, else as it was typed."""
        if self.declared and self.code != SYSTEM_ROLE and (found := bundles().get(self.code)):
            return found.title
        return self.title


class RolePermission(models.Model):
    """One right in one role; `permission` is the name that a room declares."""

    role = models.ForeignKey(Role, on_delete=models.CASCADE, related_name="permissions", db_index=False)
    permission = models.CharField(max_length=80)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["role", "permission"], name="access_right_once_per_role")]

    def __str__(self) -> str:
        return f"{self.role_id}: {self.permission}"


class Grant(models.Model):
    """One role given to one actor. An empty scope column means everywhere; `valid_until` is excluded.

    A delegated grant names the grant it is a part of; the database keeps it within that one's role, scope and
    days. `only` keeps a part of the role's rights. `by_duty` is the database's to set: the grant holds while its
    holder is on duty at its place, for he has others of the kind elsewhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holder_id = models.UUIDField(_("holder"))
    role = models.ForeignKey(Role, on_delete=models.PROTECT, related_name="grants", verbose_name=_("role"))
    only = ArrayField(models.CharField(max_length=80), null=True, blank=True)
    agency = models.ForeignKey(
        Agency, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("agency")
    )
    unit = models.ForeignKey(
        AdminUnit,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        db_index=False,
        verbose_name=_("administrative unit"),
    )
    place = models.ForeignKey(
        Place, models.PROTECT, null=True, blank=True, related_name="+", db_index=False, verbose_name=_("place")
    )
    record_id = models.UUIDField(_("record"), null=True, blank=True)
    valid_from = models.DateTimeField(_("valid from"))
    valid_until = models.DateTimeField(_("valid until"), null=True, blank=True)
    delegated_from = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="delegated",
        verbose_name=_("delegated from"),
    )
    granted_by = models.UUIDField(_("granted by"))
    created_at = models.DateTimeField(auto_now_add=True)
    by_duty = models.BooleanField(default=False, editable=False)

    class Meta:
        indexes = [
            models.Index(fields=["holder_id", "role"], name="access_grant_holder"),
            models.Index(fields=["holder_id"], name="access_grant_by_duty", condition=Q(by_duty=True)),
            # Who holds a role somewhere is asked for each event; grants over one record are many and never meant.
            models.Index(fields=["role", "agency"], name="access_grant_of_role", condition=Q(record_id=None)),
        ]
        constraints = [
            models.CheckConstraint(
                name="access_grant_ends_after_it_begins",
                condition=Q(valid_until=None) | Q(valid_until__gte=F("valid_from")),
            ),
            models.CheckConstraint(
                name="access_delegation_has_an_end",
                condition=Q(delegated_from=None) | Q(valid_until__isnull=False),
            ),
        ]

    SCOPES: ClassVar[tuple[str, ...]] = ("agency_id", "unit_id", "place_id", "record_id")

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.role_id}"


class Duty(models.Model):
    """Where a person who works at several places is on duty, from when until when (excluded); one at a time.

    Those of the last days alone are kept (kernel.access.duty); the audit keeps all.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holder_id = models.UUIDField(_("holder"))
    place = models.ForeignKey(Place, models.PROTECT, related_name="+", db_index=False, verbose_name=_("place"))
    since = models.DateTimeField(_("from"))
    until = models.DateTimeField(_("until"))

    class Meta:
        indexes = [models.Index(fields=["holder_id", "place"], name="access_duty_holder")]
        constraints = [
            models.CheckConstraint(name="access_duty_ends_after_it_begins", condition=Q(until__gte=F("since"))),
            ExclusionConstraint(
                name="access_duty_one_at_a_time",
                expressions=[
                    ("holder_id", RangeOperators.EQUAL),
                    (
                        Func("since", "until", function="tstzrange", output_field=DateTimeRangeField()),
                        RangeOperators.OVERLAPS,
                    ),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.place_id}"


class Right(models.Model):
    """A row of the view `kernel_access_right`: grants spelled out by right. Read only; it has no key of its own."""

    holder_id = models.UUIDField(primary_key=True)
    permission = models.CharField(max_length=80)
    agency_id = models.UUIDField(null=True)
    unit_id = models.UUIDField(null=True)
    place_id = models.UUIDField(null=True)
    record_id = models.UUIDField(null=True)
    valid_from = models.DateTimeField()
    valid_until = models.DateTimeField(null=True)

    class Meta:
        managed = False
        db_table = "kernel_access_right"

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.permission}"


class GlassBreak(models.Model):
    """One record opened by break-glass: by whom, why, until when, how often it was looked at (kernel.access.glass).

    The database lets nobody change anything of it but its end and the count of looks.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    holder_id = models.UUIDField(_("holder"))
    kind = models.CharField(max_length=80)
    record_id = models.UUIDField(_("record"))
    label = models.CharField(_("record"), max_length=120)
    reason = models.CharField(_("reason"), max_length=400)
    grant = models.OneToOneField(Grant, models.PROTECT, related_name="glass")
    began_at = models.DateTimeField(_("from"))
    ends_at = models.DateTimeField(_("until"))
    ended_at = models.DateTimeField(_("ended"), null=True)
    reads = models.IntegerField(_("looks"), default=0)

    class Meta:
        indexes = [models.Index(fields=["-began_at"], name="access_glass_newest")]
        constraints = [
            models.UniqueConstraint(
                fields=["holder_id", "record_id"], condition=Q(ended_at=None), name="access_glass_open_once"
            ),
            models.CheckConstraint(
                name="access_glass_half_an_hour",
                condition=Q(ends_at__gt=F("began_at")) & Q(ends_at__lte=F("began_at") + timedelta(minutes=30)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.holder_id}: {self.label}"


class Bucket(models.Model):
    """Tokens left to one caller (an actor's id or an address; kernel.access.limits). Unlogged: a crash forgives."""

    name = models.CharField(primary_key=True, max_length=80)
    tokens = models.FloatField()
    at = models.DateTimeField()

    class Meta:
        db_table = "kernel_access_bucket"

    def __str__(self) -> str:
        return self.name
