import django.contrib.postgres.constraints
import django.contrib.postgres.fields.ranges
import django.core.validators
import django.db.models.deletion
import django.db.models.manager
from django.db import migrations, models

from tinhso.kernel.rulebook.migrate import counted

DAYS = models.Q(("valid_until__isnull", True), ("valid_until__gt", models.F("valid_from")), _connector="OR")
RANGE = models.Func(
    "valid_from",
    "valid_until",
    function="daterange",
    output_field=django.contrib.postgres.fields.ranges.DateRangeField(),
)
KINDS = [
    ("buffer", "buffer barrier"),
    ("entry", "entry barrier"),
    ("yard", "yard barrier"),
    ("line", "barrier at the line"),
]


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0054_new_seal")]

    operations = [
        migrations.AlterModelManagers(name="controlpoint", managers=[("every", django.db.models.manager.Manager())]),
        migrations.AddField(
            model_name="controlpoint",
            name="in_use",
            field=models.BooleanField(default=True, verbose_name="in use"),
        ),
        migrations.CreateModel(
            name="BarrierEdition",
            fields=[
                ("id", models.BigAutoField(auto_created=True, primary_key=True, serialize=False, verbose_name="ID")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("status", models.CharField(blank=True, max_length=12, verbose_name="standing of the rule")),
                ("document_no", models.CharField(blank=True, max_length=60, verbose_name="document number")),
                ("source", models.CharField(blank=True, max_length=200, verbose_name="source")),
                ("code", models.CharField(max_length=20, verbose_name="barrier code")),
                ("kind", models.CharField(choices=KINDS, max_length=8, verbose_name="kind")),
                ("name", models.CharField(max_length=120, verbose_name="name")),
                (
                    "lanes",
                    models.PositiveSmallIntegerField(
                        default=1,
                        validators=[
                            django.core.validators.MinValueValidator(1),
                            django.core.validators.MaxValueValidator(40),
                        ],
                        verbose_name="lanes",
                    ),
                ),
                (
                    "point",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="barrier_editions",
                        to="border_gate.crossingpoint",
                        verbose_name="crossing point",
                    ),
                ),
            ],
            options={"ordering": ["code"]},
        ),
        migrations.AddConstraint(
            model_name="barrieredition",
            constraint=models.CheckConstraint(condition=DAYS, name="border_gate_barrier_edition_days"),
        ),
        migrations.AddConstraint(
            model_name="barrieredition",
            constraint=django.contrib.postgres.constraints.ExclusionConstraint(
                expressions=[("code", "="), (RANGE, "&&")], name="border_gate_barrier_edition_once"
            ),
        ),
        counted("border_gate_barrieredition"),
    ]
