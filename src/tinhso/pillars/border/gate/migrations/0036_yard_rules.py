import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
from django.db import migrations, models

from tinhso.kernel.rulebook.migrate import counted

DAYS = models.Q(("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR")
RANGE = models.Func(
    "valid_from",
    "valid_until",
    function="daterange",
    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
)

# The newest row counted where several held on one day: now each ends when the next one begins.
KEEP_PRICES = """
update border_gate_yardtariff t set
    yard_code = coalesce((select y.code from border_gate_yard y where y.place_id = t.yard_id), 'ANY'),
    status = case when t.is_demo then 'demo' else '' end;
update border_gate_yardtariff t set valid_until = n.begins
from (
    select id, lead(valid_from) over (partition by yard_code order by valid_from) as begins from border_gate_yardtariff
) n
where n.id = t.id and n.begins < coalesce(t.valid_until, 'infinity'::date);
"""


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0035_selection")]

    operations = [
        migrations.CreateModel(
            name="YardRoom",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                (
                    "capacity",
                    models.PositiveIntegerField(
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(10_000),
                        ],
                        verbose_name="room, vehicles",
                    ),
                ),
                (
                    "yard",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="rooms",
                        to="border_gate.yard",
                        verbose_name="yard",
                    ),
                ),
            ],
        ),
        migrations.AddConstraint(
            model_name="yardroom",
            constraint=models.CheckConstraint(condition=DAYS, name="border_gate_yard_room_days"),
        ),
        migrations.AddConstraint(
            model_name="yardroom",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("yard", "="), (RANGE, "&&")], name="border_gate_yard_room_once"
            ),
        ),
        migrations.AddField(
            model_name="yardtariff",
            name="yard_code",
            field=models.CharField(default="ANY", max_length=8, verbose_name="yard"),
        ),
        migrations.AddField(
            model_name="yardtariff",
            name="status",
            field=models.CharField(blank=True, max_length=12, verbose_name="standing of the rule"),
        ),
        migrations.RunSQL(KEEP_PRICES, migrations.RunSQL.noop),
        migrations.RemoveConstraint(model_name="yardtariff", name="border_gate_yard_tariff_from"),
        migrations.RemoveField(model_name="yardtariff", name="is_demo"),
        migrations.RemoveField(model_name="yardtariff", name="yard"),
        migrations.AlterField(
            model_name="yardtariff",
            name="document_no",
            field=models.CharField(blank=True, max_length=60, verbose_name="document number"),
        ),
        migrations.AlterField(
            model_name="yardtariff",
            name="source",
            field=models.CharField(blank=True, max_length=200, verbose_name="source"),
        ),
        migrations.AlterField(
            model_name="yardtariff",
            name="free_hours",
            field=models.PositiveSmallIntegerField(
                default=0, validators=[django.core.validators.MaxValueValidator(720)], verbose_name="free hours"
            ),
        ),
        migrations.AlterField(
            model_name="yardtariff",
            name="first_day",
            field=models.PositiveBigIntegerField(
                validators=[django.core.validators.MaxValueValidator(10_000_000)], verbose_name="first day, đồng"
            ),
        ),
        migrations.AlterField(
            model_name="yardtariff",
            name="next_day",
            field=models.PositiveBigIntegerField(
                validators=[django.core.validators.MaxValueValidator(10_000_000)],
                verbose_name="each further day, đồng",
            ),
        ),
        migrations.AddConstraint(
            model_name="yardtariff",
            constraint=models.CheckConstraint(condition=DAYS, name="border_gate_yard_tariff_days"),
        ),
        migrations.AddConstraint(
            model_name="yardtariff",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("yard_code", "="), (RANGE, "&&")], name="border_gate_yard_tariff_once"
            ),
        ),
        migrations.AddField(
            model_name="bay",
            name="closed_reason",
            field=models.CharField(blank=True, default="", max_length=160, verbose_name="reason of the closing"),
        ),
        migrations.AddField(
            model_name="bay",
            name="closed_at",
            field=models.DateTimeField(blank=True, null=True),
        ),
        migrations.RemoveField(model_name="crossingpoint", name="slots_only"),
        migrations.AlterField(
            model_name="pointorder",
            name="switch",
            field=models.CharField(
                choices=[
                    ("direct_mode", "direct to the gate, without the holding area"),
                    ("buffer_compulsory", "only through the holding area"),
                    ("shuttle_drivers", "shuttle drivers"),
                    ("goods_open", "open for goods"),
                ],
                max_length=20,
                verbose_name="switch",
            ),
        ),
        counted("border_gate_yardroom", "border_gate_yardtariff"),
    ]
