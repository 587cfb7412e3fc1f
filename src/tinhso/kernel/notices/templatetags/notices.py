"""The bell's number: `{% load notices %}{% unread_notices as count %}`; and the key of pushes."""

from __future__ import annotations

from typing import Any

from django import template

from tinhso.kernel.notices import queries
from tinhso.kernel.notices.pages import push

register = template.Library()


@register.simple_tag(takes_context=True)
def unread_notices(context: dict[str, Any]) -> int:
    """How many notices the reader of the page has not read; one query, none for nobody."""
    actor = getattr(context.get("request"), "actor", None)
    return 0 if actor is None or actor.kind == "nobody" else queries.unread_count(actor.id)


@register.simple_tag
def push_key() -> str:
    """What a browser subscribes with; empty where no pushes are sent."""
    return push.push_key()
