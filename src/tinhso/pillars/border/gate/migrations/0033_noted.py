"""When a vehicle that stands undeclared was noted last, and an index of those that stand so."""

from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0032_more_fields"),
    ]

    operations = [
        migrations.AddField(
            model_name="undeclaredarrival",
            name="seen_again_at",
            field=models.DateTimeField(null=True),
        ),
        migrations.AddIndex(
            model_name="trip",
            index=models.Index(
                condition=models.Q(("ended_at", None), ("submitted_at", None), ("undeclared", True)),
                fields=["tractor_plate"],
                name="border_gate_trip_noted",
            ),
        ),
    ]
