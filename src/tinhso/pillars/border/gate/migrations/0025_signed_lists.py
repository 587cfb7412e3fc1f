import django.db.models.deletion
from django.db import migrations, models

import tinhso.kernel.base.ids

from tinhso.kernel.audit.schema import append_only


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0024_firms"),
        ("kernel_audit", "0001_initial"),
        ("kernel_organisations", "0003_recalled"),
    ]

    operations = [
        migrations.CreateModel(
            name="SignedList",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("number", models.CharField(max_length=32, unique=True, verbose_name="number of the list")),
                ("count", models.PositiveSmallIntegerField(verbose_name="checks")),
                ("digest", models.CharField(max_length=64, verbose_name="digest")),
                ("signed_at", models.DateTimeField(verbose_name="signed")),
                ("signed_by", models.UUIDField()),
                (
                    "agency",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="kernel_organisations.agency",
                    ),
                ),
                (
                    "force",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.force",
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
                "ordering": ["-signed_at", "-number"],
            },
        ),
        migrations.CreateModel(
            name="SignedCheck",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("version", models.IntegerField()),
                ("code", models.CharField(max_length=17)),
                ("plate", models.CharField(max_length=17, verbose_name="plate")),
                ("kind", models.CharField(max_length=16)),
                ("stage", models.CharField(max_length=8)),
                ("kg", models.IntegerField()),
                (
                    "task",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.clearancetask",
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.trip"
                    ),
                ),
                (
                    "list",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="lines", to="border_gate.signedlist"
                    ),
                ),
            ],
            options={
                "ordering": ["pk"],
            },
        ),
        migrations.AddIndex(
            model_name="signedlist",
            index=models.Index(fields=["point", "-signed_at"], name="border_gate_signed_list_point"),
        ),
        migrations.AddConstraint(
            model_name="signedcheck",
            constraint=models.UniqueConstraint(fields=("task", "version"), name="border_gate_signed_check_once"),
        ),
        *append_only("border_gate_signedlist"),
        *append_only("border_gate_signedcheck"),
        migrations.RunSQL(
            "grant insert on border_gate_signedlist, border_gate_signedcheck to tinhso_app",
            migrations.RunSQL.noop,
        ),
    ]
