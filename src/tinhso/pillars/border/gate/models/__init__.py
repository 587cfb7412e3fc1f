"""Places, parties and reference tables of the gate."""

from tinhso.pillars.border.gate.models.parties import Driver, Enterprise, Mandate, Standing, Vehicle, VehicleKind
from tinhso.pillars.border.gate.models.places import ControlPoint, CrossingPoint, Gate, Yard
from tinhso.pillars.border.gate.models.qr_keys import QrKey
from tinhso.pillars.border.gate.models.reference import CheckRule, FeeRule, Force, Goods, HsCode, ReasonCode
from tinhso.pillars.border.gate.models.times import (
    CalendarKind,
    Direction,
    Moratorium,
    OperatingCalendar,
    SlotWindow,
)

__all__ = [
    "CalendarKind",
    "CheckRule",
    "ControlPoint",
    "CrossingPoint",
    "Direction",
    "Driver",
    "Enterprise",
    "FeeRule",
    "Force",
    "Gate",
    "Goods",
    "HsCode",
    "Mandate",
    "Moratorium",
    "OperatingCalendar",
    "QrKey",
    "ReasonCode",
    "SlotWindow",
    "Standing",
    "Vehicle",
    "VehicleKind",
    "Yard",
]
