"""A record kind and its overlay, to try the ground on: a case that checks must clear, and a shelf with room."""

from __future__ import annotations

from django.db import models

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.workflow.flow import FLOWS, Counter, Flow, LockingGuard, Overlay, PythonGuard, SqlGuard, Step, Timer
from tinhso.kernel.workflow.models import FlowModel

SHELF = LockingGuard(
    "ROOM",
    "X-FULL",
    lock="perform 1 from sample_shelf s where s.id = r.shelf for update",
    sql="(select s.taken < s.room from sample_shelf s where s.id = r.shelf)",
)
OFF_THE_SHELF = "update sample_shelf s set taken = s.taken - 1 where s.id = r.shelf"
IT_IS_THERE = "r.state = 'shelved' and (f->>'room')::boolean"
CLEAR = SqlGuard("CLEAR", "X-OPEN", "r.open_checks = 0")
LIVE = SqlGuard("LIVE", "X-ENDED", "p.state <> 'closed'")
UNSTUCK = SqlGuard("UNSTUCK", "X-STUCK", "100 / (100 - r.weight) < 2")  # fails at 100, refuses from 50 on
WEIGHED = PythonGuard(
    "WEIGHED", "X-HEAVY", lambda row, facts, at: row["weight"] <= facts.get("limit", 100), ("weight",)
)

# Declared and forgotten again: only a test that asks for them finds them among the flows.
with FLOWS.holding({}):
    CASE = Flow(
        name="kernel_workflow.case",
        table="sample_case",
        states={"draft": "draft", "filed": "filed", "shelved": "shelved", "closed": "closed", "late": "late"},
        steps=(
            Step("create", (), "draft", "sample.file", sets={"note": "coalesce(f->>'note', r.note)"}),
            Step("file", ("draft",), "filed", "sample.file", when="r.kind = 'plain'", event="sample.case_filed"),
            Step("file", ("draft",), "closed", "sample.close", when="r.kind = 'short'", event="sample.case_closed"),
            Step("shelve", ("filed",), "shelved", "sample.file", guards=(SHELF,)),
            Step("unshelve", ("shelved",), "filed", "sample.file", guards=(CLEAR,), also=OFF_THE_SHELF),
            Step("send_back", ("filed", "shelved"), "draft", "sample.file", also=OFF_THE_SHELF, also_when=IT_IS_THERE),
            Step("weigh", ("filed",), "filed", "sample.file", guards=(WEIGHED,), sets={"weighed_at": "p_at"}),
            Step("weigh_in", ("draft",), "filed", "sample.file", when="r.kind = 'plain'", guards=(WEIGHED,)),
            Step("weigh_in", ("draft",), "filed", "sample.file", when="r.kind = 'other'"),
            Step("close", ("filed", "shelved"), "closed", "sample.close", guards=(CLEAR,), event="sample.case_closed"),
            Step("expire", ("draft",), "late", "sample.expire", guards=(UNSTUCK,)),
        ),
        scope=Scope(place="place"),
        timers=(Timer("expire", ("draft",), "r.due_at"),),
        ends=("closed", "late"),
        constraints={"sample_one_live": "X-TWICE"},
    )

    CHECK = Flow(
        name="kernel_workflow.check",
        table="sample_check",
        states={"open": "open", "passed": "passed", "failed": "failed"},
        steps=(
            Step("create", (), "open", "sample.check"),
            Step(
                "pass",
                ("open",),
                "passed",
                "sample.check",
                guards=(SqlGuard("LIVE", "X-ENDED", "p.state <> 'closed'"),),
            ),
            Step("fail", ("open",), "failed", "sample.check"),
            Step("reopen", ("passed", "failed"), "open", "sample.check"),
        ),
        scope=Scope(place="place"),
        overlay=Overlay(
            parent="kernel_workflow.case",
            column="case_id",
            counters=(Counter("open_checks", ("open", "failed")),),
            mirrors={"last_check": "v_to"},
        ),
    )

SAMPLES = {flow.name: flow for flow in (CASE, CHECK)}


class Case(FlowModel):
    flow = CASE
    access_scope = CASE.scope

    kind = models.CharField(max_length=8, default="plain")
    place = models.UUIDField()
    shelf = models.IntegerField(default=1)
    weight = models.IntegerField(default=0)
    note = models.TextField(default="")
    due_at = models.DateTimeField(null=True)
    weighed_at = models.DateTimeField(null=True)
    open_checks = models.IntegerField(default=0)
    last_check = models.CharField(max_length=12, default="")

    class Meta:
        app_label = "kernel_workflow"
        managed = False
        db_table = "sample_case"

    def __str__(self) -> str:
        return str(self.pk)


class Check(FlowModel):
    flow = CHECK
    access_scope = CHECK.scope

    case = models.ForeignKey(Case, models.PROTECT, related_name="+")
    place = models.UUIDField()

    class Meta:
        app_label = "kernel_workflow"
        managed = False
        db_table = "sample_check"

    def __str__(self) -> str:
        return str(self.pk)


TABLES = """
create table sample_shelf (id int primary key, room int not null, taken int not null default 0);
insert into sample_shelf values (1, 2, 0), (2, 2, 2);
create table sample_case (
    id uuid primary key, state text not null, state_since timestamptz not null, version int not null,
    created_at timestamptz not null, created_by uuid not null, kind text not null, place uuid not null,
    shelf int not null, weight int not null, note text not null, due_at timestamptz, weighed_at timestamptz,
    open_checks int not null, last_check text not null
) with (fillfactor = 80);
create unique index sample_one_live on sample_case (note) where note <> '' and state <> 'closed';
create table sample_check (
    id uuid primary key, state text not null, state_since timestamptz not null, version int not null,
    created_at timestamptz not null, created_by uuid not null, case_id uuid not null references sample_case,
    place uuid not null
);
"""
