from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import connection, transaction
from django.db.utils import ProgrammingError

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.base.plain import canonical

AN = Actor(uuid7(), "person", "An")
NOON = datetime(2026, 11, 22, 5, 0, tzinfo=UTC)


@pytest.mark.django_db
def test_an_entry_says_who_did_what_when_to_which_record():
    thing = uuid7()

    number = record("tests.did_thing", by=AN, at=NOON, kind="tests.thing", record_id=thing, reason="rõ ràng", b=1, a=2)

    entry = Entry.objects.get(id=number)
    assert (entry.actor, entry.action, entry.kind) == (AN.id, "tests.did_thing", "tests.thing")
    assert (entry.record_id, entry.version, entry.at) == (thing, None, NOON)
    assert entry.payload == '{"a":2,"b":1,"reason":"rõ ràng"}'


def test_the_same_facts_give_the_same_bytes():
    facts = {"when": NOON, "who": UUID(int=7), "many": {3, 1, 2}}

    text = canonical(facts)

    assert text == canonical(dict(reversed(facts.items())))
    assert text == '{"many":[1,2,3],"when":"2026-11-22T05:00:00+00:00","who":"00000000-0000-0000-0000-000000000007"}'


def test_what_has_no_plain_form_is_refused():
    with pytest.raises(TypeError):
        canonical({"thing": object()})


FORBIDDEN = (
    "insert into kernel_audit_entry (at, actor, action) values (now(), gen_random_uuid(), 'forged')",
    "update kernel_audit_entry set action = 'other'",
    "delete from kernel_audit_entry",
    "truncate kernel_audit_entry",
    "alter table kernel_audit_entry disable trigger all",
    "drop table kernel_audit_entry",
    "set session_replication_role = replica",
    "insert into kernel_audit_seal select * from kernel_audit_seal",
    "update kernel_audit_seal set n = 1",
    "delete from kernel_audit_seal",
    "truncate kernel_audit_seal",
    "select kernel_audit_new_epoch()",
    "set role tinhso_owner",
    "create trigger mine before insert on kernel_audit_entry execute function kernel_audit_refuse_change()",
)


@pytest.mark.django_db
@pytest.mark.parametrize("statement", FORBIDDEN)
def test_the_application_cannot_write_the_trail_but_through_its_function(statement):
    record("tests.did_thing", by=AN, at=NOON)

    with pytest.raises(ProgrammingError) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)

    assert refused.value.__cause__.sqlstate == "42501"
