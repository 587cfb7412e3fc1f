"""For the migrations of rooms with dated tables: writes of them are counted (rulebook.held)."""

from __future__ import annotations

from django.db.migrations import RunSQL

# From a sequence: a number that a transaction saw and gave up is never given to another.
TOUCH = """
create sequence kernel_rulebook_edition_seen;
create function kernel_rulebook_touch() returns trigger language plpgsql security definer
set search_path = pg_catalog, public, pg_temp as $$
begin
    update kernel_rulebook_edition set number = nextval('kernel_rulebook_edition_seen');
    return null;
end $$;
revoke all on function kernel_rulebook_touch() from public;
insert into kernel_rulebook_edition (number) values (nextval('kernel_rulebook_edition_seen'));
"""


def counted(*tables: str) -> RunSQL:
    """The operation that makes each write of these tables count."""
    lines = [
        f"create trigger kernel_rulebook_touch after insert or update or delete or truncate on {table}"
        " for each statement execute function kernel_rulebook_touch();"
        for table in tables
    ]
    return RunSQL("\n".join(lines), "\n".join(f"drop trigger kernel_rulebook_touch on {table};" for table in tables))
