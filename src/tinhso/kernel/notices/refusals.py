"""What is said when words of notices are refused: code and sentence, all of them HTTP 422."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Refusal

SENTENCES: dict[str, Any] = {
    "NT-001": _("The place {v} is not filled in this kind of notice. Use only: {list}."),
    "NT-002": _("The words lack the place {list}, which people need to know. Add it."),
    "NT-003": _("The place {v} may not go out by text message. Messages use only: {list}."),
    "NT-004": _("Curly braces stand only around the name of a place, with nothing else in them. Correct the words."),
    "NT-005": _("There is no kind of notice {v} in this table. Choose from the list."),
    "NT-006": _("This notice goes out in the language of the empty field. Give its words."),
    "NT-007": _("This kind of notice does not go out by text message. Leave the field empty."),
    "NT-008": _(
        "These words go out by text message too, {n} letters at most. Shorten them, or give words for the message."
    ),
}


def refuse(code: str, *, field: str, **facts: Any) -> Refusal:
    """The refusal of that code for one field of the row, to be raised by the caller."""
    return Refusal(SENTENCES[code], code=code, status=422, field=field, **facts)
