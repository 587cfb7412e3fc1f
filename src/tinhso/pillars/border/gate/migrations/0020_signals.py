"""Hours that were given up are found by their window (queries.signals)."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0019_yards")]

    operations = [
        migrations.AddIndex(
            model_name="booking",
            index=models.Index(
                condition=models.Q(("state__in", ("missed", "released"))),
                fields=["slot"],
                name="border_gate_booking_given_up",
            ),
        ),
    ]
