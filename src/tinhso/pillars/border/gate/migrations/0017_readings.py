"""Plates that cameras read; only who dealt with them is written later."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0016_positions"),
    ]

    operations = [
        migrations.CreateModel(
            name="PlateReading",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("lane", models.PositiveSmallIntegerField(verbose_name="lane")),
                ("plate", models.CharField(max_length=16, verbose_name="plate")),
                ("confidence", models.FloatField(verbose_name="confidence")),
                ("photo_digest", models.CharField(blank=True, max_length=64)),
                ("read_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("sent_by", models.UUIDField()),
                ("handled_at", models.DateTimeField(null=True)),
                ("handled_by", models.UUIDField(null=True)),
                (
                    "barrier",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.controlpoint",
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
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("handled_at", None)),
                        fields=["barrier", "-read_at"],
                        name="border_gate_reading_waits",
                    )
                ],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(("confidence__gte", 0), ("confidence__lte", 1)),
                        name="border_gate_reading_confidence",
                    )
                ],
            },
        ),
        migrations.RunSQL(
            "revoke update, delete, truncate on border_gate_platereading from tinhso_app;"
            " grant update (handled_at, handled_by) on border_gate_platereading to tinhso_app",
            migrations.RunSQL.noop,
        ),
    ]
