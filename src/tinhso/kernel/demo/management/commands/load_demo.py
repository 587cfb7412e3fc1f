"""`./tinhso load_demo`: the demo province, marked as such; idempotent."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from tinhso.kernel.base import clock
from tinhso.kernel.demo.runner import load_demo
from tinhso.kernel.modules.descriptor import import_loaders


class Command(BaseCommand):
    help = "load the demo data of all modules (demo profile only)"

    def handle(self, *args: Any, **options: Any) -> None:
        import_loaders()
        load_demo(at=clock.now(), tell=self.stdout.write)
