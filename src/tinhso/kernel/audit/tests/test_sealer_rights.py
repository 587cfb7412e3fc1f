"""What the sealer may call, also in a database made when it could still call everything."""

from importlib import import_module

import pytest

from tinhso.kernel.testing import database

REVOKE = import_module("tinhso.kernel.audit.migrations.0003_sealer_calls_nothing").REVOKE
CALLABLE = """
select p.proname from pg_proc p
 where p.pronamespace = 'public'::regnamespace and p.proowner = 'tinhso_owner'::regrole
   and has_function_privilege('tinhso_sealer', p.oid, 'execute')
"""
AS_IT_WAS = """
grant execute on all functions in schema public to tinhso_sealer;
alter default privileges for role tinhso_owner grant execute on functions to tinhso_sealer;
"""
ONE_MORE = "create function {name}() returns integer language sql as 'select 1'"


def callable_by_sealer(owner):
    return {name for (name,) in owner.execute(CALLABLE)}


@pytest.fixture
def owner(own_database):
    with database.superuser() as connection:
        connection.execute("set role tinhso_owner")
        yield connection
        connection.rollback()


def test_the_sealer_may_call_one_function_of_ours(owner):
    assert callable_by_sealer(owner) == {"kernel_audit_new_epoch"}


def test_a_database_that_exists_takes_the_old_right_back_for_now_and_later(owner):
    owner.execute(AS_IT_WAS)
    owner.execute(ONE_MORE.format(name="made_before"))
    assert {"made_before", "kernel_audit_record", "kernel_events_claim"} < callable_by_sealer(owner)

    owner.execute(REVOKE)
    owner.execute(REVOKE)
    owner.execute(ONE_MORE.format(name="made_after"))

    assert callable_by_sealer(owner) == {"kernel_audit_new_epoch"}
