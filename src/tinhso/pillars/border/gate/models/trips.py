"""The declaration with its goods lines, and the trip: one vehicle, one crossing, one record for all forces."""

from __future__ import annotations

from typing import Any

from django.contrib.postgres.indexes import BrinIndex, GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.workflow.models import FlowModel, among
from tinhso.pillars.border.gate.flows import LIVE, TRIP
from tinhso.pillars.border.gate.flows.states import IN_A_YARD
from tinhso.pillars.border.gate.rules import tripcodes
from tinhso.pillars.border.gate.rules.goods import GROUPS
from tinhso.pillars.border.gate.rules.transitions import TRIP_TYPES

KIND_TITLES = {
    "EXP_VN": _("export, Vietnamese vehicle crosses"),
    "EXP_XFER": _("export, handed over in the yard"),
    "CN_EMPTY_IN": _("Chinese vehicle comes empty for cargo"),
    "IMP_CN": _("import, Chinese vehicle"),
    "IMP_VN_PICKUP": _("Vietnamese vehicle fetches import cargo"),
    "NEW_VEHICLE": _("new vehicle driven in"),
    "TRANSIT": _("transit"),
    "AGV": _("driverless vehicle"),
}
# ISO 6346 size-type codes that are offered; the brief names 22G1 and 45R1, the others are recalled.
CONTAINER_TITLES = {
    "22G1": _("20 ft, dry"),
    "22R1": _("20 ft, reefer"),
    "42G1": _("40 ft, dry"),
    "45G1": _("40 ft high, dry"),
    "45R1": _("40 ft high, reefer"),
    "L5G1": _("45 ft high, dry"),
    "L5R1": _("45 ft high, reefer"),
}
DIRECTIONS = {"X": _("export"), "N": _("import"), "T": _("transit"), "O": _("other")}


def problems_unknown() -> list[dict[str, str]]:
    """What a new trip's problems are before anybody looked: not none."""
    return [{"code": "unchecked"}]


class Declaration(models.Model):
    """Tờ khai cửa khẩu số: what a firm says of its goods before a vehicle moves. It may cover many trips."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    code = models.CharField(_("code"), max_length=24, unique=True)
    enterprise = models.ForeignKey("border_gate.Enterprise", models.PROTECT, null=True, related_name="declarations")
    broker = models.ForeignKey(
        "border_gate.Enterprise",
        models.PROTECT,
        null=True,
        related_name="+",
        db_index=False,
        verbose_name=_("declared by broker"),
    )
    regime = models.CharField(_("regime"), max_length=16)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    planned_on = models.DateField(_("planned day"))
    customs_no = models.CharField(_("customs declaration number"), max_length=12, blank=True)
    channel = models.SmallIntegerField(_("channel"), default=0)
    contract_no = models.CharField(_("contract number"), max_length=40, blank=True)
    partner = models.CharField(_("Chinese partner"), max_length=120, blank=True)
    partner_phone = models.CharField(_("telephone of the partner"), max_length=20, blank=True)
    just_in_time = models.BooleanField(_("electronics that a production line waits for"), default=False)
    created_at = models.DateTimeField()
    created_by = models.UUIDField()

    def __str__(self) -> str:
        return self.code


class GoodsLine(models.Model):
    """Dòng hàng: one kind of goods of a declaration. Weights in kg.

    `package_kind`: UNECE Rec 21. `unit`: of the quantity, UNECE Rec 20. `value`: whole units of the currency, ISO 4217.
    """

    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="lines")
    number = models.SmallIntegerField()
    hs6 = models.CharField(_("HS code"), max_length=8)
    title = models.CharField(_("goods"), max_length=160)
    group = models.CharField(_("goods group"), max_length=12, choices=[(group, group) for group in GROUPS])
    packages = models.IntegerField(_("packages"), default=0)
    package_kind = models.CharField(_("kind of packages"), max_length=2, blank=True)
    net_kg = models.IntegerField(_("net weight, kg"), null=True, blank=True)
    gross_kg = models.IntegerField(_("gross weight, kg"))
    origin = models.CharField(_("origin"), max_length=2, default="VN")
    value = models.BigIntegerField(_("value of the goods"), null=True, blank=True)
    currency = models.CharField(_("currency"), max_length=3, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=11, decimal_places=2, null=True, blank=True)
    unit = models.CharField(_("unit of measure"), max_length=3, blank=True)
    growing_areas = models.JSONField(_("growing area codes"), default=list, blank=True)
    packing_houses = models.JSONField(_("packing house codes"), default=list, blank=True)
    certificate_no = models.CharField(_("quarantine certificate"), max_length=40, blank=True)
    temperature_c = models.DecimalField(_("temperature, °C"), max_digits=4, decimal_places=1, null=True, blank=True)
    dangerous_un_no = models.CharField(_("UN number"), max_length=6, blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["declaration", "number"], name="border_gate_line_number"),
            models.CheckConstraint(condition=Q(gross_kg__gt=0), name="border_gate_line_weighs_something"),
        ]

    def __str__(self) -> str:
        return self.title


class Trip(FlowModel):
    """Lượt xe. Columns that barriers and lists need stand on the trip itself, so that one row answers them.

    A step that changes no indexed column leaves the indexes alone (a HOT update), so no index may look at the state:
    `is_live` and `is_in_yard` stand for the groups of states that indexes need. A foreign key has no index of its
    own where an index below, or the few live trips, answers as well.

    Weights in kg. `balance_kg`: what the vehicle has still to hand over in the yard; `unloaded_kg`, `loaded_kg`: what
    it gave and took over there. `back`: what it brings back on leg 2, declared before. `dwell_level`: the alarm told
    of its stay, 80 or 100 per cent. `supervisor`: who answers for a driverless vehicle.
    """

    flow = TRIP
    access_scope = TRIP.scope

    code = models.CharField(_("trip code"), max_length=17, unique=True)
    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="trips")
    enterprise = models.ForeignKey(
        "border_gate.Enterprise", models.PROTECT, null=True, related_name="trips", db_index=False
    )
    agency = models.ForeignKey(
        "kernel_organisations.Agency", models.PROTECT, null=True, related_name="+", db_index=False
    )
    kind = models.CharField(_("trip type"), max_length=16, choices=[(kind, kind) for kind in TRIP_TYPES])
    direction = models.CharField(max_length=1)
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+", db_index=False)
    yard = models.ForeignKey(
        "border_gate.Yard", models.PROTECT, null=True, blank=True, related_name="trips", db_index=False
    )
    bay = models.CharField(_("bay"), max_length=8, blank=True)
    buffer = models.ForeignKey(
        "border_gate.Yard", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    back = models.ForeignKey(
        Declaration, models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("goods on the way back")
    )

    tractor = models.ForeignKey("border_gate.Vehicle", models.PROTECT, null=True, related_name="trips", db_index=False)
    trailer = models.ForeignKey(
        "border_gate.Vehicle", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    driver = models.ForeignKey(
        "border_gate.Driver", models.PROTECT, null=True, blank=True, related_name="trips", db_index=False
    )
    second_driver = models.ForeignKey(
        "border_gate.Driver", models.PROTECT, null=True, blank=True, related_name="+", db_index=False
    )
    tractor_plate = models.CharField(_("tractor plate"), max_length=17)
    trailer_plate = models.CharField(_("trailer plate"), max_length=12, blank=True)
    driver_name = models.CharField(_("driver"), max_length=120, blank=True)
    supervisor = models.CharField(_("supervisor"), max_length=80, blank=True)
    container_no = models.CharField(_("container"), max_length=11, blank=True)
    container_type = models.CharField(_("container type"), max_length=4, blank=True)
    seal_no = models.CharField(_("seal"), max_length=24, blank=True)
    reefer_temp = models.DecimalField(
        _("temperature of the box, °C"), max_digits=4, decimal_places=1, null=True, blank=True
    )
    tir_carnet_no = models.CharField(_("TIR carnet"), max_length=12, blank=True)
    ecmr_ref = models.CharField(_("e-CMR reference"), max_length=40, blank=True)

    goods_title = models.CharField(_("goods"), max_length=160, blank=True)
    goods_group = models.CharField(max_length=12, default="EMPTY")
    gross_kg = models.IntegerField(default=0)
    customs_no = models.CharField(max_length=12, blank=True)
    priority = models.CharField(max_length=2, default="P3")
    priority_basis = models.CharField(max_length=24, blank=True)
    risk = models.CharField(max_length=8, default="low")
    nonce = models.CharField(max_length=16)
    problems = models.JSONField(default=problems_unknown)
    fix_fields = models.JSONField(default=list)
    source = models.CharField(max_length=8, default="WEB")
    note = models.CharField(_("note to the gate"), max_length=240, blank=True)
    undeclared = models.BooleanField(default=False)
    two_way = models.BooleanField(default=False)
    leg = models.SmallIntegerField(default=1)
    load_state = models.CharField(max_length=8, blank=True)
    tolerance_percent = models.SmallIntegerField(default=2)
    balance_kg = models.IntegerField(default=0)
    unloaded_kg = models.IntegerField(null=True)
    loaded_kg = models.IntegerField(default=0)
    amend_count = models.SmallIntegerField(default=0)
    miss_count = models.SmallIntegerField(default=0)
    released_to = models.CharField(max_length=8, blank=True)
    seized_by = models.CharField(max_length=12, blank=True)
    dwell_limit_h = models.SmallIntegerField(default=24)
    dwell_level = models.SmallIntegerField(default=0)

    planned_on = models.DateField()
    eta = models.DateTimeField(null=True)
    expires_at = models.DateTimeField(null=True)
    slot = models.ForeignKey("border_gate.SlotWindow", models.PROTECT, null=True, related_name="trips", db_index=False)
    submitted_at = models.DateTimeField(null=True)
    accepted_at = models.DateTimeField(null=True)
    ticket_at = models.DateTimeField(null=True)
    effective_at = models.DateTimeField(null=True)
    first_arrival_at = models.DateTimeField(null=True)
    buffer_at = models.DateTimeField(null=True)
    called_at = models.DateTimeField(null=True)
    call_expires_at = models.DateTimeField(null=True)
    missed_at = models.DateTimeField(null=True)
    arrived_at = models.DateTimeField(null=True)
    crossed_in_at = models.DateTimeField(null=True)
    dwell_deadline = models.DateTimeField(null=True)
    yard_in_at = models.DateTimeField(null=True)
    unloaded_at = models.DateTimeField(null=True)
    released_at = models.DateTimeField(null=True)
    release_expires_at = models.DateTimeField(null=True)
    crossed_out_at = models.DateTimeField(null=True)
    returned_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)

    # Kept by the overlays' functions, never by hand.
    holds = models.SmallIntegerField(default=0, editable=False)
    open_entry = models.SmallIntegerField(default=0, editable=False)
    open_exit = models.SmallIntegerField(default=0, editable=False)
    open_inland = models.SmallIntegerField(default=0, editable=False)
    open_return = models.SmallIntegerField(default=0, editable=False)
    failed_tasks = models.SmallIntegerField(default=0, editable=False)
    tasks_opened = models.BooleanField(default=False, editable=False)
    fee_state = models.CharField(max_length=12, default="none", editable=False)

    is_live = among(LIVE)
    is_in_yard = among(IN_A_YARD)

    class Meta:
        constraints = [
            *(
                models.UniqueConstraint(
                    fields=[field], condition=Q(is_live=True), name=f"border_gate_one_live_trip_per_{field}"
                )
                for field in ("tractor", "trailer", "driver")
            ),
            models.UniqueConstraint(
                fields=["container_no"],
                condition=Q(is_live=True) & ~Q(container_no=""),
                name="border_gate_one_live_trip_per_container",
            ),
            models.UniqueConstraint(
                fields=["yard", "bay"],
                condition=Q(is_in_yard=True) & ~Q(bay=""),
                name="border_gate_one_vehicle_per_bay",
            ),
        ]
        indexes = [
            models.Index(fields=["point"], name="border_gate_trip_live", condition=Q(is_live=True)),
            models.Index(fields=["yard"], name="border_gate_trip_in_yard", condition=Q(is_in_yard=True)),
            models.Index(fields=["agency", "-created_at"], name="border_gate_trip_of_firm"),
            models.Index(fields=["tractor_plate", "-created_at"], name="border_gate_trip_plate"),
            models.Index(fields=["expires_at"], name="border_gate_trip_expiry", condition=Q(is_live=True)),
            models.Index(
                fields=["tractor_plate"],
                name="border_gate_trip_noted",
                condition=Q(undeclared=True, submitted_at=None, ended_at=None),
            ),
            models.Index(
                fields=["second_driver"],
                name="border_gate_trip_second",
                condition=Q(is_live=True, second_driver__isnull=False),
            ),
            models.Index(fields=["agency", "ended_at"], name="border_gate_trip_ended", condition=Q(is_live=False)),
            BrinIndex(
                fields=["created_at", "ended_at"],
                name="border_gate_trip_between",
                pages_per_range=32,
                autosummarize=True,
            ),
            # Parts of plates, codes and containers through the years. Entered once, when the trip has ended; those
            # under way are few and read whole.
            GinIndex(
                fields=["code", "tractor_plate", "trailer_plate", "container_no"],
                opclasses=["gin_trgm_ops"] * 4,
                condition=Q(is_live=False),
                gin_pending_list_limit=512,
                name="border_gate_trip_parts",
            ),
        ]

    def __str__(self) -> str:
        return self.code

    def shown_code(self) -> str:
        """The code in groups, as it is read out."""
        return tripcodes.show(self.code)

    def get_container_title(self) -> Any:
        """Size and kind in words; a code that is not among those offered is shown as it is."""
        return CONTAINER_TITLES.get(self.container_type, self.container_type)

    def get_kind_title(self) -> Any:
        return KIND_TITLES[self.kind]


class QueueState(models.Model):
    """Where a point's cycle of calls stands, so that the next call goes on from there."""

    point = models.OneToOneField("border_gate.CrossingPoint", models.PROTECT, primary_key=True, related_name="+")
    position = models.SmallIntegerField(default=0)
    last_called_at = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.point_id}: {self.position}"


class UndeclaredArrival(models.Model):
    """Xe chưa khai báo: a vehicle that came without a declaration, sent to its own bay so that the lane is free.

    `trip`: the one noted at the gate, or the declaration that has taken the arrival over. `seen_again_at`: when it was
    last noted while it stood there. Whoever holds its short link acts under the arrival's id until `link_until` (real
    clock). `reason_code`: why it was not declared, as its driver says, of the reasons LATE. `withdrawn_at`: the force
    that noted it said that it was a mistake; it stays and counts nowhere.
    """

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    trip = models.OneToOneField(Trip, models.PROTECT, related_name="undeclared_arrival")
    point = models.ForeignKey("border_gate.CrossingPoint", models.PROTECT, related_name="+")
    plate = models.CharField(_("plate"), max_length=12)
    seen_at = models.DateTimeField()
    seen_again_at = models.DateTimeField(null=True)
    seen_by = models.UUIDField()
    goods_guess = models.CharField(_("goods, as said"), max_length=120, blank=True)
    reason_code = models.CharField(_("why it was not declared"), max_length=24, default="", blank=True)
    phone = models.CharField(_("phone"), max_length=20, blank=True)
    bay = models.CharField(_("bay"), max_length=8, blank=True)
    link_digest = models.BinaryField(max_length=32, unique=True)
    link_until = models.DateTimeField()
    withdrawn_at = models.DateTimeField(null=True)
    withdrawn_by = models.UUIDField(null=True)
    withdrawn_why = models.CharField(_("reason"), max_length=240, default="", blank=True)

    class Meta:
        indexes = [models.Index(fields=["point", "-seen_at"], name="border_gate_undeclared_seen")]

    def __str__(self) -> str:
        return self.plate
