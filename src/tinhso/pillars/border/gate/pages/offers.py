"""What may be done with a record now: one main button, the rest under "more", each with the form that it wants.

A form that was refused is shown once more with what was typed in it and why it was refused.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from django.utils.translation import gettext as _

from tinhso.kernel.base.errors import Refusal
from tinhso.kernel.web.request import Request
from tinhso.pillars.border.gate.queries.law import reasons_today

KEPT = "border_gate.refused"
"""Session key of the form that was refused last."""
OURS = frozenset({"csrfmiddlewaretoken", "next", "offer"})
SHORTEST, LONGEST, LONGEST_KEPT = 10, 40, 2_000

Option = tuple[str, Any]


@dataclass(frozen=True, slots=True)
class Box:
    """One field of a form: `kind` is choice, checks, text, long or files."""

    name: str
    label: Any
    kind: str = "text"
    options: Sequence[Option] = ()
    hint: Any = ""
    required: bool = True
    typed: tuple[str, ...] = ()

    @property
    def value(self) -> str:
        return self.typed[0] if self.typed else ""


@dataclass(frozen=True, slots=True)
class Offer:
    """One deed. With `title` it asks in a sheet first; `ahead` moves the vehicle on, so it may be the main button."""

    id: str
    words: Any
    url: str
    icon: str = ""
    key: str = ""
    ahead: bool = False
    title: Any = ""
    verb: Any = ""
    text: Any = ""
    boxes: tuple[Box, ...] = ()
    hidden: tuple[Option, ...] = ()
    error: str = ""

    @property
    def takes_files(self) -> bool:
        return any(box.kind == "files" for box in self.boxes)


@dataclass(frozen=True, slots=True)
class Offers:
    """The deeds of a page in their order."""

    main: Offer | None = None
    rest: list[Offer] = field(default_factory=list)

    @property
    def sheets(self) -> list[Offer]:
        return [one for one in (self.main, *self.rest) if one is not None and one.title]

    @property
    def in_menu(self) -> bool:
        return len(self.rest) > 1


def sorted_out(offers: Iterable[Offer], request: Request) -> Offers:
    """The first that moves the vehicle on is the main one; the form that was refused keeps what was typed."""
    found = _with_kept(list(offers), request)
    main = next((one for one in found if one.ahead), None)
    return Offers(main, [one for one in found if one is not main])


def reasons(kind: str, *, finding: bool = True, secret: bool = True) -> tuple[Box, Box]:
    """A reason of the table and what was found; `finding`: the firm reads it. `secret`: a force's own may be given."""
    rows = reasons_today().filter(kind=kind)
    listed = [(row.code, str(row)) for row in (rows if secret else rows.filter(secret=False))]
    hint = _("At least 10 characters; the firm reads it.") if finding else _("At least 10 characters.")
    return (
        Box("reason_code", _("Reason"), "choice", listed),
        Box("reason", _("Finding") if finding else _("Explanation"), "long", hint=hint),
    )


def photos() -> Box:
    """Photos that go with what was found."""
    return Box("photos", _("Photos"), "files", hint=_("PDF, JPG or PNG, at most 10 MB each"), required=False)


def keep(request: Request, refusal: Refusal) -> None:
    """Remember the form that was refused, for the page that is shown next."""
    typed = {
        name: [value[:LONGEST_KEPT] for value in values] for name, values in request.POST.lists() if name not in OURS
    }
    request.session[KEPT] = {
        "url": request.path,
        "offer": request.POST.get("offer", ""),
        "typed": typed,
        "error": refusal.for_people(),
    }


def _with_kept(offers: list[Offer], request: Request) -> list[Offer]:
    kept: dict[str, Any] = request.session.get(KEPT, {})
    same = [one for one in offers if one.boxes and one.url == kept.get("url")]
    refused = next((one for one in same if one.id == kept["offer"]), same[0] if same else None)
    if refused is None:
        return offers
    del request.session[KEPT]
    boxes = tuple(replace(box, typed=tuple(kept["typed"].get(box.name, ()))) for box in refused.boxes)
    filled = replace(refused, boxes=boxes, error=kept["error"])
    return [filled if one is refused else one for one in offers]
