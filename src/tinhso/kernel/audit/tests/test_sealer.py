import itertools
import threading
import time

import psycopg
import pytest
from django.db import connection, transaction

from tinhso.kernel.audit import anchors, keys, sealer
from tinhso.kernel.audit.binding import bind
from tinhso.kernel.audit.jobs import keep_anchor
from tinhso.kernel.audit.models import Seal
from tinhso.kernel.audit.queries import sealing
from tinhso.kernel.audit.verify import verify
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.testing import database

pytestmark = pytest.mark.xdist_group("cluster")


def test_what_was_written_is_sealed_in_a_chain(trail):
    first = trail.write(3)
    trail.seal(3)
    second = trail.write(2)
    trail.seal(2)

    seals = list(Seal.objects.order_by("no"))
    sealed = [number for seal in seals for number in seal.ids]
    assert sealed == first + second
    assert all(bytes(later.prev) == bytes(before.hash) for before, later in itertools.pairwise(seals))
    assert sealing().age == 0


def test_what_is_to_be_sealed_is_read_along_the_index_and_not_sorted(trail):
    trail.write(3)

    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute("set local enable_seqscan = off")
        cursor.execute(f"explain {sealer.UNSEALED}", [0, "0", 0, 2])
        plan = "\n".join(line for (line,) in cursor.fetchall())

    assert "kernel_audit_entry_pkey" in plan
    assert "Sort" not in plan


def test_nothing_to_seal_makes_no_seal(trail):
    trail.write(1)
    trail.seal(1)

    assert trail.sealer.seal() == 0
    assert Seal.objects.count() == 1


def test_an_open_transaction_that_wrote_holds_sealing_up_and_loses_nothing(trail):
    with psycopg.connect(database.dsn(user="tinhso_app", password="tests")) as slow:
        slow.execute("select set_config('tinhso.actor', %s, false)", [str(SYSTEM.id)])
        slow.execute("select kernel_audit_record('tests.slow', '', null, now(), '{}')")
        later = trail.write(2)
        assert trail.sealer.seal() == 0
        assert sealing().age > 0
        slow.commit()

    trail.seal(3)

    sealed = {number for seal in Seal.objects.all() for number in seal.ids}
    assert set(later) < sealed
    assert len(sealed) == 3


def test_a_rolled_back_entry_leaves_a_harmless_gap(trail):
    trail.write(1)
    with transaction.atomic():
        trail.write(1)
        transaction.set_rollback(True)
    trail.write(1)
    trail.seal(2)

    with trail.superuser() as reader:
        assert verify(reader).holds


def test_the_loop_seals_within_its_interval_and_ends_when_told(trail):
    trail.connection.close()
    stop = threading.Event()
    thread = threading.Thread(target=sealer.run, args=[stop], kwargs={"interval": 0.05})
    thread.start()

    trail.write(4)
    until = time.monotonic() + 60
    while sealing().unsealed_since and time.monotonic() < until:
        time.sleep(0.02)
    stop.set()
    thread.join(5)

    assert sealing().unsealed_since is None
    assert not thread.is_alive()


def test_the_sealer_may_add_seals_and_nothing_else(trail):
    trail.write(1)
    trail.seal(1)

    for statement in (
        "update kernel_audit_seal set n = 2",
        "delete from kernel_audit_seal",
        "truncate kernel_audit_seal",
        "insert into kernel_audit_entry (at, actor, action) values (now(), gen_random_uuid(), 'forged')",
        "delete from kernel_audit_entry",
    ):
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            trail.connection.execute(statement)


def test_even_the_superusers_plain_statement_is_refused(trail):
    trail.write(1)
    trail.seal(1)

    for table, column in (("kernel_audit_entry", "kind"), ("kernel_audit_seal", "key")):
        for statement in (
            f"delete from {table}",
            f"update {table} set {column} = ''",
            f"truncate {table}",
        ):
            with trail.superuser() as superuser:
                superuser.execute("set session_replication_role = replica")
                with pytest.raises(psycopg.errors.InsufficientPrivilege):
                    superuser.execute(statement)


def test_the_head_is_kept_outside_after_each_seal_and_anchored_once(trail):
    trail.write(1)
    trail.seal(1)

    keep_anchor()
    keep_anchor()

    seal = Seal.objects.get()
    assert anchors.head().hash == bytes(seal.hash).hex()
    assert anchors.anchored() == [anchors.head()]


def test_the_key_is_for_its_owner_only_and_stays_the_same(trail):
    first = keys.seal_key()

    assert (keys.folder() / keys.PRIVATE).stat().st_mode & 0o777 == 0o600
    assert keys.seal_key().fingerprint == first.fingerprint
    assert list(keys.public_keys()) == [first.fingerprint]


def test_a_database_moved_to_a_younger_cluster_goes_on_in_a_new_epoch(trail):
    trail.write(2)
    trail.seal(2)
    with trail.superuser() as superuser:
        superuser.execute("alter table kernel_audit_seal disable trigger user")
        superuser.execute("update kernel_audit_seal set last_tx = '9000000000000'")
        superuser.execute("alter table kernel_audit_seal enable always trigger kernel_audit_seal_rows_stay")
    trail.sealer.begin_epoch_if_moved()

    trail.write(2)
    trail.seal(2)

    assert Seal.objects.get(no=2).last_epoch == 2


def test_seals_that_vanished_while_the_sealer_was_away_are_evidenced(trail):
    trail.write(1)
    trail.seal(1)
    lost = anchors.head()
    with trail.superuser() as superuser:
        superuser.execute("alter table kernel_audit_seal disable trigger user")
        superuser.execute("delete from kernel_audit_seal")

    trail.sealer.compare_with_kept_head()
    trail.seal(1)

    with trail.superuser() as reader:
        assert "seal 1 is not the one anchored outside" in verify(reader).findings
    assert anchors.anchored() == [lost]


def test_binding_is_what_the_entry_is_written_under(trail):
    bind(SYSTEM)
    [number] = trail.write(1)

    with trail.superuser() as reader:
        row = reader.execute("select actor from kernel_audit_entry where id = %s", [number]).fetchone()
    assert row == (SYSTEM.id,)
