"""The first version of the rules that are kept as dated rows, put in from the room's tables."""

from __future__ import annotations

from datetime import date, time
from typing import Any

from tinhso.kernel.notices.wording import first_texts
from tinhso.kernel.rulebook.first_rows import put_new
from tinhso.pillars.border.gate.models import (
    BarrierEdition,
    BookingRule,
    CheckRule,
    ControlPoint,
    CorrectionRule,
    FeeTerm,
    FieldRule,
    ForceEdition,
    GoodsRule,
    JustInTimeRule,
    Limit,
    NoticeText,
    OrderText,
    QueueCycle,
    ReasonCode,
    RefusalText,
    RiskRule,
    SampleRule,
    SlotDefault,
    TaskResult,
    TripTypeRule,
    Yard,
    YardRoom,
    YardTariff,
)
from tinhso.pillars.border.gate.models.places import place_id
from tinhso.pillars.border.gate.rules.goods import kind_of
from tinhso.pillars.border.gate.rules.tables import Row, table, words

SINCE = date(2022, 2, 21)  # the pilot's decision in force, as reports date it
FORCES_NAMED = {
    "named in reports of the province": "được nêu trong báo cáo của tỉnh",
    "named in reports of the province (Kiểm dịch)": "được nêu trong báo cáo của tỉnh (Kiểm dịch)",
    "named in press sources": "được báo chí nêu",
    "named in press sources (step 4 of 8)": "được báo chí nêu (bước 4 trong 8)",
    "named in press sources (step 6 of 8)": "được báo chí nêu (bước 6 trong 8)",
    "ASSUMPTION": "giả định: chưa nguồn nào nêu",
    "ASSUMPTION (a Mong Cai source lists a road transit management station among border agencies)": (
        "giả định: một nguồn ở Móng Cái nêu trạm quản lý vận tải qua biên giới"
    ),
}
ASSUMED_REASONS = frozenset({"TAX", "HOLD"})
WHO_ACTS_ASSUMED = "; lý do nào chờ doanh nghiệp xử lý là giả định"
REFUSALS_FROM = {"own": "câu của nền tảng", "province": "danh sách mã từ chối trong thiết kế cho tỉnh"}
BARRIERS_FROM = {"invented for the demo": "số làn đặt ra cho bản trình diễn, chờ ban quản lý xác nhận"}
MINUTES_FROM = {"assumed": "số phút là giả định", "source": "số phút theo nguồn"}
"""What the tables name in a word, as the rulebook says it to people."""


def load_first_rules() -> int:
    """The first version of every rule that the board changes on screen from then on."""
    made: list[tuple[list[Any], tuple[str, ...]]] = [
        ([_edition(row) for row in table("forces")], ("code",)),
        ([_check_rule(row, number) for number, row in enumerate(table("check_rules"), start=1)], ("task",)),
        ([_reason(row) for row in table("reason_codes")], ("kind", "code")),
        ([_task_result(row) for row in table("task_results")], ("result",)),
        (_goods_rules(), ("code",)),
        ([_just_in_time(row) for row in table("just_in_time")], ("code",)),
        ([_refusal_text(row) for row in table("error_codes")], ("code",)),
        ([_trip_type(row) for row in table("trip_types")], ("trip_type",)),
        ([_field_rule(row) for row in table("fields_asked")], ("trip_type", "field")),
        ([_fee_term(row) for row in table("fee_terms")], ("dimension", "term")),
        ([_correction(row) for row in table("corrections")], ("field",)),
        ([_cycle(row) for row in table("queue_cycles")], ("season",)),
        ([_limit(row) for row in table("limits")], ("code",)),
        ([_order_text(row) for row in table("order_texts")], ("code",)),
        (first_texts(NoticeText, SINCE), ("kind",)),
        ([one for row in table("gates") for one in _capacities(row)], ("point_id", "direction", "goods_group")),
        ([_risk_rule(row) for row in table("risk_rules")], ("code",)),
        ([_sample_rule(row) for row in table("sample_rules")], ("code",)),
        ([_booking_rule(row) for row in table("booking_rules")], ("code",)),
        (_yard_rooms(), ("yard_id",)),
        (_barriers(), ("code",)),
        ([_yard_tariff(row) for row in table("yard_tariff")], ("yard_code",)),
    ]
    for rows, key in made:
        put_new(rows, *key)
    return sum(len(rows) for rows, _ in made)


def _edition(row: Row) -> ForceEdition:
    return ForceEdition(
        code=row["code"],
        number=int(row["no"]),
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        name_zh=row["name_zh"],
        duties=row["duties"],
        **_since(force_named(row), "assumed" if row["basis"].startswith("ASSUMPTION") else ""),
    )


def force_named(row: Row) -> str:
    """Where the force is named, as people read it."""
    return FORCES_NAMED.get(row["basis"], row["basis"])


def _since(source: str, status: str = "") -> dict[str, Any]:
    return {"valid_from": SINCE, "source": source, "status": status}


def _task_result(row: Row) -> TaskResult:
    return TaskResult(
        result=row["result"],
        task_state=row["task_state"],
        effect=row["effect"],
        **_since("bảng kết quả kiểm tra, thiết kế của nền tảng"),
    )


def _goods_rules() -> list[GoodsRule]:
    """The usual goods, and the chapters for goods that are not among them."""
    rows = [(row["hs6"], row) for row in table("border_goods")] + [
        (row["code"], row) for row in table("goods_chapters")
    ]
    return [_goods_rule(code, row) for code, row in rows]


def _goods_rule(code: str, row: Row) -> GoodsRule:
    kind = kind_of(code, row)
    told = {name: getattr(kind, name) for name in ("name_vi", "name_en", "name_zh", "group", "directions", "season")}
    return GoodsRule(
        code=code,
        flags=list(words(row["flags"])),
        papers=list(words(row["papers"])),
        **told,
        **_since(row["source"], row["status"]),
    )


def _just_in_time(row: Row) -> JustInTimeRule:
    return JustInTimeRule(
        code=row["code"],
        title_vi=row["title_vi"],
        title_en=row["title_en"],
        tax_codes=list(words(row["tax_codes"])),
        hs_prefixes=list(words(row["hs_prefixes"])),
        **_since(row["source"], row["status"]),
    )


def _refusal_text(row: Row) -> RefusalText:
    said = {name: row[name] for name in ("message_vi", "message_en", "message_zh")}
    return RefusalText(code=row["code"], **said, **_since(REFUSALS_FROM.get(row["basis"], row["basis"])))


def _trip_type(row: Row) -> TripTypeRule:
    return TripTypeRule(
        trip_type=row["trip_type"],
        enters=row["enters"] == "1",
        leaves=row["leaves"] == "1",
        goods_stage=row["goods_stage"],
        fee_route=row["fee_route"],
        **_since(row["basis"], "assumed"),
    )


def _field_rule(row: Row) -> FieldRule:
    return FieldRule(trip_type=row["trip_type"], field=row["field"], need=row["need"], **_since(row["basis"]))


def _fee_term(row: Row) -> FeeTerm:
    return FeeTerm(
        dimension=row["dimension"], term=row["term"], codes=list(words(row["codes"])), **_since(row["basis"])
    )


def _correction(row: Row) -> CorrectionRule:
    return CorrectionRule(
        field=row["field"],
        reopens=list(words(row["reopens"])),
        fee_anew=row["fee_anew"] == "1",
        note=row["note"],
        **_since("tài liệu nghiệp vụ cửa khẩu, mục 6.8, thiết kế của nền tảng", "design"),
    )


def _cycle(row: Row) -> QueueCycle:
    return QueueCycle(season=row["season"], steps=row["steps"].split("|"), **_since(row["basis"], "design"))


def _limit(row: Row) -> Limit:
    return Limit(
        code=row["code"],
        value=int(row["value"]),
        unit=row["unit"],
        title_vi=row["title_vi"],
        title_en=row["title_en"],
        **_since(row["source"], row["status"]),
    )


def _order_text(row: Row) -> OrderText:
    said = {name: row[name] for name in ("text_vi", "text_en", "text_zh")}
    return OrderText(code=row["code"], **said, **_since(row["basis"], "assumed"))


def _capacities(row: Row) -> list[SlotDefault]:
    a_point = place_id(row["point_code"])
    caps = {"X": row["default_slot_cap_export_per_h"], "N": row["default_slot_cap_import_per_h"]}
    source = _since("tài liệu nghiệp vụ cửa khẩu, mục 7.4, theo số bình quân tháng 7/2025", "design")
    return [
        SlotDefault(point_id=a_point, direction=way, capacity=int(cap), **source)
        for way, cap in caps.items()
        if int(cap)
    ]


def _booking_rule(row: Row) -> BookingRule:
    figures = {name: int(row[name]) for name in row if name.endswith(("_days", "_minutes", "_percent", "strikes"))}
    return BookingRule(
        **figures,
        late_moves=int(row["late_moves"]),
        opens_at=time.fromisoformat(row["opens_at"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        status="assumed",
        source=row["source"],
    )


def _risk_rule(row: Row) -> RiskRule:
    return RiskRule(
        code=row["code"],
        chooses=row["chooses"],
        groups=list(words(row["groups"])),
        hs_prefixes=list(words(row["hs_prefixes"])),
        undeclared=int(row["undeclared"]),
        share_percent=int(row["share_percent"]),
        **_since(row["source"], row["status"]),
    )


def _sample_rule(row: Row) -> SampleRule:
    return SampleRule(
        code=row["code"],
        title_vi=row["title_vi"],
        title_en=row["title_en"],
        direction=row["direction"],
        hs_prefixes=list(words(row["hs_prefixes"])),
        share_percent=int(row["share_percent"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        valid_until=date.fromisoformat(row["valid_until"]) if row["valid_until"] else None,
        status=row["status"],
        document_no=row["document_no"],
        source=row["source"],
    )


def _yard_rooms() -> list[YardRoom]:
    """The room that each yard has: that of the table where nobody has set another."""
    rows = {row["yard_code"]: row for row in table("yards")}
    return [
        YardRoom(
            yard=yard, capacity=yard.capacity, **_since(rows[yard.code]["basis"], rows[yard.code]["room_standing"])
        )
        for yard in Yard.objects.filter(code__in=rows)
    ]


def _barriers() -> list[BarrierEdition]:
    """Each barrier as it stands; how many lanes it has nobody has told yet."""
    rows = {row["control_point"]: row for row in table("control_points")}
    return [
        BarrierEdition(
            code=one.code,
            point_id=one.point_id,
            kind=one.kind,
            name=one.name,
            lanes=one.lanes,
            **_since(BARRIERS_FROM.get(rows[one.code]["basis"], rows[one.code]["basis"]), "demo"),
        )
        for one in ControlPoint.every.filter(code__in=rows)
    ]


def _yard_tariff(row: Row) -> YardTariff:
    return YardTariff(
        yard_code=row["yard_code"] or YardTariff.ANY,
        free_hours=int(row["free_hours"]),
        first_day=int(row["first_day"]),
        next_day=int(row["next_day"]),
        valid_from=date.fromisoformat(row["valid_from"]),
        status=row["standing"],
        document_no=row["document_no"],
        source=row["source"],
    )


def _check_rule(row: Row, number: int) -> CheckRule:
    return CheckRule(
        number=number,
        title_vi=row["title_vi"],
        title_en=row["title_en"],
        needed=list(words(row["needed"])),
        placed=row["placed"],
        task=row["task"],
        forces=list(words(row["force"])),
        needed_when=row["needed_when"],
        rule=row["rule"],
        stages=[stage.upper() for stage in words(row["stage"].replace("+", "|"))],
        wanted=row["data"],
        results=list(words(row["results"])),
        minutes=int(row["minutes"]),
        new_seal=row["new_seal"] == "1",
        valid_from=SINCE,
        source="bảng kiểm tra; " + MINUTES_FROM[row["minutes_basis"]],
    )


def _reason(row: Row) -> ReasonCode:
    return ReasonCode(
        kind=row["kind"],
        code=row["code"],
        label_vi=row["label_vi"],
        label_en=row["label_en"],
        label_zh=row["name_zh"],
        secret=bool(int(row["secret"])),
        waits_for_firm=bool(int(row["waits_for_firm"])),
        **_since(
            "bảng lý do, thiết kế của nền tảng" + (WHO_ACTS_ASSUMED if row["waits_basis"] else ""),
            "assumed" if row["kind"] in ASSUMED_REASONS else "",
        ),
    )
