"""What a room hands up of its rules: tables of dated rows that people may change on screen.

A table's rows hold from `valid_from` to before `valid_until`, each with its source. The room that runs the changes
(kernel/rulebook) and the pages that show them read these registries.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any, TypeVar

from tinhso.kernel.modules.declare import Declaration
from tinhso.kernel.modules.registry import Registry

Function = TypeVar("Function", bound=Callable[..., Any])
Rows = Callable[[str], Sequence[Any]]
"""Rows of the table of that name on one day."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Words:
    """What the codes of one field are called, so that people read and choose words.

    `named(on)`: the names by code on that day, in the order in which they are offered; a code that it does not name is
    told by `say(code, on)`, else shown as it is. `is_open`: other codes may be typed. `is_sequence`: a list in which
    the order counts and a code may come twice. `has_letters`: a text in which each letter is a code of its own.
    `joined` stands between several. `input(on)`: a form field of the room's own for it.
    """

    named: Callable[[date], Mapping[str, Any]]
    say: Callable[[str, date], Any] | None = None
    is_open: bool = False
    is_sequence: bool = False
    has_letters: bool = False
    joined: Any = ", "
    input: Callable[[date], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RuleTable(Declaration):
    """A table of dated rows. `key`: the fields that say which rule a row is a version of; `fields`: what may change.

    `check(row, on)` raises Refusal for a row that would not make sense; `preview(old, new)` gives sentences that tell
    what the change means; `applied(rows, at)` is called with the new rows in the transaction that puts them in.
    `words`: names of the codes in its fields; `means(row, said)`: the row in a sentence, where `said(field)` gives
    the words of a field.
    """

    title: Any
    hint: Any
    model: Any
    key: tuple[str, ...]
    fields: tuple[str, ...]
    permission_propose: str
    permission_approve: str
    order: int
    check: Callable[[Any, date], None] | None = None
    preview: Callable[[Any, Any], Sequence[Any]] | None = None
    applied: Callable[[Sequence[Any], datetime], None] | None = None
    rehearsal: str = ""
    words: Mapping[str, Words] = field(default_factory=dict)
    means: Callable[[Any, Callable[[str], str]], Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class RehearsalRun:
    """What a dry run is given: the rows before and after the change, the day it would hold from, the moment.

    `told(done, whole)` is called now and then.
    """

    before: Rows
    after: Rows
    on: date
    at: datetime
    told: Callable[[int, int], None]


@dataclass(frozen=True, slots=True, kw_only=True)
class DryRun(Declaration):
    """Plays what has happened once more, by the rules before and after."""

    title: Any
    play: Callable[[RehearsalRun], Mapping[str, Any]]


RULE_TABLES: Registry[RuleTable] = Registry("rule table")
DRY_RUNS: Registry[DryRun] = Registry("dry run")


def rule_table(
    name: str,
    *,
    title: Any,
    model: type[Any],
    key: tuple[str, ...],
    fields: tuple[str, ...],
    permission_propose: str,
    permission_approve: str,
    hint: Any = "",
    order: int = 100,
    check: Callable[[Any, date], None] | None = None,
    preview: Callable[[Any, Any], Sequence[Any]] | None = None,
    applied: Callable[[Sequence[Any], datetime], None] | None = None,
    rehearsal: str = "",
    words: Mapping[str, Words] | None = None,
    means: Callable[[Any, Callable[[str], str]], Any] | None = None,
) -> RuleTable:
    """Declare a table, in the room's `rulebook.py`. `rehearsal` names its dry run.

    The model has `valid_from`, `valid_until`, `source`, `document_no` and `status` (kernel.rulebook.models.DatedRow).
    """
    return RULE_TABLES.add(
        name,
        RuleTable(
            name=name,
            module=model.__module__,
            title=title,
            hint=hint,
            model=model,
            key=key,
            fields=fields,
            permission_propose=permission_propose,
            permission_approve=permission_approve,
            order=order,
            check=check,
            preview=preview,
            applied=applied,
            rehearsal=rehearsal,
            words=words or {},
            means=means,
        ),
    )


def dry_run(name: str, *, title: Any) -> Callable[[Function], Function]:
    """Declare a dry run: it takes a RehearsalRun and returns what JSON can hold.

    `{"about": {"vi", "en"}, "sections": [{"title": {…}, "unit": "…", "rows": [row, …]}]}` with rows like
    `{"label": {"vi", "en"}, "before": n, "after": n}`. A section may besides have `summed` (false: no sum below),
    `note` (`{"vi", "en"}`: what the counts mean, or why there are none) and `texts` with rows like
    `{"label", "old", "new", "used": n}`.
    """

    def declare(function: Function) -> Function:
        DRY_RUNS.add(name, DryRun(name=name, module=function.__module__, title=title, play=function))
        return function

    return declare
