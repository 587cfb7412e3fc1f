import django.db.models.deletion
from django.db import migrations, models

import tinhso.kernel.base.ids
from tinhso.kernel.base.actor import SYSTEM

# What was a mere flag before, of which neither reason nor document was kept, and which the firm was not told of.
KEEP_FLAGS = f"""
insert into border_gate_taxmark
    (id, firm_id, force_id, reason_code, document_no, valid_from, set_by, set_at, lift_reason, lift_document_no, by_order)
select gen_random_uuid(), e.agency_id, f.agency_id, 'TAX_RISK', 'chuyển từ đánh dấu trước đây',
    (now() at time zone 'Asia/Ho_Chi_Minh')::date, '{SYSTEM.id}', now(), '', '', false
from border_gate_enterprise e join border_gate_force f on f.code = 'THUE' where e.tax_flag;
set constraints all immediate;
set constraints all deferred;
"""  # noqa: S608 - a constant of our own


class Migration(migrations.Migration):
    dependencies = [("border_gate", "0055_barriers")]

    operations = [
        migrations.CreateModel(
            name="TaxMark",
            fields=[
                (
                    "id",
                    models.UUIDField(
                        default=tinhso.kernel.base.ids.uuid7, editable=False, primary_key=True, serialize=False
                    ),
                ),
                ("reason_code", models.CharField(max_length=24, verbose_name="reason")),
                ("document_no", models.CharField(max_length=60, verbose_name="document number")),
                ("valid_from", models.DateField(verbose_name="valid from")),
                ("valid_until", models.DateField(blank=True, null=True, verbose_name="valid until")),
                ("set_by", models.UUIDField()),
                ("set_at", models.DateTimeField()),
                ("lifted_by", models.UUIDField(null=True)),
                ("lifted_at", models.DateTimeField(null=True, verbose_name="lifted at")),
                (
                    "lift_reason",
                    models.CharField(blank=True, default="", max_length=240, verbose_name="why it was lifted"),
                ),
                (
                    "lift_document_no",
                    models.CharField(blank=True, default="", max_length=60, verbose_name="document of the lifting"),
                ),
                ("by_order", models.BooleanField(default=False, verbose_name="lifted by a leader's order")),
                (
                    "firm",
                    models.ForeignKey(
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="tax_marks",
                        to="border_gate.enterprise",
                        verbose_name="firm",
                    ),
                ),
                (
                    "force",
                    models.ForeignKey(
                        db_index=False,
                        on_delete=django.db.models.deletion.PROTECT,
                        related_name="+",
                        to="border_gate.force",
                        verbose_name="force",
                    ),
                ),
            ],
            options={
                "ordering": ["-set_at", "-id"],
                "constraints": [
                    models.CheckConstraint(
                        condition=~models.Q(document_no=""), name="border_gate_tax_mark_has_a_document"
                    ),
                    models.CheckConstraint(
                        condition=models.Q(
                            ("valid_until", None), ("valid_until__gt", models.F("valid_from")), _connector="OR"
                        ),
                        name="border_gate_tax_mark_days",
                    ),
                    models.CheckConstraint(
                        condition=models.Q(("by_order", False), ~models.Q(lift_document_no=""), _connector="OR"),
                        name="border_gate_tax_mark_order_has_a_number",
                    ),
                ],
            },
        ),
        migrations.RunSQL(KEEP_FLAGS, migrations.RunSQL.noop),
        migrations.RemoveField(model_name="enterprise", name="tax_flag"),
    ]
