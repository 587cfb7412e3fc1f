"""The words of notices of all rooms that keep no table of their own, and the dry run of any such table."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.rule_tables import RehearsalRun, dry_run
from tinhso.kernel.notices.models import NoticeText
from tinhso.kernel.notices.permissions import APPROVE_TEXT, PROPOSE_TEXT
from tinhso.kernel.notices.texts import REHEARSAL, notice_texts, told_yesterday
from tinhso.kernel.rulebook.showing import both

notice_texts(
    NoticeText,
    title=_("Words of the platform's notices"),
    hint=_("Codes, links of accounts, payments; {amount} and the like are filled in when it is sent"),
    order=900,
    permission_propose=PROPOSE_TEXT,
    permission_approve=APPROVE_TEXT,
)

ABOUT = _("The notices that were sent the day before.")


@dry_run(REHEARSAL, title=_("the notices of yesterday, once more"))
def yesterday(run: RehearsalRun) -> Mapping[str, Any]:
    """What the notices of the changed kinds said yesterday, and what they would have said."""
    sections = told_yesterday(run)
    told = sum(row["used"] for section in sections for row in section["texts"][:1])
    run.told(told, told)
    return {"about": both(ABOUT), "sections": sections}
