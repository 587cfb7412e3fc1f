"""Where the codes of trips were used; rows are only added."""

import django.db.models.deletion
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0006_fewer_indexes")]

    operations = [
        migrations.CreateModel(
            name="QrUse",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("nonce", models.CharField(max_length=16)),
                ("step", models.CharField(max_length=16)),
                ("leg", models.SmallIntegerField()),
                ("used_at", models.DateTimeField()),
                ("used_by", models.UUIDField()),
                (
                    "control_point",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.controlpoint",
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
            options={
                "constraints": [
                    models.UniqueConstraint(
                        fields=("nonce", "control_point", "step", "leg"), name="border_gate_code_once_at_a_point"
                    )
                ],
            },
        ),
        migrations.RunSQL("revoke update, delete on border_gate_qruse from tinhso_app", migrations.RunSQL.noop),
    ]
