"""What the gate does when something has happened: tell people, start the clocks of checks, settle fees."""

from tinhso.pillars.border.gate.handlers import fees, guidance, offline, overlays, trips, undeclared

__all__ = ["fees", "guidance", "offline", "overlays", "trips", "undeclared"]
