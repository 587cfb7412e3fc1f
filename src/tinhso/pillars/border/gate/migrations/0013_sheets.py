"""Spreadsheets of declarations that firms send, and their rows."""

import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0012_quarantine"),
    ]

    operations = [
        migrations.CreateModel(
            name="DeclarationSheet",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("digest", models.CharField(max_length=64)),
                ("name", models.CharField(max_length=160, verbose_name="file name")),
                ("sealed", models.BinaryField(null=True)),
                ("sent_at", models.DateTimeField(verbose_name="sent at")),
                ("sent_by", models.UUIDField()),
                ("kept_at", models.DateTimeField(null=True, verbose_name="declared at")),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.enterprise"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="DeclarationRow",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("number", models.PositiveIntegerField(verbose_name="row number")),
                ("problems", models.JSONField(default=list)),
                (
                    "trip",
                    models.OneToOneField(
                        null=True, on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.trip"
                    ),
                ),
                (
                    "sheet",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.CASCADE,
                        related_name="rows",
                        to="border_gate.declarationsheet",
                    ),
                ),
            ],
            options={
                "ordering": ["number"],
            },
        ),
        migrations.AddConstraint(
            model_name="declarationsheet",
            constraint=models.UniqueConstraint(fields=("firm", "digest"), name="border_gate_sheet_once"),
        ),
        migrations.AddConstraint(
            model_name="declarationrow",
            constraint=models.UniqueConstraint(fields=("sheet", "number"), name="border_gate_sheet_row_once"),
        ),
    ]
