import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0023_order_texts"),
    ]

    operations = [
        migrations.CreateModel(
            name="Registration",
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
                            ("sent", "to be confirmed"),
                            ("asked", "more is asked for"),
                            ("confirmed", "confirmed"),
                            ("rejected", "rejected"),
                        ],
                        default="typed",
                        max_length=10,
                        verbose_name="state",
                    ),
                ),
                ("tax_code", models.CharField(max_length=13, verbose_name="tax code")),
                ("name", models.CharField(max_length=200, verbose_name="name of the firm")),
                ("address", models.CharField(max_length=240, verbose_name="address")),
                ("contact", models.CharField(max_length=120, verbose_name="contact person")),
                ("phone", models.CharField(max_length=20, verbose_name="phone")),
                ("email", models.EmailField(blank=True, max_length=254, verbose_name="e-mail")),
                ("holder_id", models.UUIDField(unique=True)),
                ("made_at", models.DateTimeField()),
                ("sent_at", models.DateTimeField(null=True)),
                ("decided_at", models.DateTimeField(null=True)),
                ("decided_by", models.UUIDField(null=True)),
                ("reason", models.CharField(blank=True, max_length=240, verbose_name="reason")),
                (
                    "enterprise",
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
            ],
            options={
                "indexes": [models.Index(fields=["state", "sent_at"], name="border_gate_registering")],
                "constraints": [
                    models.UniqueConstraint(
                        condition=models.Q(("state__in", ("sent", "asked"))),
                        fields=("tax_code",),
                        name="border_gate_one_registration",
                    )
                ],
            },
        ),
    ]
