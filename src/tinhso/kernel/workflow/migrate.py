"""What a migration with generated functions needs: the text of all functions, its digest, the operation.

`./tinhso flows` writes the migration; `./tinhso check` fails when flows and the last digest differ.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from django.apps import apps
from django.db import models
from django.db.migrations import RunSQL

from tinhso.kernel.workflow.models import ordinary_fields
from tinhso.kernel.workflow.sql.batch import fire_many_function
from tinhso.kernel.workflow.sql.making import create_function
from tinhso.kernel.workflow.sql.parts import kind_of
from tinhso.kernel.workflow.sql.single import fire_function
from tinhso.kernel.workflow.table import FLOWS, FlowTable

MARK = "-- digest: "


def flow_functions(migration_file: str) -> RunSQL:
    """The operation of a flows migration: the .sql file beside it, run as it stands."""
    return RunSQL(Path(migration_file).with_suffix(".sql").read_text(), RunSQL.noop)


def model_of(flow: FlowTable) -> type[models.Model]:
    """The model whose `flow` this is. Raises LookupError when none is."""
    for model in apps.get_app_config(flow.label).get_models():
        if getattr(model, "flow", None) is flow:
            return model
    raise LookupError(f"no model of {flow.label} has the flow {flow.name}")


def room_sql(label: str) -> str:
    """All functions and rights of a room's flows, with the digest on the first line."""
    body = "\n".join(_flow_sql(flow) for flow in FLOWS if flow.label == label)
    return f"{MARK}{hashlib.sha256(body.encode()).hexdigest()[:32]}\n{body}" if body else ""


def _flow_sql(flow: FlowTable) -> str:
    kind = kind_of(flow, model_of(flow))
    functions = fire_function(kind) + fire_many_function(kind)
    if any(not step.source for step in flow.steps):
        functions += create_function(kind)
    return functions + _rights(flow)


def _rights(flow: FlowTable) -> str:
    """The application may read, and write ordinary columns; the rest only through the functions."""
    model = model_of(flow)
    ordinary = set(ordinary_fields(model))
    columns = ", ".join(sorted(field.column for field in model._meta.concrete_fields if field.name in ordinary))
    lines = [f"revoke insert, update, delete, truncate on {flow.table} from tinhso_app;"]
    if columns:
        lines.append(f"grant update ({columns}) on {flow.table} to tinhso_app;")
    return "\n" + "\n".join(lines) + "\n"


def last_digest(folder: Path) -> str:
    """The digest of the newest flows migration in a migrations folder; empty when there is none."""
    files = sorted(folder.glob("*_flows*.sql"))
    return files[-1].read_text().partition("\n")[0].removeprefix(MARK) if files else ""
