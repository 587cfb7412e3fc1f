import datetime
import django.contrib.postgres.constraints
import django.contrib.postgres.fields
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from tinhso.kernel.rulebook.migrate import counted

TABLES = (
    "border_gate_bookingrule",
    "border_gate_checkrule",
    "border_gate_correctionrule",
    "border_gate_feerule",
    "border_gate_feeterm",
    "border_gate_fieldrule",
    "border_gate_forceedition",
    "border_gate_limit",
    "border_gate_operatingcalendar",
    "border_gate_queuecycle",
    "border_gate_reasoncode",
    "border_gate_refusaltext",
    "border_gate_slotdefault",
    "border_gate_taskresult",
    "border_gate_triptyperule",
)


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0017_readings"),
        ("kernel_rulebook", "0003_flows"),
    ]

    operations = [
        migrations.CreateModel(
            name="CorrectionRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("field", models.CharField(max_length=20, verbose_name="field of the declaration")),
                (
                    "reopens",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=20),
                        blank=True,
                        default=list,
                        size=None,
                        verbose_name="checks made again",
                    ),
                ),
                ("fee_anew", models.BooleanField(default=False, verbose_name="fee assessed anew")),
                ("note", models.CharField(blank=True, max_length=200, verbose_name="note")),
            ],
        ),
        migrations.CreateModel(
            name="FeeTerm",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("dimension", models.CharField(max_length=10, verbose_name="dimension of the tariff")),
                ("term", models.CharField(max_length=60, verbose_name="word of the tariff")),
                (
                    "codes",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=16), default=list, size=None, verbose_name="our codes"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="FieldRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("trip_type", models.CharField(default="any", max_length=16, verbose_name="trip type")),
                ("field", models.CharField(max_length=20, verbose_name="field of the declaration")),
                (
                    "need",
                    models.CharField(
                        choices=[
                            ("asked", "asked, may stay empty"),
                            ("required", "must be filled in"),
                            ("hidden", "not asked"),
                        ],
                        max_length=8,
                        verbose_name="how it is asked",
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="ForceEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("code", models.CharField(max_length=12, verbose_name="code")),
                ("number", models.PositiveSmallIntegerField(default=0, verbose_name="number in lists")),
                ("name_vi", models.CharField(max_length=160, verbose_name="name")),
                ("name_en", models.CharField(max_length=160, verbose_name="English name")),
                ("name_zh", models.CharField(blank=True, max_length=160, verbose_name="Chinese name")),
                ("duties", models.CharField(blank=True, max_length=200, verbose_name="duties")),
            ],
            options={
                "ordering": ["number", "code"],
            },
        ),
        migrations.CreateModel(
            name="Limit",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("code", models.CharField(max_length=24, verbose_name="code")),
                (
                    "value",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10000),
                        ],
                        verbose_name="number",
                    ),
                ),
                (
                    "unit",
                    models.CharField(
                        choices=[
                            ("minute", "minute"),
                            ("hour", "hour"),
                            ("day", "day"),
                            ("time", "time"),
                            ("percent", "per cent"),
                        ],
                        max_length=8,
                        verbose_name="unit",
                    ),
                ),
                ("title_vi", models.CharField(max_length=120, verbose_name="name")),
                ("title_en", models.CharField(max_length=120, verbose_name="English name")),
            ],
        ),
        migrations.CreateModel(
            name="QueueCycle",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "season",
                    models.CharField(
                        choices=[("season", "fruit season"), ("off_season", "outside the fruit season")],
                        max_length=12,
                        verbose_name="part of the year",
                    ),
                ),
                (
                    "steps",
                    django.contrib.postgres.fields.ArrayField(
                        base_field=models.CharField(max_length=2), size=None, verbose_name="classes of the steps"
                    ),
                ),
            ],
        ),
        migrations.CreateModel(
            name="RefusalText",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("code", models.CharField(max_length=10, verbose_name="code")),
                ("message_vi", models.TextField(max_length=500, verbose_name="sentence in Vietnamese")),
                ("message_en", models.TextField(max_length=500, verbose_name="sentence in English")),
                ("message_zh", models.TextField(blank=True, max_length=500, verbose_name="sentence in Chinese")),
            ],
        ),
        migrations.CreateModel(
            name="TaskResult",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("result", models.CharField(max_length=10, verbose_name="result")),
                (
                    "task_state",
                    models.CharField(
                        choices=[
                            ("PASS", "passed"),
                            ("FAIL", "not passed"),
                            ("TREAT", "in treatment"),
                            ("OPEN", "not taken"),
                            ("IN_PROGRESS", "being checked"),
                        ],
                        max_length=12,
                        verbose_name="state of the check",
                    ),
                ),
                ("effect", models.CharField(blank=True, max_length=200, verbose_name="what follows")),
            ],
        ),
        migrations.CreateModel(
            name="TripTypeRule",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("trip_type", models.CharField(max_length=16, verbose_name="trip type")),
                ("enters", models.BooleanField(default=False, verbose_name="comes in over the line")),
                ("leaves", models.BooleanField(default=False, verbose_name="goes out over the line")),
                (
                    "goods_stage",
                    models.CharField(
                        choices=[("EXIT", "on the way out"), ("INLAND", "on the way inland")],
                        max_length=8,
                        verbose_name="stage of the checks of goods",
                    ),
                ),
                (
                    "fee_route",
                    models.CharField(
                        choices=[
                            ("ACROSS", "across the line"),
                            ("INLAND", "goes inland"),
                            ("YARD_TRANSFER", "transfer in the yard only"),
                        ],
                        max_length=16,
                        verbose_name="route of the fee",
                    ),
                ),
            ],
        ),
        migrations.RemoveConstraint(
            model_name="reasoncode",
            name="border_gate_reason_once",
        ),
        migrations.AddField(
            model_name="checkrule",
            name="document_no",
            field=models.CharField(blank=True, max_length=60, verbose_name="document number"),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="needed",
            field=django.contrib.postgres.fields.ArrayField(
                base_field=models.CharField(max_length=120), default=list, size=None, verbose_name="condition"
            ),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="number",
            field=models.PositiveSmallIntegerField(default=100, verbose_name="number in lists"),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="placed",
            field=models.CharField(
                choices=[
                    ("entry", "on the way in"),
                    ("line", "wherever the line is crossed"),
                    ("goods", "where the goods are checked"),
                    ("return", "on the way back"),
                ],
                default="goods",
                max_length=8,
                verbose_name="where it is checked",
            ),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="status",
            field=models.CharField(blank=True, max_length=12, verbose_name="standing of the rule"),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="title_en",
            field=models.CharField(blank=True, max_length=80, verbose_name="English name"),
        ),
        migrations.AddField(
            model_name="checkrule",
            name="title_vi",
            field=models.CharField(blank=True, max_length=80, verbose_name="name"),
        ),
        migrations.AddField(
            model_name="reasoncode",
            name="document_no",
            field=models.CharField(blank=True, max_length=60, verbose_name="document number"),
        ),
        migrations.AddField(
            model_name="reasoncode",
            name="source",
            field=models.CharField(blank=True, max_length=200, verbose_name="source"),
        ),
        migrations.AddField(
            model_name="reasoncode",
            name="status",
            field=models.CharField(blank=True, max_length=12, verbose_name="standing of the rule"),
        ),
        migrations.AddField(
            model_name="reasoncode",
            name="valid_from",
            field=models.DateField(default=datetime.date(2022, 2, 21), verbose_name="valid from"),
            preserve_default=False,
        ),
        migrations.AddField(
            model_name="reasoncode",
            name="valid_until",
            field=models.DateField(blank=True, null=True, verbose_name="valid until"),
        ),
        migrations.AlterField(
            model_name="checkrule",
            name="source",
            field=models.CharField(max_length=200, verbose_name="source"),
        ),
        migrations.AddConstraint(
            model_name="reasoncode",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_reason_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="reasoncode",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("kind", "="),
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
                name="border_gate_reason_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_correction_rule_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="correctionrule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("field", "="),
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
                name="border_gate_correction_rule_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeterm",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_fee_term_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="feeterm",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("dimension", "="),
                    ("term", "="),
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
                name="border_gate_fee_term_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_field_rule_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="fieldrule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("trip_type", "="),
                    ("field", "="),
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
                name="border_gate_field_rule_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="forceedition",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_force_edition_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="forceedition",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
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
                name="border_gate_force_edition_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_limit_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="limit",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
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
                name="border_gate_limit_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="queuecycle",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_queue_cycle_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="queuecycle",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("season", "="),
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
                name="border_gate_queue_cycle_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusaltext",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_refusal_text_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="refusaltext",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
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
                name="border_gate_refusal_text_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskresult",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_task_result_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="taskresult",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("result", "="),
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
                name="border_gate_task_result_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="triptyperule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_trip_type_rule_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="triptyperule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("trip_type", "="),
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
                name="border_gate_trip_type_rule_once",
            ),
        ),
        migrations.RemoveConstraint(
            model_name="bookingrule",
            name="border_gate_booking_rule_once",
        ),
        migrations.RemoveConstraint(
            model_name="slotdefault",
            name="border_gate_slot_default_once",
        ),
        migrations.AddField(
            model_name="bookingrule",
            name="code",
            field=models.CharField(
                choices=[("booking", "booking of hours")], default="booking", max_length=12, verbose_name="code"
            ),
        ),
        migrations.AddField(
            model_name="bookingrule",
            name="document_no",
            field=models.CharField(blank=True, max_length=60, verbose_name="document number"),
        ),
        migrations.AddField(
            model_name="bookingrule",
            name="status",
            field=models.CharField(blank=True, max_length=12, verbose_name="standing of the rule"),
        ),
        migrations.AddField(
            model_name="slotdefault",
            name="document_no",
            field=models.CharField(blank=True, max_length=60, verbose_name="document number"),
        ),
        migrations.AddField(
            model_name="slotdefault",
            name="status",
            field=models.CharField(blank=True, max_length=12, verbose_name="standing of the rule"),
        ),
        migrations.AlterField(
            model_name="bookingrule",
            name="source",
            field=models.CharField(blank=True, max_length=200, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="bookingrule",
            name="valid_from",
            field=models.DateField(verbose_name="valid from"),
        ),
        migrations.AlterField(
            model_name="slotdefault",
            name="capacity",
            field=models.PositiveSmallIntegerField(
                validators=[django.core.validators.MaxValueValidator(500)], verbose_name="room, vehicles"
            ),
        ),
        migrations.AlterField(
            model_name="slotdefault",
            name="source",
            field=models.CharField(blank=True, max_length=200, verbose_name="source"),
        ),
        migrations.AddConstraint(
            model_name="bookingrule",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_booking_rule_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="bookingrule",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
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
                name="border_gate_booking_rule_once",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotdefault",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                ),
                name="border_gate_slot_default_days",
            ),
        ),
        migrations.AddConstraint(
            model_name="slotdefault",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[
                    ("point", "="),
                    ("direction", "="),
                    ("goods_group", "="),
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
                name="border_gate_slot_default_once",
            ),
        ),
        counted(*TABLES),
    ]
