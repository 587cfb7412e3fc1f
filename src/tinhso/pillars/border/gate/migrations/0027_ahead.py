import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0026_carriers"),
    ]

    operations = [
        migrations.CreateModel(
            name="AheadDeclaration",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                (
                    "state",
                    models.CharField(
                        choices=[
                            ("typed", "not sent yet"),
                            ("sent", "waits for the firm"),
                            ("consented", "the firm has consented"),
                            ("declined", "the firm has declined"),
                            ("lapsed", "the day has passed"),
                        ],
                        default="typed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("holder_id", models.UUIDField(unique=True)),
                ("phone", models.CharField(max_length=20, verbose_name="phone")),
                ("language", models.CharField(default="vi", max_length=8)),
                ("plate", models.CharField(max_length=12, verbose_name="plate")),
                ("plate_typed", models.CharField(blank=True, max_length=40)),
                ("planned_on", models.DateField(verbose_name="day at the gate")),
                ("answers", models.JSONField(default=dict)),
                ("paper_sealed", models.BinaryField(max_length=256, null=True)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=240, verbose_name="reason")),
                (
                    "firm",
                    models.ForeignKey(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.enterprise",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.crossingpoint",
                        verbose_name="crossing point",
                    ),
                ),
                (
                    "trip",
                    models.OneToOneField(
                        null=True,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.trip",
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(fields=["firm", "state"], name="border_gate_ahead_of_firm"),
                    models.Index(fields=["phone", "-made_at"], name="border_gate_ahead_phone"),
                ],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state", "sent")), fields=("plate", "phone"), name="border_gate_one_ahead"
                    )
                ],
            },
        ),
    ]
