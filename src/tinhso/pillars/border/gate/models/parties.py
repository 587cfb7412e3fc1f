"""Firms, their mandates, vehicles and drivers."""

from __future__ import annotations

from datetime import date, datetime
from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.access.models import Grant
from tinhso.kernel.access.scope import Scope
from tinhso.kernel.base.clock import HANOI
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.identity.models import Person
from tinhso.kernel.organisations.models import Agency
from tinhso.pillars.border.gate.models import sealing
from tinhso.pillars.border.gate.models.reference import Force
from tinhso.pillars.border.gate.rules import identity_papers, plates


class Standing(models.TextChoices):
    PENDING = "pending", _("to be confirmed")
    ACTIVE = "active", _("in good standing")
    BOOKING_LOCKED = "booking_locked", _("booking locked")
    SUSPENDED = "suspended", _("activity suspended")


class Enterprise(models.Model):
    """What the gate knows of a firm; the firm itself is an agency, to which its staff's grants are scoped.

    `preferred`: recognised by customs as a priority enterprise.
    """

    access_scope = Scope(agency="agency_id")

    agency = models.OneToOneField(Agency, models.PROTECT, primary_key=True, related_name="+")
    tax_code = models.CharField(_("tax code"), max_length=13, blank=True)
    uscc = models.CharField(_("Chinese credit code"), max_length=18, blank=True)
    name_en = models.CharField(_("English name"), max_length=200, blank=True)
    address = models.CharField(_("address"), max_length=240, blank=True)
    representative = models.CharField(_("representative"), max_length=120, blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    email = models.EmailField(_("e-mail"), blank=True)
    bank_account = models.CharField(_("bank account"), max_length=40, blank=True)
    standing = models.CharField(_("standing of the firm"), max_length=16, choices=Standing, default=Standing.PENDING)
    locked_until = models.DateTimeField(_("locked until"), null=True, blank=True)
    preferred = models.BooleanField(_("priority enterprise"), default=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tax_code"], condition=~Q(tax_code=""), name="border_gate_tax_code_once"),
            models.UniqueConstraint(fields=["uscc"], condition=~Q(uscc=""), name="border_gate_uscc_once"),
            models.CheckConstraint(condition=~Q(tax_code="", uscc=""), name="border_gate_enterprise_is_known"),
        ]

    def __str__(self) -> str:
        return self.tax_code or self.uscc


class Mandate(models.Model):
    """A firm lets a customs broker act for it, between two days of Hanoi (the end is excluded), within a scope.

    The rights themselves are grants to the broker's people (`MandateGrant`); they end with the mandate.
    """

    DECLARE, BOOK, PAY = "declare", "book", "pay"
    SCOPES: ClassVar = [
        (DECLARE, _("declare and follow trips")),
        (BOOK, _("book time windows")),
        (PAY, _("pay from the firm's wallet")),
    ]
    access_scope = Scope(agency="principal_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    principal = models.ForeignKey(Enterprise, models.PROTECT, related_name="mandates_given")
    broker = models.ForeignKey(Enterprise, models.PROTECT, related_name="mandates_held")
    scope = ArrayField(models.CharField(max_length=8, choices=SCOPES), default=list, verbose_name=_("what it covers"))
    valid_from = models.DateField(_("valid from"))
    valid_until = models.DateField(_("valid until"))
    document_no = models.CharField(_("document number"), max_length=60, blank=True)
    given_at = models.DateTimeField(_("given at"), null=True)
    given_by = models.UUIDField(null=True)
    revoked_at = models.DateTimeField(_("revoked at"), null=True, blank=True)
    revoked_by = models.UUIDField(null=True, blank=True)
    reason = models.CharField(_("reason"), max_length=240, blank=True)

    class Meta:
        constraints = [
            models.CheckConstraint(
                condition=Q(valid_until__gt=F("valid_from")) & ~Q(broker=F("principal")), name="border_gate_mandate"
            )
        ]

    def __str__(self) -> str:
        return f"{self.principal_id} → {self.broker_id}"

    @property
    def begins_at(self) -> datetime:
        return midnight(self.valid_from)

    @property
    def ends_at(self) -> datetime:
        return midnight(self.valid_until)

    def has_ended(self, at: datetime) -> bool:
        return self.revoked_at is not None or at >= self.ends_at

    def holds(self, at: datetime) -> bool:
        return self.begins_at <= at and not self.has_ended(at)


def midnight(day: date) -> datetime:
    """When that day begins in Hanoi."""
    return datetime.combine(day, datetime.min.time(), HANOI)


class MandateGrant(models.Model):
    """One grant that a mandate gave to one of the broker's people, or to a machine of the broker's."""

    grant = models.OneToOneField(Grant, models.PROTECT, primary_key=True, related_name="+")
    mandate = models.ForeignKey(Mandate, models.PROTECT, related_name="grants")

    def __str__(self) -> str:
        return f"{self.mandate_id}: {self.grant_id}"


class VehicleKind(models.TextChoices):
    TRACTOR = "TRACTOR", _("tractor")
    RIGID = "RIGID", _("rigid truck")
    TRAILER = "TRAILER", _("semi-trailer")
    VAN = "VAN", _("van truck")
    NEW = "NEW", _("new vehicle")
    AGV = "AGV", _("driverless vehicle")


class Vehicle(models.Model):
    """A vehicle as it was registered; `plate` is the normal form that is compared and searched.

    A new vehicle has no plate yet and is known by its VIN. One that a force wants to see is `wanted_by` it.
    """

    access_scope = Scope(agency="owner_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    country = models.CharField(_("country"), max_length=2)
    kind = models.CharField(_("kind"), max_length=8, choices=VehicleKind)
    plate = models.CharField(_("plate"), max_length=24, blank=True)
    plate_typed = models.CharField(_("plate as typed"), max_length=40, blank=True)
    vin = models.CharField(_("VIN"), max_length=17, blank=True)
    temporary_plate = models.CharField(_("temporary plate"), max_length=17, blank=True)
    axles = models.PositiveSmallIntegerField(_("axles"), null=True, blank=True)
    kerb_kg = models.PositiveIntegerField(_("kerb weight, kg"), null=True, blank=True)
    max_gross_kg = models.PositiveIntegerField(_("largest gross weight, kg"), null=True, blank=True)
    inspected_until = models.DateField(_("inspection valid until"), null=True, blank=True)
    permit_no = models.CharField(_("cross-border permit"), max_length=40, blank=True)
    permit_until = models.DateField(_("permit valid until"), null=True, blank=True)
    gps_device = models.CharField(_("GPS device"), max_length=40, blank=True)
    owner = models.ForeignKey(
        Enterprise,
        models.PROTECT,
        null=True,
        blank=True,
        related_name="vehicles",
        verbose_name=_("owner of the vehicle"),
    )
    wanted_by = models.ForeignKey(
        Force, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("wanted by")
    )
    wanted_for = models.CharField(_("wanted for"), max_length=240, blank=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["country", "plate"], condition=~Q(plate=""), name="border_gate_plate_once"),
            models.UniqueConstraint(fields=["vin"], condition=~Q(vin=""), name="border_gate_vin_once"),
            models.CheckConstraint(condition=~Q(plate="", vin=""), name="border_gate_vehicle_is_known"),
        ]

    def __str__(self) -> str:
        return self.shown_plate or self.vin

    @property
    def known_by(self) -> str:
        """By what barriers know it: its plate, the temporary one, or the VIN of a new vehicle."""
        return self.plate or self.temporary_plate or self.vin

    @property
    def shown_plate(self) -> str:
        """The plate as people write it."""
        return plates.show(self.plate)


class PaperKind(models.TextChoices):
    CCCD = "CCCD", _("citizen identity card")
    PASSPORT = "PASSPORT", _("passport")
    BORDER_PASS = "BORDER_PASS", _("border pass")
    CN_ID = "CN_ID", _("Chinese identity card")


class Driver(models.Model):
    """A person who drives to the gate; the paper's number is encrypted, and found by its digest only."""

    access_scope = Scope(agency="employer_id")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    person = models.OneToOneField(Person, models.PROTECT, related_name="+", verbose_name=_("person"))
    employer = models.ForeignKey(
        Enterprise, models.PROTECT, null=True, blank=True, related_name="drivers", verbose_name=_("employer")
    )
    paper_kind = models.CharField(_("kind of paper"), max_length=12, choices=PaperKind)
    paper_sealed = models.BinaryField(max_length=256)
    paper_digest = models.BinaryField(max_length=32, unique=True)
    paper_until = models.DateField(_("paper valid until"), null=True, blank=True)
    licence_no = models.CharField(_("licence number"), max_length=20, blank=True)
    licence_class = models.CharField(_("licence class"), max_length=4, blank=True)
    licence_until = models.DateField(_("licence valid until"), null=True, blank=True)
    is_shuttle = models.BooleanField(_("shuttle driver"), default=False)

    def __str__(self) -> str:
        return self.person.full_name

    def keep_paper(self, kind: str, number: str) -> None:
        """Take the paper of that kind and number. Refusals: BG-008, BG-104, BG-108."""
        number = identity_papers.read(kind, number)
        self.paper_kind = kind
        self.paper_sealed = sealing.seal(number.encode())
        self.paper_digest = paper_digest(kind, number)

    def paper_number(self) -> str:
        """The number in clear, for Border Guard and medical quarantine; whoever calls records the reading.

        Empty once it was deleted (actions.forgetting).
        """
        return sealing.unseal(self.paper_sealed).decode() if self.paper_sealed else ""


def paper_digest(kind: str, number: str) -> bytes:
    """By what a driver's paper is found."""
    return sealing.digest(f"{kind}:{number}")
