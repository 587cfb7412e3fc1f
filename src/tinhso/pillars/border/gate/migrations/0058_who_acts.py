from django.db import migrations, models

# The first versions on which the board has not decided yet; what it has changed since keeps its document.
FIRST = """
update border_gate_reasoncode set waits_for_firm = true
where kind = 'HOLD' and code in ('DOC_MISMATCH', 'TAX_DEBT', 'OVERWEIGHT', 'FIRM_DISOWNED');
update border_gate_reasoncode
set status = 'assumed', source = source || '; lý do nào chờ doanh nghiệp xử lý là giả định'
where kind = 'HOLD' and document_no = '' and source = 'bảng lý do, thiết kế của nền tảng';
"""
# Months were kept with every hold taken off; the evening's count makes those anew that are missing.
COUNT_ANEW = "delete from border_gate_monthtime"


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0057_blocked_for")]

    operations = [
        migrations.AddField(
            model_name="reasoncode",
            name="waits_for_firm",
            field=models.BooleanField(default=False, verbose_name="the firm has to act"),
        ),
        migrations.RunSQL(FIRST, migrations.RunSQL.noop),
        migrations.RunSQL(COUNT_ANEW, migrations.RunSQL.noop),
    ]
