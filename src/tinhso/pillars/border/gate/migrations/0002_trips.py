"""Declarations, trips and what lies over them; the predicates that guards ask."""

import django.db.models.deletion
import django.db.models.expressions
import tinhso.kernel.base.ids
import tinhso.pillars.border.gate.models.trips
from django.db import migrations, models


from tinhso.pillars.border.gate.flows import predicates

# A trip is written some fourteen times in a day: room on its page keeps the row where it is (HOT updates).
ROOM = """
alter table border_gate_trip set (fillfactor = 70);
alter table border_gate_clearancetask set (fillfactor = 80);
"""


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0001_initial"),
        ("kernel_organisations", "0002_mapped"),
    ]

    operations = [
        migrations.CreateModel(
            name="QueueState",
            fields=[
                (
                    "point",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        primary_key=True,
                        related_name="+",
                        serialize=False,
                        to="border_gate.crossingpoint",
                    ),
                ),
                ("position", models.SmallIntegerField(default=0)),
                ("last_called_at", models.DateTimeField(null=True)),
            ],
        ),
        migrations.CreateModel(
            name="Declaration",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("code", models.CharField(max_length=24, unique=True, verbose_name="code")),
                ("regime", models.CharField(max_length=16, verbose_name="regime")),
                ("planned_on", models.DateField(verbose_name="planned day")),
                ("customs_no", models.CharField(blank=True, max_length=12, verbose_name="customs declaration number")),
                ("channel", models.SmallIntegerField(default=0, verbose_name="channel")),
                ("contract_no", models.CharField(blank=True, max_length=40, verbose_name="contract number")),
                ("partner", models.CharField(blank=True, max_length=120, verbose_name="Chinese partner")),
                ("created_at", models.DateTimeField()),
                ("created_by", models.UUIDField()),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="declarations",
                        to="border_gate.enterprise",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.crossingpoint"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Trip",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(editable=False, max_length=24)),
                ("state_since", models.DateTimeField(editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.UUIDField(editable=False)),
                ("code", models.CharField(max_length=17, unique=True, verbose_name="trip code")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("EXP_VN", "EXP_VN"),
                            ("EXP_XFER", "EXP_XFER"),
                            ("CN_EMPTY_IN", "CN_EMPTY_IN"),
                            ("IMP_CN", "IMP_CN"),
                            ("IMP_VN_PICKUP", "IMP_VN_PICKUP"),
                            ("NEW_VEHICLE", "NEW_VEHICLE"),
                            ("TRANSIT", "TRANSIT"),
                            ("AGV", "AGV"),
                        ],
                        max_length=16,
                        verbose_name="trip type",
                    ),
                ),
                ("direction", models.CharField(max_length=1)),
                ("bay", models.CharField(blank=True, max_length=8, verbose_name="bay")),
                (
                    "buffer",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.yard",
                    ),
                ),
                (
                    "back",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.declaration",
                        verbose_name="goods on the way back",
                    ),
                ),
                ("tractor_plate", models.CharField(max_length=17, verbose_name="tractor plate")),
                ("trailer_plate", models.CharField(blank=True, max_length=12, verbose_name="trailer plate")),
                ("driver_name", models.CharField(blank=True, max_length=120, verbose_name="driver")),
                ("supervisor", models.CharField(blank=True, max_length=80, verbose_name="supervisor")),
                ("container_no", models.CharField(blank=True, max_length=11, verbose_name="container")),
                ("container_type", models.CharField(blank=True, max_length=4, verbose_name="container type")),
                ("seal_no", models.CharField(blank=True, max_length=24, verbose_name="seal")),
                (
                    "reefer_temp",
                    models.DecimalField(
                        blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="temperature of the box, °C"
                    ),
                ),
                ("tir_carnet_no", models.CharField(blank=True, max_length=12, verbose_name="TIR carnet")),
                ("ecmr_ref", models.CharField(blank=True, max_length=40, verbose_name="e-CMR reference")),
                ("goods_title", models.CharField(blank=True, max_length=160, verbose_name="goods")),
                ("goods_group", models.CharField(default="EMPTY", max_length=12)),
                ("gross_kg", models.IntegerField(default=0)),
                ("customs_no", models.CharField(blank=True, max_length=12)),
                ("priority", models.CharField(default="P3", max_length=2)),
                ("priority_basis", models.CharField(blank=True, max_length=24)),
                ("risk", models.CharField(default="low", max_length=8)),
                ("nonce", models.CharField(max_length=16)),
                ("problems", models.JSONField(default=tinhso.pillars.border.gate.models.trips.problems_unknown)),
                ("fix_fields", models.JSONField(default=list)),
                ("source", models.CharField(default="WEB", max_length=8)),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="note to the gate")),
                ("undeclared", models.BooleanField(default=False)),
                ("two_way", models.BooleanField(default=False)),
                ("leg", models.SmallIntegerField(default=1)),
                ("load_state", models.CharField(blank=True, max_length=8)),
                ("tolerance_percent", models.SmallIntegerField(default=2)),
                ("balance_kg", models.IntegerField(default=0)),
                ("unloaded_kg", models.IntegerField(null=True)),
                ("loaded_kg", models.IntegerField(default=0)),
                ("amend_count", models.SmallIntegerField(default=0)),
                ("miss_count", models.SmallIntegerField(default=0)),
                ("released_to", models.CharField(blank=True, max_length=8)),
                ("seized_by", models.CharField(blank=True, max_length=12)),
                ("dwell_limit_h", models.SmallIntegerField(default=24)),
                ("dwell_level", models.SmallIntegerField(default=0)),
                ("planned_on", models.DateField()),
                ("eta", models.DateTimeField(null=True)),
                ("expires_at", models.DateTimeField(null=True)),
                ("submitted_at", models.DateTimeField(null=True)),
                ("accepted_at", models.DateTimeField(null=True)),
                ("ticket_at", models.DateTimeField(null=True)),
                ("effective_at", models.DateTimeField(null=True)),
                ("first_arrival_at", models.DateTimeField(null=True)),
                ("buffer_at", models.DateTimeField(null=True)),
                ("called_at", models.DateTimeField(null=True)),
                ("call_expires_at", models.DateTimeField(null=True)),
                ("missed_at", models.DateTimeField(null=True)),
                ("arrived_at", models.DateTimeField(null=True)),
                ("crossed_in_at", models.DateTimeField(null=True)),
                ("dwell_deadline", models.DateTimeField(null=True)),
                ("yard_in_at", models.DateTimeField(null=True)),
                ("unloaded_at", models.DateTimeField(null=True)),
                ("released_at", models.DateTimeField(null=True)),
                ("release_expires_at", models.DateTimeField(null=True)),
                ("crossed_out_at", models.DateTimeField(null=True)),
                ("returned_at", models.DateTimeField(null=True)),
                ("ended_at", models.DateTimeField(null=True)),
                ("holds", models.SmallIntegerField(default=0, editable=False)),
                ("open_entry", models.SmallIntegerField(default=0, editable=False)),
                ("open_exit", models.SmallIntegerField(default=0, editable=False)),
                ("open_inland", models.SmallIntegerField(default=0, editable=False)),
                ("open_return", models.SmallIntegerField(default=0, editable=False)),
                ("failed_tasks", models.SmallIntegerField(default=0, editable=False)),
                ("tasks_opened", models.BooleanField(default=False, editable=False)),
                ("fee_state", models.CharField(default="none", editable=False, max_length=12)),
                (
                    "is_live",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(
                                (
                                    "state__in",
                                    (
                                        "submitted",
                                        "fix_requested",
                                        "accepted",
                                        "en_route",
                                        "at_buffer",
                                        "called",
                                        "arrived",
                                        "crossed_in",
                                        "in_yard",
                                        "released",
                                        "crossed_out",
                                        "returned_in",
                                        "seized",
                                    ),
                                )
                            ),
                            output_field=models.BooleanField(),
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "is_in_yard",
                    models.GeneratedField(
                        db_persist=True,
                        expression=models.ExpressionWrapper(
                            models.Q(("state__in", ("in_yard", "released", "seized"))),
                            output_field=models.BooleanField(),
                        ),
                        output_field=models.BooleanField(),
                    ),
                ),
                (
                    "agency",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel_organisations.agency",
                    ),
                ),
                (
                    "declaration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="border_gate.declaration",
                    ),
                ),
                (
                    "driver",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="border_gate.driver",
                    ),
                ),
                (
                    "second_driver",
                    models.ForeignKey(
                        blank=True,
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.driver",
                    ),
                ),
                (
                    "enterprise",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="border_gate.enterprise",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.crossingpoint"
                    ),
                ),
                (
                    "slot",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="border_gate.slotwindow",
                    ),
                ),
                (
                    "tractor",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="border_gate.vehicle",
                    ),
                ),
                (
                    "trailer",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.vehicle",
                    ),
                ),
                (
                    "yard",
                    models.ForeignKey(
                        blank=True,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="trips",
                        to="border_gate.yard",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Hold",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(editable=False, max_length=24)),
                ("state_since", models.DateTimeField(editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.UUIDField(editable=False)),
                ("reason_code", models.CharField(max_length=24, verbose_name="reason")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                ("secret", models.BooleanField(default=False, verbose_name="reason hidden from the firm")),
                ("document_no", models.CharField(blank=True, max_length=40, verbose_name="document number")),
                ("lifted_at", models.DateTimeField(editable=False, null=True)),
                ("lifted_by", models.UUIDField(editable=False, null=True)),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel_organisations.agency"
                    ),
                ),
                (
                    "force",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="holds", to="border_gate.force"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.crossingpoint"
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="hold_records", to="border_gate.trip"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FeeAssessment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(editable=False, max_length=24)),
                ("state_since", models.DateTimeField(editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.UUIDField(editable=False)),
                (
                    "leg",
                    models.PositiveSmallIntegerField(db_default=1, default=1, verbose_name="leg of the trip"),
                ),
                ("amount", models.BigIntegerField(verbose_name="amount, đồng")),
                ("kept", models.BigIntegerField(verbose_name="kept by the centre, đồng")),
                ("budget", models.BigIntegerField(verbose_name="to the budget, đồng")),
                ("explanation", models.JSONField(default=dict)),
                ("is_demo", models.BooleanField(default=False, verbose_name="demo tariff")),
                ("method", models.CharField(blank=True, max_length=16, verbose_name="method")),
                ("receipt_no", models.CharField(blank=True, max_length=24, verbose_name="receipt number")),
                ("document_no", models.CharField(blank=True, max_length=40, verbose_name="document number")),
                ("paid_at", models.DateTimeField(editable=False, null=True)),
                ("collected_by", models.UUIDField(editable=False, null=True)),
                ("proposed_by", models.UUIDField(editable=False, null=True)),
                ("refunded_at", models.DateTimeField(editable=False, null=True)),
                ("refunded_by", models.UUIDField(editable=False, null=True)),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.crossingpoint"
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="fees", to="border_gate.trip"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ClearanceTask",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(editable=False, max_length=24)),
                ("state_since", models.DateTimeField(editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.UUIDField(editable=False)),
                ("kind", models.CharField(max_length=16, verbose_name="task")),
                ("stage", models.CharField(max_length=8, verbose_name="stage")),
                ("due_at", models.DateTimeField(null=True, verbose_name="due")),
                ("officer_id", models.UUIDField(editable=False, null=True)),
                ("started_at", models.DateTimeField(editable=False, null=True)),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("result", models.CharField(blank=True, max_length=12, verbose_name="result")),
                ("note", models.TextField(blank=True, verbose_name="note")),
                (
                    "agency",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="kernel_organisations.agency"
                    ),
                ),
                (
                    "force",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="border_gate.force"
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.crossingpoint"
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="tasks", to="border_gate.trip"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="UndeclaredArrival",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("plate", models.CharField(max_length=12, verbose_name="plate")),
                ("seen_at", models.DateTimeField()),
                ("seen_by", models.UUIDField()),
                ("goods_guess", models.CharField(blank=True, max_length=120, verbose_name="goods, as said")),
                ("phone", models.CharField(blank=True, max_length=20, verbose_name="phone")),
                ("bay", models.CharField(blank=True, max_length=8, verbose_name="bay")),
                ("link_digest", models.BinaryField(max_length=32, unique=True)),
                ("link_until", models.DateTimeField()),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.crossingpoint"
                    ),
                ),
                (
                    "trip",
                    models.OneToOneField(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="undeclared_arrival",
                        to="border_gate.trip",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Transfer",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(editable=False, max_length=24)),
                ("state_since", models.DateTimeField(editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.UUIDField(editable=False)),
                ("bay", models.CharField(blank=True, max_length=8, verbose_name="bay")),
                (
                    "partial",
                    models.BooleanField(default=False, verbose_name="the vehicles are not empty afterwards"),
                ),
                ("tolerance_percent", models.SmallIntegerField(default=2, verbose_name="tolerance, per cent")),
                ("started_at", models.DateTimeField(verbose_name="begun")),
                ("finished_at", models.DateTimeField(editable=False, null=True)),
                ("yard_by", models.UUIDField(editable=False, null=True)),
                ("yard_at", models.DateTimeField(editable=False, null=True)),
                ("customs_by", models.UUIDField(editable=False, null=True)),
                ("customs_at", models.DateTimeField(editable=False, null=True)),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="note")),
                (
                    "point",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.crossingpoint",
                    ),
                ),
                (
                    "yard",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="transfers",
                        to="border_gate.yard",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("state__in", ("open", "signed"))),
                        fields=["yard"],
                        name="border_gate_transfer_open",
                    )
                ],
            },
        ),
        migrations.CreateModel(
            name="GoodsLine",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.SmallIntegerField()),
                ("hs6", models.CharField(max_length=8, verbose_name="HS code")),
                ("title", models.CharField(max_length=160, verbose_name="goods")),
                (
                    "group",
                    models.CharField(
                        choices=[
                            ("FRUIT", "FRUIT"),
                            ("VEG", "VEG"),
                            ("AQUA", "AQUA"),
                            ("AGRI", "AGRI"),
                            ("WOOD", "WOOD"),
                            ("ELECTRONICS", "ELECTRONICS"),
                            ("TEXTILE", "TEXTILE"),
                            ("FLOWER", "FLOWER"),
                            ("MINERAL", "MINERAL"),
                            ("NEW_VEHICLE", "NEW_VEHICLE"),
                            ("FERTILISER", "FERTILISER"),
                            ("OTHER", "OTHER"),
                            ("EMPTY", "EMPTY"),
                        ],
                        max_length=12,
                        verbose_name="goods group",
                    ),
                ),
                ("packages", models.IntegerField(default=0, verbose_name="packages")),
                ("net_kg", models.IntegerField(blank=True, null=True, verbose_name="net weight, kg")),
                ("gross_kg", models.IntegerField(verbose_name="gross weight, kg")),
                ("origin", models.CharField(default="VN", max_length=2, verbose_name="origin")),
                ("value", models.BigIntegerField(blank=True, null=True, verbose_name="value of the goods")),
                ("currency", models.CharField(blank=True, max_length=3, verbose_name="currency")),
                ("growing_areas", models.JSONField(blank=True, default=list, verbose_name="growing area codes")),
                ("packing_houses", models.JSONField(blank=True, default=list, verbose_name="packing house codes")),
                ("certificate_no", models.CharField(blank=True, max_length=40, verbose_name="quarantine certificate")),
                (
                    "declaration",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.CASCADE, related_name="lines", to="border_gate.declaration"
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
                "constraints": [
                    models.UniqueConstraint(fields=("declaration", "number"), name="border_gate_line_number"),
                    models.CheckConstraint(
                        condition=models.Q(("gross_kg__gt", 0)), name="border_gate_line_weighs_something"
                    ),
                ],
            },
        ),
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(
                condition=models.Q(("is_live", True)),
                fields=["point"],
                name="border_gate_trip_live",
            ),
        ),
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(
                condition=models.Q(("is_in_yard", True)),
                fields=["yard"],
                name="border_gate_trip_in_yard",
            ),
        ),
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(fields=["agency", "-created_at"], name="border_gate_trip_of_firm"),
        ),
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(fields=["tractor_plate", "-created_at"], name="border_gate_trip_plate"),
        ),
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(
                condition=models.Q(("is_live", True)),
                fields=["expires_at"],
                name="border_gate_trip_expiry",
            ),
        ),
        migrations.AddConstraint(
            model_name="trip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)),
                fields=("tractor",),
                name="border_gate_one_live_trip_per_tractor",
            ),
        ),
        migrations.AddConstraint(
            model_name="trip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)),
                fields=("trailer",),
                name="border_gate_one_live_trip_per_trailer",
            ),
        ),
        migrations.AddConstraint(
            model_name="trip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_live", True)),
                fields=("driver",),
                name="border_gate_one_live_trip_per_driver",
            ),
        ),
        migrations.AddConstraint(
            model_name="trip",
            constraint=models.UniqueConstraint(
                condition=models.Q(
                    ("is_live", True),
                    models.Q(("container_no", ""), _negated=True),
                ),
                fields=("container_no",),
                name="border_gate_one_live_trip_per_container",
            ),
        ),
        migrations.AddConstraint(
            model_name="trip",
            constraint=models.UniqueConstraint(
                condition=models.Q(("is_in_yard", True), models.Q(("bay", ""), _negated=True)),
                fields=("yard", "bay"),
                name="border_gate_one_vehicle_per_bay",
            ),
        ),
        migrations.AddIndex(
            model_name="hold",
            index=models.Index(
                condition=models.Q(("state", "active")), fields=["trip"], name="border_gate_hold_active"
            ),
        ),
        migrations.AddConstraint(
            model_name="feeassessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state__in", ("replaced", "refunded", "voided")), _negated=True),
                fields=("trip",),
                name="border_gate_one_fee_per_trip",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeassessment",
            constraint=models.UniqueConstraint(
                condition=models.Q(("receipt_no", ""), _negated=True),
                fields=("receipt_no",),
                name="border_gate_receipt_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeassessment",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount",
                        django.db.models.expressions.CombinedExpression(models.F("kept"), "+", models.F("budget")),
                    )
                ),
                name="border_gate_fee_adds_up",
            ),
        ),
        migrations.AddIndex(
            model_name="clearancetask",
            index=models.Index(
                condition=models.Q(("state__in", ("open", "in_progress", "failed", "treating"))),
                fields=["agency", "point", "due_at"],
                name="border_gate_task_todo",
            ),
        ),
        migrations.AddIndex(
            model_name="clearancetask",
            index=models.Index(fields=["agency", "-finished_at"], name="border_gate_task_done"),
        ),
        migrations.AddConstraint(
            model_name="clearancetask",
            constraint=models.UniqueConstraint(
                condition=models.Q(("state", "not_needed"), _negated=True),
                fields=("trip", "kind", "stage", "force"),
                name="border_gate_task_once",
            ),
        ),
        migrations.AddIndex(
            model_name="undeclaredarrival",
            index=models.Index(fields=["point", "-seen_at"], name="border_gate_undeclared_seen"),
        ),
        migrations.CreateModel(
            name="Amendment",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("state", models.CharField(editable=False, max_length=24)),
                ("state_since", models.DateTimeField(editable=False)),
                ("version", models.IntegerField(default=1, editable=False)),
                ("created_at", models.DateTimeField(editable=False)),
                ("created_by", models.UUIDField(editable=False)),
                ("fields", models.JSONField(default=list, verbose_name="fields")),
                ("values", models.JSONField(default=dict, verbose_name="new values")),
                ("reason", models.CharField(max_length=400, verbose_name="reason")),
                ("consent_of", models.CharField(blank=True, max_length=12, verbose_name="consent of")),
                ("asked_force", models.CharField(blank=True, max_length=12, verbose_name="asked by the force")),
                ("control_point", models.CharField(blank=True, max_length=16, verbose_name="control point")),
                ("lapses_at", models.DateTimeField(null=True, verbose_name="waits until")),
                ("decided_by", models.UUIDField(editable=False, null=True)),
                ("decided_at", models.DateTimeField(editable=False, null=True)),
                ("answer", models.CharField(blank=True, max_length=400, verbose_name="answer")),
                ("nonce_before", models.CharField(blank=True, max_length=16)),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel_organisations.agency",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.crossingpoint",
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="amendments", to="border_gate.trip"
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="amendment",
            index=models.Index(
                condition=models.Q(("state__in", ("wanted", "asked"))),
                fields=["point"],
                name="border_gate_amendment_open",
            ),
        ),
        migrations.AddIndex(
            model_name="amendment",
            index=models.Index(
                condition=models.Q(("nonce_before", ""), _negated=True),
                fields=["nonce_before"],
                name="border_gate_ended_code",
            ),
        ),
        migrations.RunSQL(predicates.FORWARD, predicates.BACKWARD),
        migrations.RunSQL(ROOM, migrations.RunSQL.noop),
    ]
