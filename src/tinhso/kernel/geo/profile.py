"""Which files of this room's kind can be read."""

from __future__ import annotations

from datetime import date, datetime
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.geo.boundaries import COLUMNS, read_boundaries
from tinhso.kernel.modules.declare import importer


@importer("boundaries", title=_("boundaries of units"), columns=COLUMNS)
def boundaries(path: Path, *, at: datetime, on: date | None) -> int:
    return read_boundaries(path, on=on)
