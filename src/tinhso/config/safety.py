"""What a settings file cannot see: how powerful the database role is that the processes work as."""

from __future__ import annotations

from django.conf import settings
from django.db import connection

from tinhso.config import env

POWERS = """
select rolsuper or rolcreaterole or rolcreatedb or rolbypassrls
       or coalesce(pg_has_role(current_user, to_regrole('tinhso_owner'), 'member'), false)
from pg_roles where rolname = current_user
"""


def refuse_a_powerful_role() -> None:
    """Stop the start when the application's role could go around the functions that guard the trail."""
    if not getattr(settings, "REFUSE_POWERFUL_ROLE", False):
        return
    with connection.cursor() as cursor:
        cursor.execute(POWERS)
        row = cursor.fetchone()
    if row is None or row[0]:
        raise env.WrongSetting("DATABASE_URL names a role that owns the tables or may do anything: name tinhso_app")
