"""One family of refusals: a code for machines, a sentence for people, an HTTP status for both."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _


class Refusal(Exception):
    """Something asked for was not done.

    `code` is stable and may be looked up; `message` says what, why and what to do next, and is
    translated when it is shown; `facts` fill its {placeholders} and travel in problem+json.
    """

    code = "refused"
    status = 409
    message: Any = _("this was refused")

    def __init__(
        self,
        message: Any = None,
        *,
        code: str | None = None,
        status: int | None = None,
        field: str | None = None,
        **facts: Any,
    ) -> None:
        self.message = self.message if message is None else message
        self.code = code or self.code
        self.status = status or self.status
        self.field = field
        self.facts = facts
        super().__init__(self.code)

    def for_people(self) -> str:
        """The sentence to show, in the language of the moment; facts are put in as plain text."""
        return str(self.message).format_map(_Blank(self.facts))

    def __str__(self) -> str:
        return f"{self.code}: {self.for_people()}"


class _Blank(dict[str, Any]):
    """A placeholder without a fact shows an ellipsis, never an error on top of a refusal."""

    def __missing__(self, key: str) -> str:
        return "…"


class NotFound(Refusal):
    code, status = "not-found", 404
    message = _("there is no such record, or it is not yours to see")


class Forbidden(Refusal):
    code, status = "forbidden", 403
    message = _("you do not have the right to do this")


class Invalid(Refusal):
    code, status = "invalid", 422
    message = _("something filled in is not right")


class Stale(Refusal):
    code, status = "stale", 409
    message = _("someone changed this record first: reload and try again")
