"""The sealer calls one function of ours, kernel_audit_new_epoch. Databases made before it was so gave it all of them,
and would have given it those to come; of a new database both are true from the beginning."""

from django.db import migrations

REVOKE = """
alter default privileges for role tinhso_owner revoke execute on functions from tinhso_sealer;
do $$
declare
    routine regprocedure;
begin
    for routine in
        select oid from pg_proc
         where pronamespace = 'public'::regnamespace and proowner = 'tinhso_owner'::regrole
           and oid <> 'kernel_audit_new_epoch()'::regprocedure
    loop
        execute format('revoke execute on routine %s from tinhso_sealer', routine);
    end loop;
end $$;
"""


class Migration(migrations.Migration):
    dependencies = [("kernel_audit", "0002_verification")]

    operations = [migrations.RunSQL(REVOKE, migrations.RunSQL.noop)]
