"""What migrations of other rooms take from here: tables to which rows are only ever added."""

from __future__ import annotations

from django.db.migrations import RunSQL


def append_only(table: str) -> list[RunSQL]:
    """Migration operations that make the database itself refuse UPDATE, DELETE and TRUNCATE on `table`.

    The triggers hold for every role, the owner's and superuser's plain statements included, and fire in
    replica mode too. The privileges of the application's roles are taken away besides.
    Depend on ("kernel_audit", "0001_initial").
    """
    return [RunSQL(_REFUSE.format(table=table), _ALLOW.format(table=table))]


_REFUSE = """
create trigger {table}_rows_stay before update or delete on {table}
    for each row execute function kernel_audit_refuse_change();
create trigger {table}_table_stays before truncate on {table}
    for each statement execute function kernel_audit_refuse_change();
alter table {table} enable always trigger {table}_rows_stay;
alter table {table} enable always trigger {table}_table_stays;
revoke insert, update, delete, truncate, references, trigger on {table} from tinhso_app, tinhso_sealer;
"""

_ALLOW = """
drop trigger {table}_rows_stay on {table};
drop trigger {table}_table_stays on {table};
grant insert, update, delete on {table} to tinhso_app;
"""
