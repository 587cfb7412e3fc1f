"""Answers that the API forgets in time."""

from tinhso.kernel.api.once import forget_answers

__all__ = ["forget_answers"]
