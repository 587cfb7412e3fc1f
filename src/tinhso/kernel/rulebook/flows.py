"""How a change of rules comes about: drafted by one, decided by another, in force on its day."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.rulebook import permissions as p
from tinhso.kernel.rulebook.refusals import refuse
from tinhso.kernel.workflow.flow import Flow, SqlGuard, Step, Timer

DRAFTED, PROPOSED, APPROVED, REJECTED, IN_FORCE, WITHDRAWN = (
    "drafted",
    "proposed",
    "approved",
    "rejected",
    "in_force",
    "withdrawn",
)
COMING = (PROPOSED, APPROVED)

DOCUMENT = SqlGuard("DOCUMENT", "RB-001", "btrim(r.document_no) <> '' and btrim(r.source) <> ''")
ROWS = SqlGuard("ROWS", "RB-002", "exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id)")
FUTURE = SqlGuard("FUTURE", "RB-003", "r.effective_on > (p_at at time zone 'Asia/Ho_Chi_Minh')::date")
FOUR_EYES = SqlGuard("FOUR-EYES", "RB-004", "v_actor not in (r.created_by, r.proposed_by)")
OWN = SqlGuard("OWN", "RB-005", "v_actor in (r.created_by, coalesce(r.proposed_by, r.created_by))")
REASON = SqlGuard("REASON", "RB-010", "length(btrim(coalesce(f->>'reason', ''))) >= 10")

OVER_EVERY_TABLE = """not exists (select 1 from kernel_rulebook_rowchange w where w.change_id = r.id and not
 kernel_access_may(v_actor, w.{column}::text, null::uuid, null::uuid, null::uuid, null::uuid, p_at))"""


def _rights(column: str) -> SqlGuard:
    """Over every table of the change; which right that is, the table's room has said."""
    return SqlGuard("RIGHTS", "RB-006", OVER_EVERY_TABLE.format(column=column))


MAY_PROPOSE, MAY_APPROVE = _rights("propose_right"), _rights("approve_right")
DECIDED = {"decided_by": "v_actor", "decided_at": "p_at", "decision_note": "coalesce(f->>'reason', '')"}
FIRST_MOMENT = "(r.effective_on::timestamp at time zone 'Asia/Ho_Chi_Minh')"

CHANGE = Flow(
    name="kernel_rulebook.change",
    table="kernel_rulebook_rulechange",
    states={
        DRAFTED: pgettext_lazy("rule change", "draft"),
        PROPOSED: pgettext_lazy("rule change", "to be decided"),
        APPROVED: pgettext_lazy("rule change", "approved, not yet in force"),
        REJECTED: pgettext_lazy("rule change", "rejected"),
        IN_FORCE: pgettext_lazy("rule change", "in force"),
        WITHDRAWN: pgettext_lazy("rule change", "withdrawn"),
    },
    steps=(
        Step("create", (), DRAFTED, p.DRAFT, event="kernel_rulebook.change_drafted", title=_("draft a change")),
        Step(
            "propose",
            (DRAFTED,),
            PROPOSED,
            p.DRAFT,
            guards=(DOCUMENT, ROWS, FUTURE, MAY_PROPOSE),
            sets={"proposed_by": "v_actor", "proposed_at": "p_at"},
            event="kernel_rulebook.change_proposed",
            title=_("propose the change"),
        ),
        Step(
            "approve",
            (PROPOSED,),
            APPROVED,
            p.DECIDE,
            guards=(FOUR_EYES, FUTURE, MAY_APPROVE),
            sets=DECIDED,
            event="kernel_rulebook.change_approved",
            title=_("approve the change"),
        ),
        Step(
            "reject",
            (PROPOSED,),
            REJECTED,
            p.DECIDE,
            guards=(FOUR_EYES, MAY_APPROVE, REASON),
            sets=DECIDED,
            event="kernel_rulebook.change_rejected",
            title=_("reject the change"),
        ),
        Step(
            "withdraw",
            (DRAFTED, PROPOSED),
            WITHDRAWN,
            p.DRAFT,
            guards=(OWN,),
            event="kernel_rulebook.change_withdrawn",
            title=_("withdraw the change"),
        ),
        Step(
            "revoke",
            (APPROVED,),
            WITHDRAWN,
            p.DECIDE,
            guards=(FUTURE, MAY_APPROVE, REASON),
            sets=DECIDED,
            event="kernel_rulebook.change_revoked",
            title=_("revoke the approval"),
        ),
        Step(
            "take_effect",
            (APPROVED,),
            IN_FORCE,
            p.TAKE_EFFECT,
            guards=(SqlGuard("DUE", "RB-003", f"{FIRST_MOMENT} <= p_at"),),
            sets={"in_force_at": "p_at"},
            event="kernel_rulebook.change_in_force",
            title=_("put in force"),
        ),
    ),
    timers=(Timer("take_effect", (APPROVED,), FIRST_MOMENT),),
    ends=(REJECTED, IN_FORCE, WITHDRAWN),
    refuse=refuse,
    codes={"FI423": "RB-015"},
)
