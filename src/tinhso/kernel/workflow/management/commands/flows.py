"""`./tinhso flows`: write the migration with the generated functions; `--check` only compares."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.apps import apps
from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.kernel.workflow.migrate import MARK, last_digest, room_sql
from tinhso.kernel.workflow.table import FLOWS

TEMPLATE = '''"""Functions generated from this room's flows: `./tinhso flows` writes this file and the .sql."""

from django.db import migrations

from tinhso.kernel.workflow.migrate import flow_functions


class Migration(migrations.Migration):
    dependencies = [{dependencies}]

    operations = [flow_functions(__file__)]
'''


class Command(BaseCommand):
    help = "write the migrations with the SQL functions generated from the flows"

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("--check", action="store_true", help="only tell whether flows and migrations agree")
        parser.add_argument("--replace", action="store_true", help="write over the room's last flows migration")

    def handle(self, *args: Any, **options: Any) -> None:
        behind = []
        for label in dict.fromkeys(flow.label for flow in FLOWS):
            folder = Path(apps.get_app_config(label).path) / "migrations"
            sql = room_sql(label)
            if not folder.is_dir() or last_digest(folder) == sql.partition("\n")[0].removeprefix(MARK):
                continue
            behind.append(label)
            if not options["check"]:
                self.stdout.write(f"{label}: {write(label, folder, sql, replace=options['replace'])}")
        if behind and options["check"]:
            raise CommandError(f"flows and migrations differ in {', '.join(behind)}: run ./tinhso flows")


def write(label: str, folder: Path, sql: str, *, replace: bool) -> str:
    """Write the migration of a room; returns its name."""
    names = sorted(path.stem for path in folder.glob("[0-9]*.py"))
    if replace and names and names[-1].endswith("_flows"):
        name, before = names[-1], names[:-1]
    else:
        name, before = f"{len(names) + 1:04d}_flows", names
    dependencies = [f'("{label}", "{before[-1]}")'] if before else []
    dependencies.append('("kernel_workflow", "0001_initial")')
    (folder / f"{name}.sql").write_text(sql)
    (folder / f"{name}.py").write_text(TEMPLATE.format(dependencies=", ".join(dependencies)))
    if (folder / "max_migration.txt").exists():
        (folder / "max_migration.txt").write_text(f"{name}\n")
    return name
