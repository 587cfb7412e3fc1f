"""AMENDMENT: one correction of a declared trip, from who asks for it to what came of it.

The firm changes a field at once, or asks for it when a force has to consent beyond barrier 1; an officer asks the
firm for it, at a barrier with a moment until which the lane can wait. The trip itself does not move.
"""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from tinhso.kernel.access.scope import Scope
from tinhso.kernel.workflow.flow import Flow, SqlGuard, Step, Timer
from tinhso.pillars.border.gate import permissions as p
from tinhso.pillars.border.gate.rules.codes import FLOW_CODES, refuse

WANTED, ASKED, APPLIED, DECLINED, LAPSED = "wanted", "asked", "applied", "declined", "lapsed"
UNDECIDED = (WANTED, ASKED)
CODES = FLOW_CODES | {"FI423": "BG-287"}

SAID = SqlGuard("SAID", "BG-038", "length(btrim(f->>'reason')) >= 10")
IN_TIME = SqlGuard("IN-TIME", "BG-285", "r.lapses_at is null or p_at < r.lapses_at")
DUE = SqlGuard("DUE", "BG-208", "r.lapses_at <= p_at")
DECIDED = {"decided_by": "v_actor", "decided_at": "p_at"}
ANSWERED = {**DECIDED, "answer": "f->>'reason'"}
OF_BORDER_GUARD, OF_CUSTOMS = "r.consent_of = 'BIENPHONG'", "r.consent_of = 'HAIQUAN'"


def _consents(name: str, target: str, right: str, when: str) -> Step:
    says_why = name == "decline"
    return Step(
        name,
        (ASKED,),
        target,
        right,
        when=when,
        guards=(SAID,) if says_why else (),
        sets=ANSWERED if says_why else DECIDED,
        event="border_gate.amendment_declined" if says_why else "border_gate.amendment_consented",
        title=_("decline the change") if says_why else _("consent to the change"),
    )


AMENDMENT = Flow(
    name="border_gate.amendment",
    table="border_gate_amendment",
    states={
        WANTED: pgettext_lazy("amendment", "the firm is asked"),
        ASKED: pgettext_lazy("amendment", "waits for consent"),
        APPLIED: pgettext_lazy("amendment", "changed"),
        DECLINED: pgettext_lazy("amendment", "declined"),
        LAPSED: pgettext_lazy("amendment", "not answered in time"),
    },
    steps=(
        Step("apply", (), APPLIED, p.step_permission("amend"), guards=(SAID,), title=_("amend a field")),
        Step(
            "ask",
            (),
            ASKED,
            p.step_permission("amend"),
            guards=(SAID,),
            event="border_gate.amendment_asked",
            title=_("ask for a change"),
        ),
        Step(
            "want",
            (),
            WANTED,
            p.WANT_AMENDMENT,
            guards=(SAID,),
            event="border_gate.amendment_wanted",
            title=_("ask the firm for a change"),
        ),
        Step(
            "stop",
            (),
            WANTED,
            p.DECIDE_BARRIER,
            guards=(SAID,),
            event="border_gate.amendment_wanted",
            title=_("ask the firm at the barrier"),
        ),
        _consents("consent", APPLIED, p.CONSENT_BORDER, OF_BORDER_GUARD),
        _consents("consent", APPLIED, p.CONSENT_CUSTOMS, OF_CUSTOMS),
        _consents("decline", DECLINED, p.CONSENT_BORDER, OF_BORDER_GUARD),
        _consents("decline", DECLINED, p.CONSENT_CUSTOMS, OF_CUSTOMS),
        Step(
            "confirm",
            (WANTED,),
            APPLIED,
            p.step_permission("amend"),
            guards=(IN_TIME,),
            sets=DECIDED,
            event="border_gate.amendment_confirmed",
            title=_("confirm the change"),
        ),
        Step(
            "reject",
            (WANTED,),
            DECLINED,
            p.step_permission("amend"),
            guards=(SAID,),
            sets=ANSWERED,
            event="border_gate.amendment_rejected",
            title=_("say that the vehicle is not ours"),
        ),
        Step(
            "lapse",
            UNDECIDED,
            LAPSED,
            p.LAPSE_AMENDMENT,
            guards=(DUE,),
            sets={"decided_at": "p_at"},
            title=_("let the request lapse"),
        ),
    ),
    scope=Scope(agency="agency_id", place="point_id", record="trip_id"),
    timers=(Timer("lapse", UNDECIDED, "r.lapses_at"),),
    ends=(APPLIED, DECLINED, LAPSED),
    refuse=refuse,
    codes=CODES,
)
