"""Arms of barriers: how long a decision may be acted on, and how long an arm that failed is shown."""

from __future__ import annotations

from datetime import timedelta

FRESH = timedelta(minutes=2)
"""A decision that old no longer opens an arm (assumed): the vehicle is through or gone."""
SHOWN = timedelta(minutes=10)
"""How long a barrier's page asks what became of an arm that did not open (assumed)."""
