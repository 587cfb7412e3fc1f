"""Where customs declarations stand, as customs said it; rows are only added. Simulated systems, lights of machines."""

import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0014_mandates"),
    ]

    operations = [
        migrations.CreateModel(
            name="SimulatedSystem",
            fields=[
                ("name", models.CharField(max_length=16, primary_key=True, serialize=False)),
                ("behaviour", models.CharField(default="well", max_length=8)),
            ],
        ),
        migrations.CreateModel(
            name="MachineLight",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("system", models.CharField(max_length=16, verbose_name="system")),
                ("place", models.CharField(blank=True, max_length=24, verbose_name="place")),
                ("answered_at", models.DateTimeField(null=True)),
                ("failed_at", models.DateTimeField(null=True)),
                ("failure", models.CharField(blank=True, max_length=120)),
            ],
            options={
                "constraints": [models.UniqueConstraint(fields=("system", "place"), name="border_gate_light_once")],
            },
        ),
        migrations.CreateModel(
            name="CustomsEntry",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("customs_no", models.CharField(max_length=12, verbose_name="customs declaration number")),
                (
                    "channel",
                    models.SmallIntegerField(
                        choices=[(0, "no channel yet"), (1, "1, green"), (2, "2, yellow"), (3, "3, red")],
                        verbose_name="channel",
                    ),
                ),
                (
                    "status",
                    models.CharField(
                        choices=[
                            ("unknown", "not known to customs"),
                            ("lodged", "lodged"),
                            ("channelled", "channel given"),
                            ("released", "goods released by customs"),
                        ],
                        max_length=12,
                        verbose_name="status at customs",
                    ),
                ),
                ("released_at", models.DateTimeField(null=True, verbose_name="released by customs at")),
                ("by_hand", models.BooleanField(verbose_name="keyed by hand")),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="note")),
                ("entered_at", models.DateTimeField()),
                ("entered_by", models.UUIDField()),
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
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="customs_entries",
                        to="border_gate.trip",
                    ),
                ),
            ],
            options={
                "indexes": [models.Index(fields=["trip", "-entered_at", "-id"], name="border_gate_customs_of_trip")],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("status", "released"), ("released_at", None), _connector="OR"),
                        name="border_gate_customs_released",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "revoke update, delete, truncate on border_gate_customsentry from tinhso_app", migrations.RunSQL.noop
        ),
    ]
