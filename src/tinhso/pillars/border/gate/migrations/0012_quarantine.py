"""Registered growing areas and packing houses, orders of medical control, refused goods."""

import django.contrib.postgres.fields
import django.contrib.postgres.indexes
import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0011_bookings"),
    ]

    operations = [
        migrations.CreateModel(
            name="RegisteredCode",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "kind",
                    models.CharField(
                        choices=[("PUC", "growing area"), ("PHC", "packing house")], max_length=3, verbose_name="kind"
                    ),
                ),
                ("code", models.CharField(max_length=40, verbose_name="code")),
                ("title", models.CharField(max_length=160, verbose_name="name")),
                ("place", models.CharField(blank=True, max_length=160, verbose_name="place")),
                (
                    "products",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=6),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="HS codes",
                    ),
                ),
                ("is_demo", models.BooleanField(default=False, verbose_name="demonstration row")),
                ("source", models.CharField(max_length=160, verbose_name="source")),
            ],
            options={
                "ordering": ["kind", "code"],
                "indexes": [
                    django.contrib.postgres.indexes.GinIndex(fields=["products"], name="border_gate_code_products")
                ],
                "constraints": [models.UniqueConstraint(fields=("kind", "code"), name="border_gate_code_once")],
            },
        ),
        migrations.CreateModel(
            name="MedicalOrder",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("is_on", models.BooleanField(verbose_name="medical control")),
                ("begins_at", models.DateTimeField(verbose_name="begins")),
                ("document_no", models.CharField(max_length=60, verbose_name="document number")),
                ("set_by", models.UUIDField()),
                ("set_at", models.DateTimeField()),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="medical_orders",
                        to="border_gate.crossingpoint",
                    ),
                ),
            ],
            options={
                "ordering": ["-begins_at"],
                "constraints": [
                    models.UniqueConstraint(fields=("point", "begins_at"), name="border_gate_medical_order_once"),
                    models.CheckConstraint(
                        condition=models.Q(("document_no", ""), _negated=True),
                        name="border_gate_medical_order_has_a_document",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="Refusal",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "refused_by",
                    models.CharField(
                        choices=[("CHINA", "Chinese side"), ("QUARANTINE", "quarantine at the gate")],
                        max_length=10,
                        verbose_name="refused by",
                    ),
                ),
                ("result", models.CharField(max_length=12, verbose_name="result")),
                ("reason_code", models.CharField(max_length=24, verbose_name="reason")),
                ("finding", models.CharField(blank=True, max_length=400, verbose_name="finding")),
                ("hs6", models.CharField(max_length=8, verbose_name="HS code")),
                ("goods", models.CharField(max_length=160, verbose_name="goods")),
                ("kg", models.IntegerField(verbose_name="weight, kg")),
                (
                    "growing_areas",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                (
                    "packing_houses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=40), default=list, size=None
                    ),
                ),
                ("certificate_no", models.CharField(blank=True, max_length=40, verbose_name="quarantine certificate")),
                ("minutes_no", models.CharField(blank=True, max_length=40, verbose_name="number of the record")),
                (
                    "witnesses",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12), default=list, size=None
                    ),
                ),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="refusals", to="border_gate.trip"
                    ),
                ),
            ],
            options={
                "ordering": ["-at"],
                "indexes": [models.Index(fields=["at"], name="border_gate_refusal_at")],
            },
        ),
        migrations.CreateModel(
            name="CodeStanding",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[("ACTIVE", "in force"), ("SUSPENDED", "suspended")],
                        max_length=10,
                        verbose_name="status",
                    ),
                ),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("document_no", models.CharField(max_length=60, verbose_name="document number")),
                ("reason", models.CharField(blank=True, max_length=240, verbose_name="reason")),
                ("set_by", models.UUIDField()),
                ("set_at", models.DateTimeField()),
                (
                    "code",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="standings",
                        to="border_gate.registeredcode",
                    ),
                ),
            ],
            options={
                "ordering": ["-valid_from"],
                "constraints": [
                    models.UniqueConstraint(fields=("code", "valid_from"), name="border_gate_code_standing_once")
                ],
            },
        ),
        migrations.RunSQL("revoke update, delete on border_gate_refusal from tinhso_app", migrations.RunSQL.noop),
    ]
