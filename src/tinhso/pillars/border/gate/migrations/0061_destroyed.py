import django.contrib.postgres.fields
import django.db.models.deletion
import tinhso.kernel.base.ids
from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0060_fee_of_the_way_back")]

    operations = [
        migrations.CreateModel(
            name="Destruction",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("kg", models.IntegerField(verbose_name="weight, kg")),
                ("leg", models.SmallIntegerField(default=1)),
                ("taken_over", models.BooleanField(default=False, verbose_name="taken over in the yard")),
                ("minutes_no", models.CharField(max_length=40, verbose_name="number of the record")),
                (
                    "witnesses",
                    django.contrib.postgres.fields.ArrayField(base_field=models.CharField(max_length=12), size=None),
                ),
                ("at", models.DateTimeField()),
                ("by", models.UUIDField()),
                (
                    "line",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT, related_name="+", to="border_gate.goodsline"
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
                        on_delete=django.db.models.deletion.PROTECT, related_name="destroyed", to="border_gate.trip"
                    ),
                ),
            ],
            options={
                "ordering": ["at", "id"],
                "constraints": [
                    models.UniqueConstraint(
                        fields=("trip", "line", "minutes_no"), name="border_gate_destroyed_once_by_a_record"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("kg__gt", 0)), name="border_gate_destroyed_weighs_something"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("minutes_no", ""), _negated=True), name="border_gate_destroyed_by_a_record"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("witnesses__len__gt", 0)), name="border_gate_destroyed_before_a_force"
                    ),
                ],
            },
        ),
    ]
