import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models

from tinhso.kernel.rulebook.migrate import counted


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0039_just_in_time"),
    ]

    operations = [
        migrations.CreateModel(
            name="SampleRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("code", models.CharField(max_length=12, verbose_name="code")),
                ("title_vi", models.CharField(max_length=120, verbose_name="name")),
                ("title_en", models.CharField(max_length=120, verbose_name="English name")),
                (
                    "direction",
                    models.CharField(
                        choices=[("X", "export"), ("N", "import")], max_length=1, verbose_name="direction"
                    ),
                ),
                (
                    "hs_prefixes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8), size=None, verbose_name="HS prefixes"
                    ),
                ),
                (
                    "share_percent",
                    models.PositiveSmallIntegerField(
                        validators=[django.core.validators.MaxValueValidator(100)],
                        verbose_name="share of such trips, %",
                    ),
                ),
            ],
            options={
                "ordering": ["code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="border_gate_sample_rule_days",
                    ),
                    django.contrib.postgres.constraints.ExclusionConstraint(
                        expressions=[
                            ("code", "="),
                            (
                                models.Func(
                                    "valid_from",
                                    "valid_until",
                                    function="daterange",
                                    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
                                ),
                                "&&",
                            ),
                        ],
                        name="border_gate_sample_rule_once",
                    ),
                ],
            },
        ),
        migrations.CreateModel(
            name="SampleDraw",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("rule", models.CharField(max_length=12, verbose_name="rule of the sample")),
                ("title_vi", models.CharField(max_length=120, verbose_name="name")),
                ("title_en", models.CharField(max_length=120, verbose_name="English name")),
                ("share_percent", models.PositiveSmallIntegerField(verbose_name="share of such trips, %")),
                ("number", models.PositiveSmallIntegerField(verbose_name="number drawn")),
                ("drawn", models.BooleanField(verbose_name="to be sampled")),
                ("drawn_at", models.DateTimeField()),
                ("taken_over", models.BooleanField(default=False)),
                ("lapsed_at", models.DateTimeField(null=True)),
                (
                    "result",
                    models.CharField(
                        blank=True,
                        choices=[("CLEAN", "no pest, no soil found"), ("FOUND", "pest, soil or leaves found")],
                        max_length=8,
                        verbose_name="result of the sample",
                    ),
                ),
                ("finding", models.CharField(blank=True, max_length=400, verbose_name="finding")),
                ("sampled_at", models.DateTimeField(null=True)),
                ("sampled_by", models.UUIDField(null=True)),
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="samples", to="border_gate.trip"
                    ),
                ),
            ],
            options={
                "ordering": ["rule"],
                "indexes": [models.Index(fields=["drawn_at"], name="border_gate_sample_at")],
                "constraints": [models.UniqueConstraint(fields=("trip", "rule"), name="border_gate_sample_drawn_once")],
            },
        ),
        counted("border_gate_samplerule"),
    ]
