"""Switches of a point by numbered orders: shuttle drivers, and opening or closing it for goods."""

from __future__ import annotations

from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.pillars.border.gate.actions.stays import switch_point
from tinhso.pillars.border.gate.models import CrossingPoint, PointOrder
from tinhso.pillars.border.gate.queries.bookings import direction_points
from tinhso.pillars.border.gate.queries.closures import points_hours
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_order_pages import client_of, text_of


def order(gate, code: str, switch: str, *, on: bool) -> CrossingPoint:
    point = gate.points[code]
    switch_point(point=point, switch=switch, on=on, document_no="45/QĐ-UBND", by=gate.everything, at=NOON)
    return CrossingPoint.objects.get(pk=point.pk)


def test_a_point_that_is_opened_by_order_appears_although_it_has_no_average(gate):
    before = [point.code for point in direction_points()]
    order(gate, "NH-01", "goods_open", on=True)

    opened = [point.code for point in direction_points()]

    assert opened == [*before, "NH-01"]
    assert "NH-01" in [one.code for one in points_hours(at=NOON)]
    with clock.frozen(NOON):
        client = client_of("BQLKKT", place=gate.points["NH-01"])
        for page in ("queue", "windows", "hours", "forecast", "board", "public_board", "reports", "live_map"):
            assert client.get(reverse(f"border_gate:{page}"), follow=True).status_code == 200, page


def test_a_point_that_is_closed_by_order_is_offered_no_longer(gate):
    order(gate, "CN-1104", "goods_open", on=False)

    assert "CN-1104" not in [point.code for point in direction_points()]
    assert PointOrder.objects.get().document_no == "45/QĐ-UBND"


def test_shuttle_drivers_and_the_flow_are_switched_apart(gate):
    order(gate, "HN-1119", "direct_mode", on=True)
    order(gate, "HN-1119", "shuttle_drivers", on=True)
    point = order(gate, "HN-1119", "buffer_compulsory", on=True)

    assert (point.shuttle_drivers, point.direct_mode, point.buffer_compulsory) == (True, False, True)
    assert PointOrder.objects.count() == 4


def test_the_page_offers_every_switch_of_every_point_on_a_road(gate):
    client = client_of("LEADER")
    with clock.frozen(NOON):
        client.post(
            reverse("border_gate:switch_order", args=["NH-01"]),
            {"switch": "goods_open", "on": "1", "document_no": "45/QĐ-UBND"},
        )
        shown = text_of(client.get(reverse("border_gate:switches")))

    assert CrossingPoint.objects.get(code="NH-01").goods_open
    assert 'id="HN-1119-shuttle_drivers"' in shown
    assert 'id="NN-01-goods_open"' in shown
    assert "DD-01" not in shown
    assert "45/QĐ-UBND" in shown
