"""Places, parties and reference tables of the gate."""

from tinhso.pillars.border.gate.models.ahead import AheadDeclaration
from tinhso.pillars.border.gate.models.amendments import Amendment, FeeDifference, FieldChange
from tinhso.pillars.border.gate.models.bookings import (
    LIVING,
    Appeal,
    Booking,
    BookingRule,
    ClockMark,
    CycleChange,
    Displacement,
    Holding,
    SlotDefault,
)
from tinhso.pillars.border.gate.models.codes import (
    CodeKind,
    CodeStanding,
    CodeStatus,
    FalseClaim,
    MedicalOrder,
    Refusal,
    RefusedBy,
    RegisteredCode,
)
from tinhso.pillars.border.gate.models.containers import ContainerInUse, SecondContainer
from tinhso.pillars.border.gate.models.customs import CustomsEntry
from tinhso.pillars.border.gate.models.destroyed import Destruction
from tinhso.pillars.border.gate.models.fees import FeeAssessment
from tinhso.pillars.border.gate.models.figures import DayFigure, MonthTime, ReplayedDay
from tinhso.pillars.border.gate.models.foresight import ForecastDay, OpenDay, WhatIfRun
from tinhso.pillars.border.gate.models.goods import GoodsRule, JustInTimeRule
from tinhso.pillars.border.gate.models.guidance import (
    CallPause,
    HealthForm,
    HelpRequest,
    MovementOrder,
    OrderReceipt,
    TrackingConsent,
)
from tinhso.pillars.border.gate.models.haulage import Haulage
from tinhso.pillars.border.gate.models.industry import InflowNotice, MoratoriumDraft
from tinhso.pillars.border.gate.models.machines import MachineLight, SimulatedSystem
from tinhso.pillars.border.gate.models.namings import FirmNaming
from tinhso.pillars.border.gate.models.parties import (
    Driver,
    Enterprise,
    Mandate,
    MandateGrant,
    Standing,
    Vehicle,
    VehicleKind,
)
from tinhso.pillars.border.gate.models.places import BarrierEdition, ControlPoint, CrossingPoint, Gate, Yard
from tinhso.pillars.border.gate.models.positions import LastPosition, Position
from tinhso.pillars.border.gate.models.qr_keys import QrKey, QrUse
from tinhso.pillars.border.gate.models.ramps import RampTurn
from tinhso.pillars.border.gate.models.readings import PlateReading
from tinhso.pillars.border.gate.models.reference import CheckRule, FeeRule, Force, HsCode, ReasonCode
from tinhso.pillars.border.gate.models.registrations import ContactChange, Registration
from tinhso.pillars.border.gate.models.relays import ArmAnswer, ArmCommand
from tinhso.pillars.border.gate.models.reports import DailyReport
from tinhso.pillars.border.gate.models.rulebook import (
    CorrectionRule,
    FeeTerm,
    FieldRule,
    ForceEdition,
    Limit,
    NoticeText,
    OrderText,
    QueueCycle,
    RefusalText,
    TaskResult,
    TripTypeRule,
)
from tinhso.pillars.border.gate.models.samples import SampleDraw, SampleRule
from tinhso.pillars.border.gate.models.seals import SealEvent
from tinhso.pillars.border.gate.models.selection import InspectionAsk, RiskRule
from tinhso.pillars.border.gate.models.sheets import DeclarationRow, DeclarationSheet
from tinhso.pillars.border.gate.models.signed_lists import SignedCheck, SignedList
from tinhso.pillars.border.gate.models.simulation import SimulatedDay, SimulatedTrip, SimulationSwitch
from tinhso.pillars.border.gate.models.stays import Incident
from tinhso.pillars.border.gate.models.stoppages import Stoppage, StoppageKind
from tinhso.pillars.border.gate.models.tasks import ClearanceTask, Hold
from tinhso.pillars.border.gate.models.tax_marks import TaxMark
from tinhso.pillars.border.gate.models.times import (
    CalendarKind,
    Direction,
    Moratorium,
    OperatingCalendar,
    SlotWindow,
)
from tinhso.pillars.border.gate.models.transfers import Pairing, Transfer, TransferLine, TripGoods
from tinhso.pillars.border.gate.models.trips import (
    Declaration,
    GoodsLine,
    QueueState,
    Trip,
    UndeclaredArrival,
)
from tinhso.pillars.border.gate.models.weighings import Weighing
from tinhso.pillars.border.gate.models.yards import GIVES_WAY, Bay, BayKind, PointOrder, Switch, YardRoom, YardTariff

__all__ = [
    "GIVES_WAY",
    "LIVING",
    "AheadDeclaration",
    "Amendment",
    "Appeal",
    "ArmAnswer",
    "ArmCommand",
    "BarrierEdition",
    "Bay",
    "BayKind",
    "Booking",
    "BookingRule",
    "CalendarKind",
    "CallPause",
    "CheckRule",
    "ClearanceTask",
    "ClockMark",
    "CodeKind",
    "CodeStanding",
    "CodeStatus",
    "ContactChange",
    "ContainerInUse",
    "ControlPoint",
    "CorrectionRule",
    "CrossingPoint",
    "CustomsEntry",
    "CycleChange",
    "DailyReport",
    "DayFigure",
    "Declaration",
    "DeclarationRow",
    "DeclarationSheet",
    "Destruction",
    "Direction",
    "Displacement",
    "Driver",
    "Enterprise",
    "FalseClaim",
    "FeeAssessment",
    "FeeDifference",
    "FeeRule",
    "FeeTerm",
    "FieldChange",
    "FieldRule",
    "FirmNaming",
    "Force",
    "ForceEdition",
    "ForecastDay",
    "Gate",
    "GoodsLine",
    "GoodsRule",
    "Haulage",
    "HealthForm",
    "HelpRequest",
    "Hold",
    "Holding",
    "HsCode",
    "Incident",
    "InflowNotice",
    "InspectionAsk",
    "JustInTimeRule",
    "LastPosition",
    "Limit",
    "MachineLight",
    "Mandate",
    "MandateGrant",
    "MedicalOrder",
    "MonthTime",
    "Moratorium",
    "MoratoriumDraft",
    "MovementOrder",
    "NoticeText",
    "OpenDay",
    "OperatingCalendar",
    "OrderReceipt",
    "OrderText",
    "Pairing",
    "PlateReading",
    "PointOrder",
    "Position",
    "QrKey",
    "QrUse",
    "QueueCycle",
    "QueueState",
    "RampTurn",
    "ReasonCode",
    "Refusal",
    "RefusalText",
    "RefusedBy",
    "RegisteredCode",
    "Registration",
    "ReplayedDay",
    "RiskRule",
    "SampleDraw",
    "SampleRule",
    "SealEvent",
    "SecondContainer",
    "SignedCheck",
    "SignedList",
    "SimulatedDay",
    "SimulatedSystem",
    "SimulatedTrip",
    "SimulationSwitch",
    "SlotDefault",
    "SlotWindow",
    "Standing",
    "Stoppage",
    "StoppageKind",
    "Switch",
    "TaskResult",
    "TaxMark",
    "TrackingConsent",
    "Transfer",
    "TransferLine",
    "Trip",
    "TripGoods",
    "TripTypeRule",
    "UndeclaredArrival",
    "Vehicle",
    "VehicleKind",
    "Weighing",
    "WhatIfRun",
    "Yard",
    "YardRoom",
    "YardTariff",
]
