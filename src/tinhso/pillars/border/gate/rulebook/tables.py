"""The gate's rule tables."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.utils.translation import gettext_lazy as _

from tinhso.kernel.modules.rule_tables import rule_table
from tinhso.kernel.notices.texts import notice_texts
from tinhso.pillars.border.gate import models
from tinhso.pillars.border.gate.actions.forces import know_forces
from tinhso.pillars.border.gate.permissions import APPROVE_RULE, PROPOSE_RULE
from tinhso.pillars.border.gate.rulebook import barriers, checks, naming, previews, sentences, yards
from tinhso.pillars.border.gate.rules.tables import table

YESTERDAY = "border_gate.yesterday"


def _table(
    name: str,
    model: type[Any],
    order: int,
    title: Any,
    hint: Any,
    key: tuple[str, ...],
    fields: tuple[str, ...],
    check: Callable[..., None] | None = None,
    **further: Any,
) -> None:
    rule_table(
        f"border_gate.{name}",
        title=title,
        hint=hint,
        model=model,
        key=key,
        fields=fields,
        order=order,
        check=check,
        permission_propose=PROPOSE_RULE,
        permission_approve=APPROVE_RULE,
        rehearsal=YESTERDAY,
        **further,
    )


_table(
    "fee_rule",
    models.FeeRule,
    100,
    _("Fees for the use of the infrastructure"),
    _("Base amounts, coefficients and the ceiling; an empty list means any"),
    ("code",),
    ("kind", "regimes", "groups", "vehicles", "route", "amount", "coefficient", "status", "note"),
    checks.fee_rule,
    preview=previews.fee_rule,
    words={
        "regimes": naming.REGIMES,
        "groups": naming.GROUPS,
        "vehicles": naming.VEHICLES,
        "route": naming.ROUTES,
        "status": naming.STANDING,
    },
    means=sentences.fee_rule,
)
_table(
    "check_rule",
    models.CheckRule,
    110,
    _("Checks by the forces"),
    _("Which force checks what, when, at which stage, with which results"),
    ("task",),
    (
        "title_vi",
        "title_en",
        "forces",
        "needed",
        "placed",
        "stages",
        "results",
        "minutes",
        "new_seal",
        "number",
        "rule",
    ),
    checks.check_rule,
    preview=previews.check_rule,
    words={
        "task": naming.CHECK,
        "forces": naming.FORCES,
        "needed": naming.CONDITIONS,
        "stages": naming.STAGES,
        "results": naming.RESULTS,
    },
    means=sentences.check_rule,
)
_table(
    "risk_rule",
    models.RiskRule,
    115,
    _("Trips chosen by risk or by lot"),
    _("Which goods and firms, and of how many in a hundred trips market surveillance or customs look at the goods"),
    ("code",),
    ("chooses", "groups", "hs_prefixes", "undeclared", "share_percent"),
    checks.risk_rule,
    words={"groups": naming.GROUPS},
    means=sentences.risk_rule,
)
_table(
    "goods",
    models.GoodsRule,
    112,
    _("Goods, their controls and papers"),
    _("By the beginning of the HS code: group, controls, papers; of several rows the longest beginning counts"),
    ("code",),
    ("name_vi", "name_en", "name_zh", "group", "flags", "papers", "directions", "season"),
    checks.goods,
    preview=previews.goods,
    words={
        "group": naming.GROUPS,
        "flags": naming.FLAGS,
        "papers": naming.PAPERS,
        "directions": naming.DIRECTION_SIGNS,
    },
    means=sentences.goods,
)
_table(
    "just_in_time",
    models.JustInTimeRule,
    113,
    _("Electronics that production lines wait for"),
    _("Firms and goods whose claim counts: they are called with priority firms"),
    ("code",),
    ("title_vi", "title_en", "tax_codes", "hs_prefixes"),
    checks.just_in_time,
    means=sentences.just_in_time,
)
_table(
    "sample_rule",
    models.SampleRule,
    117,
    _("Samples of the plant quarantine"),
    _("Of which goods how many in a hundred trips are drawn by lot for a sample"),
    ("code",),
    ("title_vi", "title_en", "direction", "hs_prefixes", "share_percent"),
    checks.sample_rule,
    means=sentences.sample_rule,
)
_table(
    "force",
    models.ForceEdition,
    120,
    _("Forces at the gates"),
    _("Names and duties; a new force works from its first day on"),
    ("code",),
    ("number", "name_vi", "name_en", "name_zh", "duties"),
    applied=know_forces,
    words={"code": naming.FORCE},
    means=sentences.force,
)
_table(
    "field_rule",
    models.FieldRule,
    130,
    _("Fields asked of a declaration"),
    _("Asked, required or hidden, by trip type"),
    ("trip_type", "field"),
    ("need",),
    checks.field_rule,
    words={"trip_type": naming.TRIP_TYPES_OR_ANY, "field": naming.FIELDS_ASKED},
    means=sentences.field_rule,
)
_table(
    "trip_type",
    models.TripTypeRule,
    140,
    _("Stages of the trip types"),
    _("Over which line a type goes, where its goods are checked, which route its fee takes"),
    ("trip_type",),
    ("enters", "leaves", "goods_stage", "fee_route"),
    checks.trip_type,
    words={"trip_type": naming.TRIP_TYPES},
    means=sentences.trip_type,
)
_table(
    "limit",
    models.Limit,
    150,
    _("Limits and deadlines"),
    _("Numbers that rules count with"),
    ("code",),
    ("title_vi", "title_en", "value", "unit"),
    checks.limit,
    preview=previews.limit,
    words={"code": naming.LIMIT},
    means=sentences.limit,
)
_table(
    "hour_capacity",
    models.SlotDefault,
    160,
    _("Usual room of an hour"),
    _("Vehicles an hour, by point and direction; the board may set another number for single hours"),
    ("point", "direction", "goods_group"),
    ("capacity",),
    words={"goods_group": naming.GROUPS_OR_ANY},
    means=sentences.hour_capacity,
)
_table(
    "barrier",
    models.BarrierEdition,
    161,
    _("Barriers and their lanes"),
    _("A new one is open from its first day on; one of which no row speaks any longer is out of use"),
    ("code",),
    ("point", "kind", "name", "lanes"),
    barriers.check,
    preview=barriers.preview,
    means=barriers.means,
)
_table(
    "yard_room",
    models.YardRoom,
    162,
    _("Room of yards and holding areas"),
    _("For how many vehicles; who calls and lets in asks it from that day on"),
    ("yard",),
    ("capacity",),
    preview=yards.room_preview,
    means=yards.room_means,
)
_table(
    "yard_tariff",
    models.YardTariff,
    163,
    _("Price list of the yards"),
    _("What standing in a yard costs, apart from the state's fee; nothing asked makes the yard free"),
    ("yard_code",),
    ("free_hours", "first_day", "next_day"),
    yards.check_tariff,
    preview=yards.tariff_preview,
    words={"yard_code": yards.YARDS},
    means=yards.tariff_means,
)
_table(
    "booking_rule",
    models.BookingRule,
    165,
    _("Booking of hours"),
    _("How far ahead, the share of one firm, moves, no-shows and locks"),
    ("code",),
    (
        "horizon_days",
        "opens_at",
        "firm_share_percent",
        "free_until_minutes",
        "late_moves",
        "no_show_minutes",
        "strikes",
        "strike_days",
        "lock_days",
        "hold_minutes",
    ),
    means=sentences.booking_rule,
)
_table(
    "hours",
    models.OperatingCalendar,
    170,
    _("Working hours of the points"),
    _("Normal, extended, closed, pre-registered only; sudden closures have a page of their own"),
    ("point", "direction", "kind", "weekdays"),
    ("opens", "closes", "accepted_before"),
    checks.hours,
    words={"weekdays": naming.DAYS},
    means=sentences.hours,
)
_table(
    "queue_cycle",
    models.QueueCycle,
    180,
    _("Cycle of the calls"),
    _("Which class each step of the published cycle serves"),
    ("season",),
    ("steps",),
    checks.queue_cycle,
    words={"steps": naming.CLASS_STEPS},
    means=sentences.queue_cycle,
)
_table(
    "correction",
    models.CorrectionRule,
    190,
    _("What a correction reopens"),
    _("By field: which checks are made again, whether the fee is assessed anew"),
    ("field",),
    ("reopens", "fee_anew", "note"),
    checks.correction,
    words={"field": naming.FIELDS_CORRECTED, "reopens": naming.CHECKS},
    means=sentences.correction,
)
_table(
    "task_result",
    models.TaskResult,
    200,
    _("Results of checks"),
    _("What each result does to the check"),
    ("result",),
    ("task_state", "effect"),
    words={"result": naming.RESULT},
    means=sentences.task_result,
)
_table(
    "reason",
    models.ReasonCode,
    210,
    _("Reasons"),
    _("Of holds, returns, delays and orders; secret ones are not shown to the firm"),
    ("kind", "code"),
    ("label_vi", "label_en", "label_zh", "secret", "waits_for_firm"),
    preview=previews.reason,
    words={"kind": naming.KINDS_OF_REASON, "code": naming.REASON},
    means=sentences.reason,
)
_table(
    "refusal_text",
    models.RefusalText,
    220,
    _("Texts of refusals"),
    _("What people read; each keeps the places that its code fills"),
    ("code",),
    ("message_vi", "message_en", "message_zh"),
    checks.refusal_text,
    means=sentences.refusal_text,
)
_table(
    "order_text",
    models.OrderText,
    225,
    _("Usual words of movement orders"),
    _("What officers choose when they give an order; {from} and {to} are filled in then"),
    ("code",),
    ("text_vi", "text_en", "text_zh"),
    checks.order_text,
    means=sentences.order_text,
)
notice_texts(
    models.NoticeText,
    title=_("Words of notices"),
    hint=_("What drivers, firms and officers are told; {code} and the like are filled in when it is sent"),
    order=227,
    permission_propose=PROPOSE_RULE,
    permission_approve=APPROVE_RULE,
    examples={row["place"]: row["example"] for row in table("notice_examples")},
    kept=frozenset(row["place"] for row in table("notice_examples") if row["shown"] == "1"),
)
_table(
    "fee_term",
    models.FeeTerm,
    230,
    _("Words of the tariff"),
    _("How the resolution's words map to our codes"),
    ("dimension", "term"),
    ("codes",),
    words={"dimension": naming.FEE_DIMENSIONS, "term": naming.FEE_WORD, "codes": naming.FEE_CODES},
    means=sentences.fee_term,
)
