"""Buckets that are forgotten in time."""

from tinhso.kernel.access.limits import forget_buckets

__all__ = ["forget_buckets"]
