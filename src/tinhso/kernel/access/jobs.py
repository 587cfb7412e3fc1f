"""Buckets that are forgotten in time, and the ends of what was opened by break-glass."""

from tinhso.kernel.access.glass import end_what_is_over
from tinhso.kernel.access.limits import forget_buckets

__all__ = ["end_what_is_over", "forget_buckets"]
