"""What the board is told at once or each week: yards that are full, firms whose vehicles come undeclared."""

from __future__ import annotations

from datetime import timedelta

from tinhso.kernel.events.models import Outbox
from tinhso.kernel.notices.models import Notice
from tinhso.pillars.border.gate.actions.yard_alarm import watch_yards
from tinhso.pillars.border.gate.jobs import mail_monthly_report, mail_weekly_report
from tinhso.pillars.border.gate.models import DayFigure, Yard
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, make_firm
from tinhso.pillars.border.gate.tests.test_orders_of_the_board import board_of, deliver

MINUTE = timedelta(minutes=1)


def published() -> list[str]:
    rows = Outbox.objects.filter(name__startswith="border_gate.yards_").order_by("id")
    return list(rows.values_list("name", flat=True))


def test_full_yards_are_told_once_a_spell_and_their_end_once(gate):
    point = gate.points["HN-1119"]
    here, _there = board_of(gate), board_of(gate, "TT-1088")
    yards = Yard.objects.filter(point=point, level="border")
    assert watch_yards(at=NOON) == 0

    room = dict(yards.values_list("pk", "capacity"))
    yards.update(capacity=0)
    spell = [watch_yards(at=NOON + n * MINUTE) for n in (1, 2, 30)]
    for pk, capacity in room.items():
        Yard.objects.filter(pk=pk).update(capacity=capacity)
    # A vehicle that leaves and another that comes: room for some minutes does not end it.
    calm = [watch_yards(at=NOON + n * MINUTE) for n in (31, 39, 40, 41)]

    assert (spell, calm) == ([1, 0, 0], [0, 0, 1, 0])
    assert published() == ["border_gate.yards_full", "border_gate.yards_free"]
    for name in published():
        deliver(name, point.pk)
    told = Notice.objects.filter(kind__startswith="border_gate.yards_")
    assert set(told.values_list("recipient", flat=True)) == {here.id}
    assert sorted(told.values_list("kind", flat=True)) == ["border_gate.yards_free", "border_gate.yards_full"]
    assert told.first().fields["limit"] == "95"


def test_the_board_is_mailed_each_week_which_firms_came_undeclared_most(gate):
    board, point = board_of(gate), gate.points["HN-1119"]
    for n in range(6):
        firm = make_firm(f"Công ty {n}", f"490023456{n}")
        DayFigure.objects.create(day=TODAY, point=point, name="undeclared", key=str(firm.pk), n=10 - n)
    DayFigure.objects.create(day=TODAY, point=point, name="undeclared", key="", n=40)
    monday = NOON.replace(day=15, hour=1)

    for _again in range(2):
        mail_weekly_report(monday)
    mail_monthly_report(NOON.replace(month=7, day=1, hour=1))

    (said,) = Notice.objects.filter(recipient=board.id, kind="border_gate.period_reported")
    assert said.fields["worst"] == "Công ty 0 (10); Công ty 1 (9); Công ty 2 (8); Công ty 3 (7); Công ty 4 (6)"
    assert "nhiều nhất: Công ty 0 (10); Công ty 1 (9)" in said.text
    assert said.fields["undeclared"] == "85"
