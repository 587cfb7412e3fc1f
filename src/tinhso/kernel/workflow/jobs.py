"""Declares the timers' job when the room starts."""

from tinhso.kernel.workflow import timers

__all__ = ["timers"]
