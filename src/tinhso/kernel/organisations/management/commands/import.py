"""`import KIND FILE`: read a file of reference data that a room knows how to read."""  # noqa: N999, the command is called import

from __future__ import annotations

from argparse import ArgumentParser, RawDescriptionHelpFormatter
from datetime import date
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.modules.declare import IMPORTERS, Importer
from tinhso.kernel.modules.descriptor import import_loaders


class Command(BaseCommand):
    help = "Read a file of reference data into the platform; `import KIND --help` tells its columns."

    def add_arguments(self, parser: CommandParser) -> None:
        import_loaders()
        kinds = parser.add_subparsers(dest="kind", metavar="KIND", required=True)
        for importer in IMPORTERS:
            _arguments(kinds.add_parser(importer.name, help=str(importer.title)), importer)

    def handle(self, *args: Any, kind: str, file: str, on: date | None, **options: Any) -> None:
        path = Path(file)
        if not path.is_file():
            raise CommandError(f"there is no file {file}")
        try:
            count = IMPORTERS.get(kind).read(path, at=clock.real(), on=on)
        except Refusal as refusal:
            raise CommandError(refusal.for_people()) from refusal
        self.stdout.write(f"{kind}: {count}")


def _arguments(parser: ArgumentParser, importer: Importer) -> None:
    width = max(len(name) for name, _ in importer.columns)
    parser.formatter_class = RawDescriptionHelpFormatter
    parser.description = "\n".join(f"{name.ljust(width)}  {meaning}" for name, meaning in importer.columns)
    parser.add_argument("file", metavar="FILE")
    parser.add_argument("--on", type=date.fromisoformat, metavar="DAY", help="the day on which the units were in place")
