from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0049_quantities")]

    operations = [
        migrations.AddField(
            model_name="goodsline",
            name="package_kind",
            field=models.CharField(blank=True, default="", max_length=2, verbose_name="kind of packages"),
            preserve_default=False,
        ),
    ]
