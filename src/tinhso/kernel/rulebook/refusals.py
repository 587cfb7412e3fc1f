"""What is said when a change of rules is refused: code, HTTP status, sentence."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.base.errors import Refusal

SENTENCES: dict[str, tuple[int, Any]] = {
    "RB-001": (422, _("Write the number of the document and where the rule comes from before you propose.")),
    "RB-002": (422, _("This change holds no row yet: add at least one.")),
    "RB-003": (422, _("A change holds from tomorrow at the earliest: choose a later first day.")),
    "RB-004": (403, _("Who drafted or proposed a change does not decide on it: another person has to.")),
    "RB-005": (403, _("Only who drafted or proposed the change may take it back.")),
    "RB-006": (403, _("You have no right over one of the tables of this change.")),
    "RB-007": (409, _("The row “{row}” was changed since this was drafted: draft the change of this row anew.")),
    "RB-008": (409, _("The row “{row}” has a later version already: choose a day after it, or withdraw that first.")),
    "RB-009": (409, _("On some day two rows would hold for “{row}”: end the one before, or choose another day.")),
    "RB-010": (422, _("A reason has at least ten characters.")),
    "RB-011": (409, _("This change can no longer be edited: make a new one.")),
    "RB-012": (404, _("There is no such table of rules.")),
    "RB-013": (422, _("Nothing differs from the row that holds on that day.")),
    "RB-014": (409, _("Another change rests on the row “{row}”: withdraw that one first.")),
    "RB-015": (409, _("This change does not allow that step now: it stands at “{state}”.")),
}


def refuse(code: str, *, field: str | None = None, **facts: Any) -> Refusal:
    """The refusal of that code, to be raised by the caller; codes of the kernel keep their own words."""
    if code not in SENTENCES:
        return Refusal(code=code, status=403 if code == "forbidden" else None, field=field, **facts)
    status, sentence = SENTENCES[code]
    return Refusal(sentence, code=code, status=status, field=field, **facts)
