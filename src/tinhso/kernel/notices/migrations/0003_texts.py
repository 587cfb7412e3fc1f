import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
from django.db import migrations, models

from tinhso.kernel.rulebook.migrate import counted


class Migration(migrations.Migration):
    dependencies = [("kernel_notices", "0002_carriers"), ("kernel_rulebook", "0003_flows")]

    operations = [
        migrations.CreateModel(
            name="NoticeText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("kind", models.CharField(max_length=80, verbose_name="kind of notice")),
                ("text_vi", models.CharField(max_length=300, verbose_name="words in Vietnamese")),
                ("text_en", models.CharField(max_length=300, verbose_name="words in English")),
                ("text_zh", models.CharField(blank=True, max_length=300, verbose_name="words in Chinese")),
                (
                    "sms_vi",
                    models.CharField(
                        blank=True,
                        help_text="Only where messages say less than the words above",
                        max_length=160,
                        verbose_name="text message in Vietnamese",
                    ),
                ),
                ("sms_en", models.CharField(blank=True, max_length=160, verbose_name="text message in English")),
                ("sms_zh", models.CharField(blank=True, max_length=160, verbose_name="text message in Chinese")),
            ],
            options={"ordering": ["id"]},
        ),
        migrations.AddConstraint(
            model_name="noticetext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="kernel_notices_notice_text_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="noticetext",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("kind", "="),
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
                name="kernel_notices_notice_text_once",
            ),
        ),
        counted("kernel_notices_noticetext"),
    ]
