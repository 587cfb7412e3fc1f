"""What the gate does when something has happened: tell people, start the clocks of checks, settle fees."""

from tinhso.pillars.border.gate.handlers import (
    amendments,
    board_orders,
    bookings,
    devices,
    fees,
    firms,
    guidance,
    offline,
    outward,
    overlays,
    rulebook,
    trips,
    undeclared,
)

__all__ = [
    "amendments",
    "board_orders",
    "bookings",
    "devices",
    "fees",
    "firms",
    "guidance",
    "offline",
    "outward",
    "overlays",
    "rulebook",
    "trips",
    "undeclared",
]
