"""`audit verify | show | anchor | roots`: prove the trail, read its end, copy its head out, publish its days."""

from __future__ import annotations

import sys
from typing import Any

import psycopg
from django.core.management.base import BaseCommand, CommandParser
from django.db import connection

from tinhso.kernel.audit.jobs import keep_anchor, publish_roots
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.audit.queries import sealing
from tinhso.kernel.audit.verify import Report, verify
from tinhso.kernel.base import clock


class Command(BaseCommand):
    help = "Prove the audit trail, read its end, or copy its head outside the database."

    def add_arguments(self, parser: CommandParser) -> None:
        parts = parser.add_subparsers(dest="part", required=True)
        parts.add_parser("verify", help="check every entry and seal; exit code 1 when something was done to them")
        show = parts.add_parser("show", help="the newest entries")
        show.add_argument("--count", type=int, default=20)
        show.add_argument("--record", default=None, help="only this record's entries")
        parts.add_parser("anchor", help="append the newest seal to the anchors outside the database")

        parts.add_parser("roots", help="make the roots of all days that are over, as the nightly job does")

    def handle(self, *args: Any, **options: Any) -> None:
        getattr(self, f"_{options['part']}")(options)

    def _verify(self, options: dict[str, Any]) -> None:
        parameters = connection.get_connection_params()
        wanted = ("host", "port", "dbname", "user", "password")
        dsn = psycopg.conninfo.make_conninfo(**{name: parameters[name] for name in wanted if name in parameters})
        with psycopg.connect(dsn) as reader:
            report = verify(reader)
        self._tell(report)
        if not report.holds:
            sys.exit(1)

    def _tell(self, report: Report) -> None:
        for finding in report.findings:
            self.stdout.write(self.style.ERROR(finding))
        for note in report.notes:
            self.stdout.write(note)
        head = f"; head: seal {report.head[0]} {report.head[1]}" if report.head else ""
        self.stdout.write(
            f"{report.seals} seals over {report.sealed} entries, {report.unsealed} not sealed yet"
            f" (oldest {sealing().age:.1f} s){head}"
        )
        self.stdout.write("the trail holds" if report.holds else f"{len(report.findings)} findings")

    def _show(self, options: dict[str, Any]) -> None:
        entries = Entry.objects.order_by("-id")
        if options["record"]:
            entries = entries.filter(record_id=options["record"])
        for entry in reversed(entries[: options["count"]]):
            about = f"{entry.kind} {entry.record_id or ''} {entry.version or ''}".strip()
            self.stdout.write(f"{entry.id} {entry.at.isoformat()} {entry.actor} {entry.action} {about} {entry.payload}")

    def _anchor(self, options: dict[str, Any]) -> None:
        anchor = keep_anchor()
        self.stdout.write(f"seal {anchor.no} {anchor.hash}" if anchor else "nothing was ever sealed")

    def _roots(self, options: dict[str, Any]) -> None:
        self.stdout.write(f"{publish_roots(until=clock.real())} roots made")
