from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("border_gate", "0031_false_claims"),
    ]

    operations = [
        migrations.AddField(
            model_name="crossingpoint",
            name="unlocode",
            field=models.CharField(blank=True, max_length=5, null=True, verbose_name="UN/LOCODE"),
        ),
        migrations.AddField(
            model_name="declaration",
            name="partner_phone",
            field=models.CharField(blank=True, max_length=20, verbose_name="telephone of the partner"),
        ),
        migrations.AddField(
            model_name="goodsline",
            name="dangerous_un_no",
            field=models.CharField(blank=True, max_length=6, verbose_name="UN number"),
        ),
        migrations.AddField(
            model_name="goodsline",
            name="temperature_c",
            field=models.DecimalField(
                blank=True, decimal_places=1, max_digits=4, null=True, verbose_name="temperature, °C"
            ),
        ),
    ]
