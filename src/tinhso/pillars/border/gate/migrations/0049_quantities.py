from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0048_chinese_firms")]

    operations = [
        migrations.AddField(
            model_name="goodsline",
            name="quantity",
            field=models.DecimalField(blank=True, decimal_places=2, max_digits=11, null=True, verbose_name="quantity"),
        ),
        migrations.AddField(
            model_name="goodsline",
            name="unit",
            field=models.CharField(blank=True, default="", max_length=3, verbose_name="unit of measure"),
            preserve_default=False,
        ),
    ]
