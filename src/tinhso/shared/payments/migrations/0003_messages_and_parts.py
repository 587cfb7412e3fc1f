"""The bank's messages that were heard, and what all refunds of one payment may be together."""

from django.db import migrations, models

# The flow refuses this first (PM-025); this stays true whatever way a row is written. The obligation is locked, so
# that two refunds at one moment see each other.
WITHIN = """
create function shared_payments_refunds_within() returns trigger
language plpgsql set search_path = pg_catalog, public, pg_temp as $$
declare
    v_received bigint;
begin
    select o.received into v_received from shared_payments_obligation o
        where o.id = new.obligation_id for no key update;
    if v_received < (select sum(f.amount) from shared_payments_refund f
            where f.obligation_id = new.obligation_id and f.line_id is null and f.state <> 'rejected') then
        raise exception 'more would go back than came' using errcode = 'check_violation',
            constraint = 'shared_payments_refunds_within_payment', table = 'shared_payments_refund';
    end if;
    return null;
end
$$;
create trigger shared_payments_refunds_within after insert or update of amount, state, obligation_id, line_id
    on shared_payments_refund for each row
    when (new.obligation_id is not null and new.line_id is null and new.state <> 'rejected')
    execute function shared_payments_refunds_within();
create index shared_payments_refund_parts on shared_payments_refund (obligation_id) where line_id is null;
"""


class Migration(migrations.Migration):
    dependencies = [("shared_payments", "0002_flows")]

    operations = [
        migrations.CreateModel(
            name="HeardMessage",
            fields=[
                ("nonce", models.CharField(max_length=64, primary_key=True, serialize=False)),
                ("digest", models.CharField(max_length=64)),
                ("answer", models.JSONField(default=dict)),
                ("heard_at", models.DateTimeField(db_index=True)),
            ],
        ),
        migrations.RunSQL(
            WITHIN,
            "drop index shared_payments_refund_parts; drop trigger shared_payments_refunds_within on"
            " shared_payments_refund; drop function shared_payments_refunds_within()",
        ),
    ]
