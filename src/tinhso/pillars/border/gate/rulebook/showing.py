"""Yesterday, on which a dry run of the gate's rules looks, and the rules before and after the change."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from tinhso.kernel.modules.rule_tables import RehearsalRun
from tinhso.kernel.rulebook.showing import day_before, touched
from tinhso.pillars.border.gate.queries.law import Law, law_of


@dataclass(frozen=True, slots=True)
class Yesterday:
    """The day that is looked at, the run, and the rules before and after the change."""

    run: RehearsalRun
    begins: datetime
    ends: datetime
    before: Law
    after: Law

    @property
    def day(self) -> date:
        return self.begins.date()

    def within(self, name: str) -> dict[str, datetime]:
        """A filter: that moment lies on the day."""
        return {f"{name}__gte": self.begins, f"{name}__lt": self.ends}

    def rows(self, table: str) -> list[tuple[Any, Any]]:
        """The rows of a table that the change touches, old beside new; None where there is none."""
        return touched(self.run, f"border_gate.{table}")

    def touches(self, *tables: str) -> bool:
        return any(self.rows(table) for table in tables)


def yesterday_of(run: RehearsalRun) -> Yesterday:
    """The day before the one on which the dry run was asked for, in Viet Nam."""
    begins, ends = day_before(run)
    return Yesterday(run, begins, ends, law_of(run.before), law_of(run.after))
