from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0033_noted")]

    operations = [
        migrations.AddField(
            model_name="slotwindow",
            name="kept",
            field=models.PositiveSmallIntegerField(default=0, verbose_name="places kept beyond the room"),
        ),
        migrations.RemoveConstraint(model_name="slotwindow", name="border_gate_window_room"),
        migrations.AddConstraint(
            model_name="slotwindow",
            constraint=models.CheckConstraint(
                condition=models.Q(
                    ("booked__gte", 0),
                    models.Q(
                        ("booked__lte", models.F("capacity")),
                        ("booked__lte", models.F("kept")),
                        _connector="OR",
                    ),
                ),
                name="border_gate_window_room",
            ),
        ),
    ]
