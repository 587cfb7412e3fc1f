"""What of the gate's procedures is changed on screen, and the dry run that such changes get."""

from tinhso.pillars.border.gate.rulebook import tables, yesterday

__all__ = ["tables", "yesterday"]
