"""What the gate does when something has happened: tell people, start the clocks of checks, settle fees."""

from tinhso.pillars.border.gate.handlers import (
    ahead,
    amendments,
    board_orders,
    bookings,
    carriers,
    devices,
    fees,
    firms,
    guidance,
    industry,
    offline,
    outward,
    overlays,
    rulebook,
    trips,
    undeclared,
)

__all__ = [
    "ahead",
    "amendments",
    "board_orders",
    "bookings",
    "carriers",
    "devices",
    "fees",
    "firms",
    "guidance",
    "industry",
    "offline",
    "outward",
    "overlays",
    "rulebook",
    "trips",
    "undeclared",
]
