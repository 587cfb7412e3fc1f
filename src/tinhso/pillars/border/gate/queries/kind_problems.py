"""What each kind of trip must bring along, beyond what every declaration needs (border brief 4)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.pillars.border.gate.models import GoodsLine, Trip
from tinhso.pillars.border.gate.rules.codes import GateRefusal, refuse

LACKS = {
    "supervisor": Bilingual("người giám sát xe không người lái", "the supervisor of the driverless vehicle", "监护员"),
    "vin": Bilingual("số khung (VIN) của xe mới", "the VIN of the new vehicle", "新车车架号（VIN）"),
    "seal_no": Bilingual("số niêm phong của hàng quá cảnh", "the seal of the transit goods", "过境货物封志号"),
    "container_no": Bilingual(
        "container tiêu chuẩn, hoặc xe còn hạn đăng kiểm, cho hàng điện tử hai chiều",
        "a standard container, or a vehicle with a valid inspection, for electronics both ways",
        "双向运输电子产品须用标准集装箱或检验有效的车辆",
    ),
    "trailer": Bilingual(
        "xe không kéo rơ moóc (xe tổ hợp chưa được chở hai chiều)",
        "a vehicle without trailer (combined vehicles may not go both ways yet)",
        "不带挂车的车辆（组合车辆暂不得双向运输）",
    ),
    "two_way": Bilingual(
        "loại lượt xe được chở hai chiều", "a kind of trip that may go both ways", "可双向运输的车次类型"
    ),
}
TWO_WAY_KINDS = frozenset({"EXP_VN", "IMP_CN"})


def kind_checks(trip: Trip, lines: Sequence[GoodsLine], at: datetime) -> Iterator[Callable[[], object]]:
    """Each condition as something to call; it raises BG-298 with what is missing."""
    wanted: list[tuple[str, bool]] = [
        ("supervisor", trip.kind != "AGV" or bool(trip.supervisor)),
        ("vin", trip.kind != "NEW_VEHICLE" or bool(trip.tractor and trip.tractor.vin)),
        ("seal_no", trip.kind != "TRANSIT" or bool(trip.seal_no)),
        *_two_way(trip, lines),
    ]
    for field, holds in wanted:
        if not holds:
            yield lambda field=field: _refuse(field)  # type: ignore[misc]


def _two_way(trip: Trip, lines: Sequence[GoodsLine]) -> Iterator[tuple[str, bool]]:
    """The pilot's rules for vehicles that carry goods both ways (board's notice, vietnam.vn)."""
    if not trip.two_way:
        return
    yield "two_way", trip.kind in TWO_WAY_KINDS
    yield "trailer", trip.trailer_id is None
    electronics = any(line.group == "ELECTRONICS" for line in lines)
    yield "container_no", not electronics or bool(trip.container_no) or _is_safe(trip)


def _is_safe(trip: Trip) -> bool:
    until = trip.tractor.inspected_until if trip.tractor else None
    return until is not None and until >= trip.planned_on


def lacks(field: str) -> GateRefusal:
    """What is said when such a trip misses that field: BG-298."""
    return refuse("BG-298", field=field, what=LACKS[field])


def _refuse(field: str) -> None:
    raise lacks(field)
