"""Firms named by drivers and at the help desk, and what they said of it; declarations of the help desk ahead."""

import django.db.models.deletion
from django.db import migrations, models

import tinhso.kernel.base.ids

STATES = [
    ("typed", "not sent yet"),
    ("sent", "waits for the firm"),
    ("consented", "the firm has consented"),
    ("declined", "the firm has declined"),
    ("lapsed", "the day has passed"),
    ("desk", "declared at the help desk"),
]


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0041_arrivals_withdrawn"),
    ]

    operations = [
        migrations.CreateModel(
            name="FirmNaming",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("named_at", models.DateTimeField()),
                ("named_by", models.UUIDField()),
                ("disowned_at", models.DateTimeField(null=True)),
                ("disowned_by", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=240, verbose_name="reason")),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.enterprise"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="namings", to="border_gate.trip"
                    ),
                ),
            ],
            options={
                "indexes": [
                    models.Index(
                        condition=models.Q(("disowned_at", None)), fields=["firm"], name="border_gate_named_open"
                    )
                ],
                "constraints": [models.UniqueConstraint(fields=("trip", "firm"), name="border_gate_named_once")],
            },
        ),
        migrations.AlterField(
            model_name="aheaddeclaration",
            name="state",
            field=models.CharField(choices=STATES, default="typed", max_length=10, verbose_name="state"),
        ),
    ]
