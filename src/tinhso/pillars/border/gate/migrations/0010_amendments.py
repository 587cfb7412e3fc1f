"""Values before and after each correction, and what a paid fee lacks after one. The amendment itself: 0002."""

import django.db.models.deletion
import django.db.models.expressions
from django.db import migrations, models

from tinhso.kernel.base.ids import uuid7


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0009_drivers")]

    operations = [
        migrations.CreateModel(
            name="FeeDifference",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("before", models.BigIntegerField(verbose_name="fee before, đồng")),
                ("after", models.BigIntegerField(verbose_name="fee after, đồng")),
                ("amount", models.BigIntegerField(verbose_name="difference, đồng")),
                ("explanation", models.JSONField(default=dict)),
                ("made_at", models.DateTimeField()),
                ("settled_at", models.DateTimeField(null=True)),
                ("settled_by", models.UUIDField(null=True)),
                ("document_no", models.CharField(blank=True, max_length=40, verbose_name="document number")),
                (
                    "amendment",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.amendment",
                    ),
                ),
                (
                    "fee",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="differences",
                        to="border_gate.feeassessment",
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="fee_differences",
                        to="border_gate.trip",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FieldChange",
            fields=[
                ("id", models.UUIDField(default=uuid7, editable=False, primary_key=True, serialize=False)),
                ("field", models.CharField(max_length=16, verbose_name="field")),
                ("old", models.JSONField(null=True, verbose_name="value before")),
                ("new", models.JSONField(null=True, verbose_name="value after")),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
                (
                    "amendment",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="changes", to="border_gate.amendment"
                    ),
                ),
                (
                    "trip",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="field_changes", to="border_gate.trip"
                    ),
                ),
            ],
            options={
                "ordering": ["-at", "field"],
            },
        ),
        migrations.AddIndex(
            model_name="feedifference",
            index=models.Index(
                condition=models.Q(("settled_at", None)), fields=["trip"], name="border_gate_to_be_settled"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedifference",
            constraint=models.UniqueConstraint(
                condition=models.Q(("settled_at", None)), fields=("fee",), name="border_gate_one_open_difference"
            ),
        ),
        migrations.AddConstraint(
            model_name="feedifference",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    (
                        "amount",
                        django.db.models.expressions.CombinedExpression(models.F("after"), "-", models.F("before")),
                    )
                ),
                name="border_gate_difference_adds_up",
            ),
        ),
        migrations.AddIndex(
            model_name="fieldchange",
            index=models.Index(fields=["at"], name="border_gate_field_change_at"),
        ),
        migrations.RunSQL("revoke update, delete on border_gate_fieldchange from tinhso_app", migrations.RunSQL.noop),
    ]
