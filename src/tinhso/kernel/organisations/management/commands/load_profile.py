"""`load_profile`: put every room's reference data in place."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tinhso.kernel.base import clock
from tinhso.kernel.modules.declare import PROFILES, in_order
from tinhso.kernel.modules.descriptor import import_loaders


class Command(BaseCommand):
    help = "Put the reference data of every room in place; may be run again at any time."

    def handle(self, *args: Any, **options: Any) -> None:
        import_loaders()
        at = clock.real()
        for loader in in_order(PROFILES):
            count = loader.load(at)
            if options["verbosity"]:
                self.stdout.write(f"{loader.name}: {count if count is not None else 'done'}")
