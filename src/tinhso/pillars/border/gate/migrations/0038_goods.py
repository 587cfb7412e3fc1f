import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

from tinhso.kernel.rulebook.migrate import counted


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0037_parts_of_plates"),
    ]

    operations = [
        migrations.CreateModel(
            name="GoodsRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("code", models.CharField(max_length=8, verbose_name="beginning of the HS code")),
                ("name_vi", models.CharField(max_length=160, verbose_name="name")),
                ("name_en", models.CharField(max_length=160, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=160, verbose_name="Chinese name")),
                ("group", models.CharField(max_length=12, verbose_name="goods group")),
                (
                    "flags",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=12),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="goods flags",
                    ),
                ),
                (
                    "papers",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="papers needed",
                    ),
                ),
                ("directions", models.CharField(default="XN", max_length=2, verbose_name="directions")),
                ("season", models.CharField(blank=True, max_length=60, verbose_name="season, months")),
            ],
            options={
                "ordering": ["group", "code"],
                "constraints": [
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="border_gate_goods_rule_days",
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
                        name="border_gate_goods_rule_once",
                    ),
                ],
            },
        ),
        migrations.DeleteModel(
            name="Goods",
        ),
        counted("border_gate_goodsrule"),
    ]
