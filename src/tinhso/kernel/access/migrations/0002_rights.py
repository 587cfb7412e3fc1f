"""The view of rights and the functions that decide on it."""

from django.db import migrations

from tinhso.kernel.access.sql import BACKWARD, FORWARD


class Migration(migrations.Migration):
    dependencies = [("kernel_access", "0001_initial")]

    operations = [migrations.RunSQL(FORWARD, BACKWARD)]
