"""The bell's number: `{% load notices %}{% unread_notices as count %}`."""

from __future__ import annotations

from typing import Any

from django import template

from tinhso.kernel.notices import queries

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """How many notices the reader of the page has not read; one query, none for nobody."""
    actor = getattr(context.get("request"), "actor", None)
    return 0 if actor is None or actor.kind == "nobody" else queries.unread_count(actor.id)
