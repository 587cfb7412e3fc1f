"""Rows that the API forgets in time."""

from tinhso.kernel.api.limits import forget_buckets
from tinhso.kernel.api.once import forget_answers

__all__ = ["forget_answers", "forget_buckets"]
