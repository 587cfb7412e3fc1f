import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

from tinhso.kernel.rulebook.migrate import counted


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0038_goods"),
    ]

    operations = [
        migrations.AddField(
            model_name="declaration",
            name="just_in_time",
            field=models.BooleanField(default=False, verbose_name="electronics that a production line waits for"),
        ),
        migrations.CreateModel(
            name="JustInTimeRule",
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
                    "tax_codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=13),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="tax codes",
                    ),
                ),
                (
                    "hs_prefixes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=8),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="HS prefixes",
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
                        name="border_gate_just_in_time_days",
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
                        name="border_gate_just_in_time_once",
                    ),
                ],
            },
        ),
        counted("border_gate_justintimerule"),
    ]
