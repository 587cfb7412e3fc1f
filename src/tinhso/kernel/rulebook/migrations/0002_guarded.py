"""What was proposed stays as it was read; every write of a dated row is counted."""

from django.db import migrations

from tinhso.kernel.rulebook.migrate import TOUCH

FIXED = """
create function kernel_rulebook_fixed_row() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
declare
    stands text;
begin
    select c.state into stands from kernel_rulebook_rulechange c where c.id = coalesce(new.change_id, old.change_id);
    if stands = 'drafted' then
        return coalesce(new, old);
    end if;
    if tg_op = 'UPDATE' and stands = 'approved' and old.made_id = ''
       and to_jsonb(new) - 'made_id' = to_jsonb(old) - 'made_id' then
        return new;
    end if;
    raise exception 'a row of a change that is no draft is not written' using errcode = 'FI423', detail = stands;
end $$;
create trigger kernel_rulebook_fixed before insert or update or delete on kernel_rulebook_rowchange
    for each row execute function kernel_rulebook_fixed_row();

create function kernel_rulebook_fixed_head() returns trigger language plpgsql
set search_path = pg_catalog, public, pg_temp as $$
begin
    if old.state <> 'drafted' and (new.title, new.summary, new.document_no, new.source, new.effective_on)
       is distinct from (old.title, old.summary, old.document_no, old.source, old.effective_on) then
        raise exception 'the head of a change that is no draft is not written'
            using errcode = 'FI423', detail = old.state;
    end if;
    return new;
end $$;
create trigger kernel_rulebook_fixed before update on kernel_rulebook_rulechange
    for each row execute function kernel_rulebook_fixed_head();
"""


class Migration(migrations.Migration):
    dependencies = [("kernel_rulebook", "0001_initial"), ("kernel_access", "0002_rights")]

    operations = [migrations.RunSQL(TOUCH, migrations.RunSQL.noop), migrations.RunSQL(FIXED, migrations.RunSQL.noop)]
