from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("kernel_geo", "0001_initial")]

    operations = [
        migrations.AddField(
            model_name="place",
            name="short_name",
            field=models.CharField(blank=True, max_length=80, verbose_name="short name"),
        ),
    ]
