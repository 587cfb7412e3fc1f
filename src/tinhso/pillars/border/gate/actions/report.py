"""Freeze the daily report, and correct it by a further version when events came late."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from tinhso.kernel.access.may import require
from tinhso.kernel.audit.record import record
from tinhso.kernel.base.actor import SYSTEM, Actor
from tinhso.pillars.border.gate.models import DailyReport
from tinhso.pillars.border.gate.permissions import FREEZE_REPORT
from tinhso.pillars.border.gate.queries import day_counts, report
from tinhso.pillars.border.gate.rules.codes import refuse

REASON_AT_LEAST = 10
REPLAYED = "DEMO"
"""Why a report of a generated day stands."""


def freeze_report(*, day: date, by: Actor = SYSTEM, at: datetime, reason: str = "") -> DailyReport:
    """Keep the day's report as the history tells it now; the same figures make no second version.

    Refusals: BG-230 before the day is over, BG-231 for a correction without a reason.
    """
    require(by, FREEZE_REPORT, at=at)
    if at < report.period(day)[1]:
        raise refuse("BG-230", day=day)
    counted = report.count(day).stored()
    with transaction.atomic():
        last = DailyReport.objects.filter(day=day).first()
        if last and last.figures == counted:
            return last
        if last and len(reason.strip()) < REASON_AT_LEAST:
            raise refuse("BG-231", field="reason")
        version = last.version + 1 if last else 1
        row = DailyReport.objects.create(
            day=day, version=version, figures=counted, taken_at=at, made_by=by.id, reason=reason.strip()
        )
        record("border_gate.report_frozen", by=by, at=at, kind="border_gate.report", day=str(day), version=version)
    return row


def freeze_replayed(*, first: date, last: date, at: datetime, by: Actor = SYSTEM) -> int:
    """Freeze the reports of days that were put in whole, from their kept figures; those frozen before stay."""
    require(by, FREEZE_REPORT, at=at)
    frozen = set(DailyReport.objects.filter(day__gte=first, day__lte=last).values_list("day", flat=True))
    rows = [
        DailyReport(day=told.day, version=1, figures=told.stored(), taken_at=at, made_by=by.id, reason=REPLAYED)
        for told in day_counts.reports(first, last)
        if told.day not in frozen
    ]
    with transaction.atomic():
        DailyReport.objects.bulk_create(rows, batch_size=100)
        record(
            "border_gate.reports_frozen", by=by, at=at, kind="border_gate.report", first=str(first), last=str(last),
            reports=len(rows),
        )  # fmt: skip
    return len(rows)
