"""Each way to tamper, tried with a superuser's power and triggers off, and what must be said of it."""

from collections.abc import Callable
from io import StringIO

import psycopg
import pytest
from django.core.management import call_command

import tinhso.kernel.audit.verify as verifying
from tinhso.kernel.audit import anchors, keys
from tinhso.kernel.audit.jobs import keep_anchor
from tinhso.kernel.audit.sealer import sealer_dsn
from tinhso.kernel.audit.verify import verify

pytestmark = pytest.mark.xdist_group("cluster")

# Rows 1 to 3 are in seal 1, rows 4 to 6 in seal 2, rows 7 to 9 in seal 3, row 10 is not sealed yet.
SWAP = """
update kernel_audit_entry a set actor = b.actor, action = b.action, kind = b.kind, record_id = b.record_id,
    at = b.at, written_at = b.written_at, payload = b.payload
from kernel_audit_entry b where (a.id, b.id) in ((2, 8), (8, 2))
"""
SWAP_IDS = """
alter table kernel_audit_entry alter id drop identity;
update kernel_audit_entry set id = case id when 2 then 3 else 2 end where id in (2, 3)
"""
INSERT = """
insert into kernel_audit_entry (id, tx, epoch, at, actor, action) overriding system value
select 100, tx, epoch, at, actor, action from kernel_audit_entry where id = 5
"""
HISTORY = """
create temp table kernel_workflow_history
    (record_id uuid, version int, actor uuid, at timestamptz, step text, facts jsonb);
insert into kernel_audit_entry (at, actor, action, record_id, version)
select now(), '00000000-0000-7000-8000-000000000001', 'x', ('00000000-0000-7000-8000-00000000000' || n)::uuid, 1
from generate_series(1, 4) n;
insert into kernel_workflow_history
select record_id, version, actor, at, action, payload::jsonb from kernel_audit_entry where version = 1;
delete from kernel_audit_entry where version = 1 and record_id::text like '%1';
delete from kernel_workflow_history where record_id::text like '%2';
update kernel_workflow_history set actor = gen_random_uuid() where record_id::text like '%3';
update kernel_workflow_history set facts = '{"kg": 1}' where record_id::text like '%4';
"""
MOVE = "update kernel_audit_entry set tx = (select tx from kernel_audit_entry where id = 9) where id = 2"
TAMPERED: dict[str, tuple[str, list[str]]] = {
    "nothing": ("", []),
    "altered payload": (
        "update kernel_audit_entry set payload = '{}' where id = 5",
        ["seal 2: row 5 altered"],
    ),
    "altered actor": (
        "update kernel_audit_entry set actor = gen_random_uuid() where id = 5",
        ["seal 2: row 5 altered"],
    ),
    "altered time": (
        "update kernel_audit_entry set at = at + interval '1 microsecond' where id = 1",
        ["seal 1: row 1 altered"],
    ),
    "altered record": (
        "update kernel_audit_entry set record_id = null where id = 6",
        ["seal 2: row 6 altered"],
    ),
    "removed": ("delete from kernel_audit_entry where id = 8", ["seal 3: row 8 removed"]),
    "places swapped": (
        SWAP,
        ["row 2 holds the content sealed as row 8 (moved)", "row 8 holds the content sealed as row 2 (moved)"],
    ),
    "numbers swapped": (
        SWAP_IDS,
        ["row 2 holds the content sealed as row 3 (moved)", "row 3 holds the content sealed as row 2 (moved)"],
    ),
    "moved elsewhere": (MOVE, ["seal 1: row 2 altered and moved"]),
    "put in": (INSERT, ["row 100 was put in after sealing"]),
    "middle seal removed": ("delete from kernel_audit_seal where no = 2", ["seal 2 missing"]),
    "seal's leaves altered": (
        "update kernel_audit_seal set leaves = overlay(leaves placing '\\x00' from 1) where no = 2",
        ["seal 2 contents altered", "seal 2: row 4 altered"],
    ),
    "seal's time altered": (
        "update kernel_audit_seal set sealed_at = sealed_at - interval '1 day' where no = 2",
        ["seal 2 contents altered"],
    ),
    "last seal removed": (
        "delete from kernel_audit_seal where no = 3",
        ["seal 3 missing, but anchored outside"],
    ),
    "all seals removed": (
        "delete from kernel_audit_seal",
        ["seal 2 missing, but anchored outside", "seal 3 missing, but anchored outside"],
    ),
}


@pytest.fixture
def sealed(trail):
    """Ten entries, nine of them in three seals; seal 2 is anchored, seal 3 is the head kept."""
    for group in range(3):
        trail.write(3)
        trail.seal(3)
        if group == 1:
            keep_anchor()
    trail.write(1)
    return trail


def findings_after(trail, tamper: Callable[[psycopg.Connection], object]) -> list[str]:
    with trail.superuser() as superuser:
        for table in ("kernel_audit_entry", "kernel_audit_seal"):
            superuser.execute(f"alter table {table} disable trigger user")
        tamper(superuser)
        findings = verify(superuser).findings
        superuser.rollback()
    return findings


def test_each_way_to_tamper_is_named(sealed):
    found = {
        name: findings_after(sealed, lambda superuser, statement=statement: superuser.execute(statement or "select"))
        for name, (statement, _) in TAMPERED.items()
    }

    assert {name: [finding.partition(" (20")[0] for finding in findings] for name, findings in found.items()} == {
        name: expected for name, (_, expected) in TAMPERED.items()
    }


def test_a_seal_forged_without_the_key_is_named(sealed, tmp_path, settings):
    """The forger has a superuser's power and knows the form, but not the key."""
    public = keys.public_keys()
    anchors.folder().joinpath("head.json").unlink()
    settings.DATA = tmp_path / "forger"
    forger = keys.seal_key()

    def forge(superuser):
        superuser.execute("update kernel_audit_entry set payload = '{}' where id = 8")
        superuser.execute("delete from kernel_audit_seal where no = 3")
        superuser.execute("grant select, insert on kernel_audit_seal to current_user")
        sealed.sealer.__class__(_InTransaction(superuser), forger)._add(_head(superuser))

    with sealed.superuser() as superuser:
        for table in ("kernel_audit_entry", "kernel_audit_seal"):
            superuser.execute(f"alter table {table} disable trigger user")
        forge(superuser)
        findings = verify(superuser, public_keys=public).findings
        superuser.rollback()

    assert findings == ["seal 3 not made by the sealer (signature)"]


def test_history_and_trail_are_held_against_each_other(sealed):
    """A removal that no seal covers yet is still named, because both carry record and version."""

    findings = findings_after(sealed, lambda superuser: superuser.execute(HISTORY))

    assert [finding.replace("00000000-0000-7000-8000-00000000000", "") for finding in findings] == [
        "history without audit: record 1 version 1",
        "audit without history: row 12, record 2 version 1",
        "history differs from audit: row 13, record 3 version 1",
        "history differs from audit: row 14, record 4 version 1",
    ]


def test_the_command_says_that_the_trail_holds(sealed):
    out = StringIO()

    call_command("audit", "verify", stdout=out)

    assert "3 seals over 9 entries, 1 not sealed yet" in out.getvalue()
    assert "the trail holds" in out.getvalue()


def test_the_command_fails_when_the_trail_is_broken(sealed):
    with sealed.superuser() as superuser:
        superuser.execute("alter table kernel_audit_entry disable trigger user")
        superuser.execute("delete from kernel_audit_entry where id = 5")
    out = StringIO()

    with pytest.raises(SystemExit) as ended:
        call_command("audit", "verify", stdout=out)

    assert ended.value.code == 1
    assert "seal 2: row 5 removed" in out.getvalue()


def test_the_command_shows_a_records_entries_and_anchors_the_head(sealed):
    out = StringIO()

    call_command("audit", "show", "--count", "2", stdout=out)
    call_command("audit", "anchor", stdout=out)

    lines = out.getvalue().splitlines()
    assert [line.split()[0] for line in lines] == ["9", "10", "seal"]
    assert anchors.anchored()[-1].no == 3


class _InTransaction:
    """A superuser's connection inside the transaction that will be rolled back."""

    def __init__(self, connection):
        self.cursor, self.execute = connection.cursor, connection.execute


def _head(connection):
    from tinhso.kernel.audit.sealer import head_of

    return head_of(connection)


def test_a_seal_that_is_made_while_the_trail_is_verified_is_no_finding(trail, monkeypatch):
    trail.write(3)
    trail.seal(3)
    read_seals = verifying._seals

    def seals_and_another(connection):
        yield from read_seals(connection)
        trail.write(2)
        trail.seal(2)

    monkeypatch.setattr(verifying, "_seals", seals_and_another)
    with psycopg.connect(sealer_dsn()) as connection:
        report = verify(connection)

    assert anchors.head().no == 2
    assert report.seals == 1
    assert report.findings == []
