"""The reference data that every installation of this province has: units, agencies, the schematic map."""

from __future__ import annotations

from datetime import datetime

from tinhso.kernel.modules.declare import profile
from tinhso.kernel.organisations import load


@profile(10)
def units(at: datetime) -> int:
    return load.load_units()


@profile(11)
def agencies(at: datetime) -> int:
    return load.load_agencies()


@profile(12)
def areas(at: datetime) -> int:
    return load.load_areas()
