"""A change of rules: two people, a day, and rows that never overlap."""

from __future__ import annotations

from datetime import date, timedelta

import psycopg
import pytest
from django.db import connection, transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tinhso.kernel.audit.binding import bind
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base.errors import Forbidden, Refusal
from tinhso.kernel.rulebook import actions, held, queries, rehearsing, rows, sheets
from tinhso.kernel.rulebook.models import Rehearsal, RowChange, RuleChange
from tinhso.kernel.rulebook.tests.conftest import NOON, TODAY, TOMORROW, People
from tinhso.kernel.rulebook.tests.sample import TABLE, Price
from tinhso.kernel.rulebook.wording import Wording
from tinhso.kernel.workflow.models import History
from tinhso.kernel.workflow.timers import fire_due_steps

DAY = timedelta(days=1)


def draft(by, *, on=TOMORROW, at=NOON, document_no="2/QĐ", **values) -> RuleChange:
    """A draft that sets row A, or what `values` say."""
    change = actions.draft_change(
        title="Prices", document_no=document_no, source="the council", effective_on=on, by=by, at=at
    )
    base = rows.rows_on(TABLE, on).filter(code=values.get("code", "A")).first()
    actions.put_row(change=change, table=TABLE, values=values or {"amount": 150}, base=base, by=by, at=at)
    return change


def approved(people: People, **words) -> RuleChange:
    change = draft(people.an, **words)
    at = words.get("at", NOON)
    actions.propose_change(change=change, by=people.an, at=at)
    return actions.approve_change(change=change, by=people.binh, at=at)


def amounts_on(day: date) -> dict[str, int]:
    return {row.code: row.amount for row in rows.rows_on(TABLE, day)}


def test_what_two_people_decided_holds_from_its_day_on(people):
    change = approved(people, amount=150)

    assert amounts_on(TODAY) == {"A": 100}
    assert amounts_on(TOMORROW) == {"A": 150}
    assert change.state == "approved"
    fire_due_steps(NOON)
    assert RuleChange.objects.get(pk=change.pk).state == "approved"
    fire_due_steps(NOON + DAY)
    assert RuleChange.objects.get(pk=change.pk).state == "in_force"


def test_the_new_row_tells_document_and_source(people):
    approved(people, amount=150)

    old, new = Price.objects.order_by("valid_from")

    assert (old.document_no, old.valid_until) == ("1/QĐ", TOMORROW)
    assert (new.document_no, new.source, new.valid_from, new.groups) == ("2/QĐ", "the council", TOMORROW, ["x"])


def test_who_proposed_does_not_decide(people):
    change = draft(people.an)
    actions.propose_change(change=change, by=people.an, at=NOON)

    with pytest.raises(Refusal) as refused:
        actions.approve_change(change=change, by=people.an, at=NOON)

    assert refused.value.code == "RB-004"
    assert amounts_on(TOMORROW) == {"A": 100}


def test_the_database_itself_refuses_one_pair_of_eyes(people):
    change = draft(people.an)
    actions.propose_change(change=change, by=people.an, at=NOON)
    bind(people.an)
    ask = "select state from kernel_rulebook_rulechange_fire(%s::uuid, 'approve', %s::timestamptz, null, '{}'::jsonb)"

    with pytest.raises(psycopg.Error) as refused, transaction.atomic(), connection.cursor() as cursor:
        cursor.connection.execute(ask, [change.pk, NOON])

    assert refused.value.sqlstate == "FI422"
    assert refused.value.diag.message_detail == "RB-004"


def test_who_has_no_right_over_a_table_neither_drafts_nor_decides(people):
    change = draft(people.an)
    actions.propose_change(change=change, by=people.an, at=NOON)

    with pytest.raises(Forbidden):
        draft(people.chi)
    with pytest.raises(Refusal) as refused:
        actions.approve_change(change=change, by=people.chi, at=NOON)

    assert refused.value.code == "RB-006"


@pytest.mark.parametrize("day", [TODAY, TODAY - DAY, date(2020, 1, 1)])
def test_a_day_that_has_begun_is_refused(people, day):
    Price.objects.update(valid_from=date(2010, 1, 1))
    change = draft(people.an, on=day, amount=7)

    with pytest.raises(Refusal) as refused:
        actions.propose_change(change=change, by=people.an, at=NOON)

    assert refused.value.code == "RB-003"


def test_what_waited_past_its_day_is_not_approved(people):
    change = draft(people.an)
    actions.propose_change(change=change, by=people.an, at=NOON)

    with pytest.raises(Refusal) as refused:
        actions.approve_change(change=change, by=people.binh, at=NOON + DAY)

    assert refused.value.code == "RB-003"


def test_without_document_or_rows_nothing_is_proposed(people):
    bare = draft(people.an, document_no=" ")
    empty = actions.draft_change(
        title="T", document_no="3/QĐ", source="s", effective_on=TOMORROW, by=people.an, at=NOON
    )

    codes = []
    for change in (bare, empty):
        with pytest.raises(Refusal) as refused:
            actions.propose_change(change=change, by=people.an, at=NOON)
        codes.append(refused.value.code)

    assert codes == ["RB-001", "RB-002"]


def test_a_row_that_was_changed_meanwhile_is_refused_by_name(people):
    change = draft(people.an)
    actions.propose_change(change=change, by=people.an, at=NOON)
    Price.objects.update(amount=120)

    with pytest.raises(Refusal) as refused:
        actions.approve_change(change=change, by=people.binh, at=NOON)

    assert refused.value.code == "RB-007"
    assert refused.value.facts["row"] == "A"
    assert RuleChange.objects.get(pk=change.pk).state == "proposed"


def test_a_new_row_beside_one_that_holds_is_refused(people):
    change = actions.draft_change(
        title="T", document_no="3/QĐ", source="s", effective_on=TOMORROW, by=people.an, at=NOON
    )
    actions.put_row(change=change, table=TABLE, values={"code": "A", "amount": 5}, by=people.an, at=NOON)
    actions.propose_change(change=change, by=people.an, at=NOON)

    with pytest.raises(Refusal) as refused:
        actions.approve_change(change=change, by=people.binh, at=NOON)

    assert refused.value.code == "RB-009"


def test_a_rule_ends_and_its_past_stays(people):
    change = actions.draft_change(
        title="T", document_no="3/QĐ", source="s", effective_on=TOMORROW, by=people.an, at=NOON
    )
    actions.end_row(change=change, table=TABLE, base=Price.objects.get(), by=people.an, at=NOON)
    actions.propose_change(change=change, by=people.an, at=NOON)
    actions.approve_change(change=change, by=people.binh, at=NOON)

    assert amounts_on(TODAY) == {"A": 100}
    assert amounts_on(TOMORROW) == {}


def test_what_is_revoked_before_its_day_leaves_no_trace_in_the_table(people):
    before = list(Price.objects.values())
    change = approved(people, amount=150)

    actions.revoke_change(change=change, reason="the council met again", by=people.binh, at=NOON)

    assert list(Price.objects.values()) == before
    assert change.state == "withdrawn"


def test_what_another_change_rests_on_is_not_revoked(people):
    first = approved(people, amount=150)
    approved(people, amount=170, on=TOMORROW + DAY, document_no="4/QĐ")

    with pytest.raises(Refusal) as refused:
        actions.revoke_change(change=first, reason="the council met again", by=people.binh, at=NOON)

    assert refused.value.code == "RB-014"


def test_what_was_proposed_is_no_longer_written_not_even_by_sql(people):
    change = draft(people.an)
    actions.propose_change(change=change, by=people.an, at=NOON)

    with pytest.raises(Refusal) as refused:
        actions.put_row(
            change=change, table=TABLE, values={"amount": 1}, base=Price.objects.get(), by=people.an, at=NOON
        )
    for write in (
        lambda: RowChange.objects.update(values={"amount": 1}),
        lambda: RowChange.objects.all().delete(),
        lambda: RuleChange.objects.update(effective_on=TOMORROW + DAY),
    ):
        with pytest.raises(Exception, match="is no draft") as fault, transaction.atomic():
            write()
        assert fault.value.__cause__.sqlstate == "FI423"

    assert refused.value.code == "RB-011"


def test_only_its_drafter_writes_a_draft(people):
    change = draft(people.an)

    with pytest.raises(Refusal) as refused:
        actions.put_row(
            change=change, table=TABLE, values={"amount": 1}, base=Price.objects.get(), by=people.binh, at=NOON
        )

    assert refused.value.code == "RB-005"


def test_history_tells_who_changed_what_and_when(people):
    change = approved(people, amount=150)

    steps = History.objects.filter(record_id=change.pk).order_by("version").values_list("step", "actor")
    new, old = queries.versions_of(TABLE, Price.objects.latest("valid_from"))

    assert list(steps) == [("create", people.an.id), ("propose", people.an.id), ("approve", people.binh.id)]
    assert Entry.objects.filter(record_id=change.pk, action="kernel_rulebook.draft_row").count() == 1
    assert (new.begun_by, old.ended_by, old.begun_by) == (change, change, None)


def test_the_difference_is_told_field_by_field(people):
    change = draft(people.an, amount=150, factor="1.5")
    wording = Wording(TABLE, TOMORROW)

    told = [
        (one.field, one.old.words, one.new.words)
        for one in queries.differences(change.rows.get(), wording)
        if one.differs
    ]

    assert told == [("amount", "100", "150"), ("factor", "1", "1,5")]
    assert queries.preview_of(change.rows.get(), change, wording) == ["100 → 150"]


def test_what_changes_nothing_or_makes_no_sense_is_refused(people):
    codes = []
    for values in ({"amount": 100}, {"amount": 2_000_000}, {"amount": -5}):
        with pytest.raises(Refusal) as refused:
            draft(people.an, **values)
        codes.append((refused.value.code, refused.value.field))

    assert codes == [("RB-013", None), ("invalid", "amount"), ("invalid", "amount")]


def test_a_dry_run_whose_player_died_is_played_again(people):
    change = draft(people.an, amount=150)
    rehearsing.ask(change=change, by=people.an, at=NOON)
    Rehearsal.objects.update(started_at=NOON, done=3)

    played = rehearsing.play_asked()

    assert (played, Rehearsal.objects.get(change=change).percent) == (1, 100)


def test_a_dry_run_that_another_plays_is_left_to_him(people):
    change = draft(people.an, amount=150)
    (asked,) = rehearsing.ask(change=change, by=people.an, at=NOON)
    wanted = ("dbname", "user", "password", "host", "port")
    place = {name: value for name, value in connection.get_connection_params().items() if name in wanted}

    with psycopg.connect(**place) as other:
        key = f"kernel_rulebook.rehearsal.{asked.pk}"
        other.execute("select pg_advisory_lock(hashtextextended(%s::text, 0))", [key])
        played = rehearsing.play_asked()

    assert (played, Rehearsal.objects.get(change=change).finished_at) == (0, None)


def test_a_dry_run_is_kept_with_the_change(people):
    change = draft(people.an, amount=150)

    rehearsing.ask(change=change, by=people.an, at=NOON)
    rehearsing.play_asked()
    kept = Rehearsal.objects.get(change=change)

    assert kept.error == ""
    assert kept.percent == 100
    assert kept.result["sections"][0]["rows"] == [{"label": {"vi": "tổng", "en": "sum"}, "before": 100, "after": 150}]
    assert kept.digest == rehearsing.digest_of(change)


def test_a_file_is_taken_whole_or_not_at_all(people):
    change = actions.draft_change(
        title="T", document_no="3/QĐ", source="s", effective_on=TOMORROW, by=people.an, at=NOON
    )
    head = "code,amount,factor,groups,ends\n"

    text = head + "B,x,1,,\nC,2000000,1,,\nD,5,1,,\nD,6,1,,\n"

    with pytest.raises(sheets.SheetRefused) as refused:
        sheets.read_into(change=change, table=TABLE, text=text, by=people.an, at=NOON)
    faults = [(fault.line, fault.column) for fault in refused.value.list]
    left = change.rows.count()
    counts = sheets.read_into(change=change, table=TABLE, text=head + "A,150,1,x|y,\nB,7,1,,\n", by=people.an, at=NOON)

    assert faults == [(2, "amount"), (3, "amount"), (5, "code")]
    assert left == 0
    assert counts == (1, 1, 0)


def test_what_was_written_is_read_back_as_no_change(people):
    change = actions.draft_change(
        title="T", document_no="3/QĐ", source="s", effective_on=TOMORROW, by=people.an, at=NOON
    )

    text = sheets.written(TABLE, TOMORROW)

    assert sheets.read_into(change=change, table=TABLE, text=text, by=people.an, at=NOON) == (0, 0, 0)


def test_what_is_held_in_memory_follows_every_write(people):
    kept = held.Held(lambda day: amounts_on(day))

    first = kept.get(TODAY)
    Price.objects.update(amount=110)

    assert (first, kept.get(TODAY)) == ({"A": 100}, {"A": 110})


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(st.integers(1, 8), st.sampled_from("AB"), st.integers(1, 9), st.sampled_from(["put", "end"])),
        max_size=7,
    )
)
def test_any_row_of_changes_leaves_at_most_one_row_for_a_key_on_each_day(people, plan):
    with transaction.atomic():
        for days, code, amount, kind in plan:
            try:
                with transaction.atomic():
                    _one_change(people, TODAY + days * DAY, code, amount, kind)
            except Refusal as refusal:
                if refusal.code not in {"RB-007", "RB-008", "RB-009", "RB-013"}:
                    raise
        for number in range(12):
            codes = [row.code for row in rows.rows_on(TABLE, TODAY + number * DAY)]
            assert len(codes) == len(set(codes))
        assert amounts_on(TODAY) == {"A": 100}
        transaction.set_rollback(True)


def _one_change(people, day, code, amount, kind) -> None:
    change = actions.draft_change(title="T", document_no="3/QĐ", source="s", effective_on=day, by=people.an, at=NOON)
    base = rows.rows_on(TABLE, day).filter(code=code).first()
    if kind == "end" and base is not None:
        actions.end_row(change=change, table=TABLE, base=base, by=people.an, at=NOON)
    else:
        values = {"code": code, "amount": amount}
        actions.put_row(change=change, table=TABLE, values=values, base=base, by=people.an, at=NOON)
    actions.propose_change(change=change, by=people.an, at=NOON)
    actions.approve_change(change=change, by=people.binh, at=NOON)


def test_what_a_rolled_back_write_had_shown_is_not_kept(people):
    kept = held.Held(lambda day: amounts_on(day))

    with transaction.atomic():
        Price.objects.update(amount=200)
        held._age.until = 0.0  # a second passes
        seen = kept.get(TODAY)
        transaction.set_rollback(True)
    Price.objects.update(amount=300)
    held._age.until = 0.0

    assert (seen, kept.get(TODAY)) == ({"A": 200}, {"A": 300})
