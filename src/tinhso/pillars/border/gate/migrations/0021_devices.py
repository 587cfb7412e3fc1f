"""Commands to arms of barriers, weights of vehicles, events of seals: evidence, to which rows are only added."""

import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0020_signals"),
    ]

    operations = [
        migrations.AlterField(
            model_name="limit",
            name="unit",
            field=models.CharField(
                choices=[
                    ("minute", "minute"),
                    ("hour", "hour"),
                    ("day", "day"),
                    ("time", "time"),
                    ("percent", "per cent"),
                    ("kg", "kg"),
                ],
                max_length=8,
                verbose_name="unit",
            ),
        ),
        migrations.CreateModel(
            name="ArmCommand",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("version", models.IntegerField()),
                ("lane", models.PositiveSmallIntegerField(verbose_name="lane")),
                ("sent_at", models.DateTimeField()),
                ("sent_by", models.UUIDField()),
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
                (
                    "trip",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.trip",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ArmAnswer",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                (
                    "outcome",
                    models.CharField(
                        choices=[
                            ("opened", "arm is up"),
                            ("refused", "arm refused"),
                            ("silent", "arm does not answer"),
                            ("by_hand", "opened by hand"),
                        ],
                        max_length=8,
                        verbose_name="outcome",
                    ),
                ),
                ("answered_at", models.DateTimeField()),
                ("answered_by", models.UUIDField()),
                (
                    "command",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="answers", to="border_gate.armcommand"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="SealEvent",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("seal_no", models.CharField(max_length=24, verbose_name="seal")),
                (
                    "kind",
                    models.CharField(
                        choices=[
                            ("applied", "seal applied"),
                            ("armed", "seal armed"),
                            ("opened", "seal opened"),
                            ("tampered", "seal tampered with"),
                            ("checked", "seal looked at by customs"),
                        ],
                        max_length=8,
                        verbose_name="event",
                    ),
                ),
                ("happened_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("by_hand", models.BooleanField(verbose_name="keyed by hand")),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="note")),
                ("sent_by", models.UUIDField()),
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
                        related_name="seal_events",
                        to="border_gate.trip",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="Weighing",
            fields=[
                ("id", models.UUIDField(editable=False, primary_key=True, serialize=False)),
                ("plate", models.CharField(max_length=16, verbose_name="plate")),
                ("kg", models.PositiveIntegerField(verbose_name="weight, kg")),
                ("steady", models.BooleanField(verbose_name="steady")),
                ("tare_kg", models.PositiveIntegerField(null=True, verbose_name="empty vehicle, kg")),
                ("goods_kg", models.PositiveIntegerField(null=True, verbose_name="goods declared on it, kg")),
                ("expected_kg", models.PositiveIntegerField(null=True, verbose_name="expected, kg")),
                ("tolerance_percent", models.PositiveSmallIntegerField(verbose_name="tolerance, per cent")),
                ("differs", models.BooleanField(default=False)),
                ("by_hand", models.BooleanField(verbose_name="keyed by hand")),
                ("note", models.CharField(blank=True, max_length=240, verbose_name="note")),
                ("weighed_at", models.DateTimeField()),
                ("received_at", models.DateTimeField()),
                ("sent_by", models.UUIDField()),
                (
                    "barrier",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
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
                (
                    "trip",
                    models.ForeignKey(
                        db_index=False,
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="weighings",
                        to="border_gate.trip",
                    ),
                ),
            ],
        ),
        migrations.AddIndex(
            model_name="armcommand",
            index=models.Index(fields=["barrier", "-sent_at"], name="border_gate_arm_of_barrier"),
        ),
        migrations.AddConstraint(
            model_name="armcommand",
            constraint=models.UniqueConstraint(fields=("trip", "version"), name="border_gate_arm_once"),
        ),
        migrations.AddConstraint(
            model_name="armanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "by_hand"), _negated=True),
                fields=("command",),
                name="border_gate_arm_answers_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="armanswer",
            constraint=models.UniqueConstraint(
                condition=models.Q(("outcome", "by_hand")), fields=("command",), name="border_gate_arm_by_hand_once"
            ),
        ),
        migrations.AddIndex(
            model_name="sealevent",
            index=models.Index(fields=["trip", "-happened_at", "-id"], name="border_gate_seal_of_trip"),
        ),
        migrations.AddIndex(
            model_name="sealevent",
            index=models.Index(fields=["seal_no", "-happened_at"], name="border_gate_seal_by_number"),
        ),
        migrations.AddIndex(
            model_name="weighing",
            index=models.Index(fields=["trip", "-weighed_at"], name="border_gate_weighing_of_trip"),
        ),
        migrations.AddIndex(
            model_name="weighing",
            index=models.Index(
                condition=models.Q(("differs", True)), fields=["trip"], name="border_gate_weighing_differs"
            ),
        ),
        migrations.AddConstraint(
            model_name="weighing",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("differs", False), models.Q(("expected_kg__isnull", False), ("steady", True)), _connector="OR"
                ),
                name="border_gate_weighing_compared",
            ),
        ),
        migrations.RunSQL(
            "revoke update, delete, truncate on border_gate_armcommand, border_gate_armanswer, border_gate_weighing,"
            " border_gate_sealevent from tinhso_app",
            migrations.RunSQL.noop,
        ),
    ]
