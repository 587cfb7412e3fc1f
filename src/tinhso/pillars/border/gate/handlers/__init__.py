"""What the gate does when something has happened: tell people, start the clocks of checks."""

from tinhso.pillars.border.gate.handlers import overlays, trips

__all__ = ["overlays", "trips"]
