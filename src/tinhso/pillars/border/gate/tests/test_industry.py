"""The department of industry and trade: its drafts stop nothing until another decides; notices reach the touched."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden
from tinhso.kernel.identity.models import Person
from tinhso.kernel.notices.models import Delivery, Notice
from tinhso.kernel.testing.people import grant, make_person
from tinhso.pillars.border.gate.actions import inflow, move, stop_drafts
from tinhso.pillars.border.gate.models import InflowNotice, Moratorium, MoratoriumDraft, Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.queries.inflow import notices_about, notices_of_firm
from tinhso.pillars.border.gate.tests.conftest import NOON, make_firm
from tinhso.pillars.border.gate.tests.test_bookings import DAY, EIGHT, HOUR, book, refused, trips_of, window
from tinhso.pillars.border.gate.tests.test_driver_pages import opened
from tinhso.pillars.border.gate.tests.test_order_pages import client_of, text_of
from tinhso.pillars.border.gate.tests.test_orders_of_the_board import board_of, deliver, leader, stop

REASON = "Chưa thống nhất với phía bạn"


@pytest.fixture(autouse=True)
def noon():
    with clock.frozen(NOON):
        yield


def industry():
    person = make_person("Sở Công Thương")
    grant(person, role_code("INDUSTRY"))
    return person.actor()


def draft(**fields) -> MoratoriumDraft:
    return stop_drafts.draft_moratorium(stop=stop(**fields), by=industry(), at=NOON)


INFLOW = inflow.Inflow(
    begins_at=EIGHT,
    ends_at=EIGHT + 5 * DAY,
    document_no="88/TB-SCT",
    text_vi="Chủ động điều tiết thanh long lên cửa khẩu",
    text_zh="请合理安排火龙果运输",
    groups=("FRUIT",),
)


def notice(**fields) -> InflowNotice:
    return inflow.publish_inflow(inflow=replace(INFLOW, **fields), by=industry(), at=NOON)


def test_a_draft_stops_nothing_until_another_puts_it_in_force(gate):
    slot = window(gate)
    one, other = trips_of(gate, make_firm(), 2)
    row = draft()
    book(gate, one, slot)

    placed = stop_drafts.place_draft(draft=row, by=leader(), at=NOON)

    with refused("BG-016"):
        book(gate, other, slot)
    row.refresh_from_db()
    assert (row.state, row.moratorium, placed.document_no) == ("placed", placed, "12/TB-KKT")
    actions = set(Entry.objects.filter(record_id=row.pk).values_list("action", flat=True))
    assert actions == {"border_gate.moratorium_drafted", "border_gate.moratorium_draft_decided"}


def test_a_draft_whose_beginning_has_passed_holds_from_now_on(gate):
    row = draft(begins_at=NOON + HOUR)

    placed = stop_drafts.place_draft(draft=row, by=leader(), at=NOON + 2 * HOUR)

    assert placed.begins_at == NOON + 2 * HOUR


def test_who_drafted_does_not_decide_whatever_rights_he_holds(gate):
    both = make_person("Kiêm nhiệm")
    for role in ("INDUSTRY", "LEADER"):
        grant(both, role_code(role))
    row = stop_drafts.draft_moratorium(stop=stop(), by=both.actor(), at=NOON)

    with refused("BG-521"):
        stop_drafts.place_draft(draft=row, by=both.actor(), at=NOON)
    with refused("BG-521"):
        stop_drafts.return_draft(draft=row, reason=REASON, by=both.actor(), at=NOON)

    assert not Moratorium.objects.exists()
    returned = {"state": "returned", "reason": REASON, "decided_at": NOON, "decided_by": both.pk}
    with pytest.raises(IntegrityError), transaction.atomic():
        MoratoriumDraft.objects.filter(pk=row.pk).update(**returned)


def test_a_draft_is_sent_back_with_a_reason_and_decided_once(gate):
    row, by = draft(), leader()
    with refused("BG-307"):
        stop_drafts.return_draft(draft=row, reason="không", by=by, at=NOON)

    stop_drafts.return_draft(draft=row, reason=REASON, by=by, at=NOON)

    with refused("BG-520"):
        stop_drafts.place_draft(draft=row, by=by, at=NOON)
    assert not Moratorium.objects.exists()


def test_drafting_is_industrys_and_deciding_the_leaders_or_at_its_points_the_boards(gate):
    here = draft(points=(gate.points["HN-1119"].pk,))
    for by in (leader(), board_of(gate), make_person("Chi").actor()):
        with pytest.raises(Forbidden):
            stop_drafts.draft_moratorium(stop=stop(), by=by, at=NOON)
    for by in (industry(), board_of(gate, "TT-1088"), make_person("Chi").actor()):
        with pytest.raises(Forbidden):
            stop_drafts.place_draft(draft=here, by=by, at=NOON)
        with pytest.raises(Forbidden):
            stop_drafts.return_draft(draft=here, reason=REASON, by=by, at=NOON)

    stop_drafts.place_draft(draft=here, by=board_of(gate), at=NOON)

    assert Moratorium.objects.get().points == here.points


def test_those_who_decide_are_told_of_a_draft_and_its_drafter_of_the_decision(gate):
    chief, here = leader(), board_of(gate)
    board_of(gate, "TT-1088")
    row = draft(points=(gate.points["HN-1119"].pk,))
    for _twice in range(2):
        deliver("border_gate.moratorium_drafted", row.pk)
    told = list(Notice.objects.values_list("recipient", flat=True))

    stop_drafts.return_draft(draft=row, reason=REASON, by=chief, at=NOON)
    for _twice in range(2):
        deliver("border_gate.moratorium_draft_decided", row.pk)

    assert sorted(told) == sorted([chief.id, here.id])
    answer = Notice.objects.get(kind="border_gate.moratorium_draft_returned")
    assert (answer.recipient, answer.fields["reason"]) == (row.drafted_by, REASON)


def test_a_draft_for_several_points_is_told_to_those_who_hold_them_all(gate):
    chief = leader()
    both = board_of(gate)
    grant(both, role_code("BQLKKT"), place=gate.points["TT-1088"])
    board_of(gate)

    here = draft(points=(gate.points["HN-1119"].pk, gate.points["TT-1088"].pk))
    everywhere = draft(document_no="13/DT-SCT")
    for row in (here, everywhere):
        deliver("border_gate.moratorium_drafted", row.pk)

    told = {row.document_no: set() for row in (here, everywhere)}
    for said in Notice.objects.all():
        told[said.fields["ref"]].add(said.recipient)
    assert told == {here.document_no: {chief.id, both.id}, everywhere.document_no: {chief.id}}


def test_the_walk_of_a_draft_on_screen(gate):
    drafter, chief = client_of("INDUSTRY"), client_of("LEADER")
    page, place = reverse("border_gate:moratorium_drafts"), reverse("border_gate:moratoria")
    typed = {
        "document_no": "7/DT-SCT", "begins_at": "2026-06-11T00:00", "ends_at": "2026-06-13T00:00", "groups": ["FRUIT"],
        "text_vi": "Tạm dừng tiếp nhận trái cây tươi",
    }  # fmt: skip
    assert drafter.get(page).status_code == 200
    for number in ("7/DT-SCT", "8/DT-SCT"):
        drafter.post(page, {**typed, "document_no": number})
    first, second = MoratoriumDraft.objects.order_by("document_no")
    assert "Dự thảo chờ quyết định" in text_of(chief.get(place))
    assert "7/DT-SCT" not in text_of(drafter.get(place))

    chief.post(reverse("border_gate:moratorium_draft_return", args=[first.pk]), {"reason": REASON})
    chief.post(reverse("border_gate:moratorium_draft_place", args=[second.pk]))

    assert Moratorium.objects.get().document_no == "8/DT-SCT"
    assert REASON in text_of(drafter.get(page))
    assert "Dự thảo chờ quyết định" not in text_of(chief.get(place))
    stranger = client_of("ENTERPRISE", agency=make_firm().pk)
    assert stranger.get(page).status_code == 403
    for name in ("moratorium_draft_place", "moratorium_draft_return"):
        assert stranger.post(reverse(f"border_gate:{name}", args=[first.pk])).status_code == 403
    assert "8/DT-SCT" not in text_of(client_of("HELPDESK").get(page))


def test_an_inflow_notice_tells_each_of_the_touched_firms_once_and_stops_nothing(gate):
    firm, other = make_firm(), make_firm("Công ty Bình", "4900345678")
    clerk, stranger = make_person("Người khai"), make_person("Người khai khác")
    grant(clerk, role_code("ENTERPRISE"), agency=firm.pk)
    grant(stranger, role_code("ENTERPRISE"), agency=other.pk)
    trips = trips_of(gate, firm, 3)
    late = trips_of(gate, other, 1, first=20_000)
    Trip.objects.filter(pk=late[0].pk).update(planned_on=(EIGHT + 9 * DAY).date())
    row = notice()

    for _twice in range(2):
        deliver("border_gate.inflow_published", row.pk)
    inflow.end_inflow(notice=row, reason="Bên bạn đã mở lại", by=industry(), at=NOON)
    deliver("border_gate.inflow_published", row.pk)
    for _twice in range(2):
        deliver("border_gate.inflow_ended", row.pk)

    at_the_firm = Notice.objects.filter(recipient__in=[clerk.pk, stranger.pk])
    told = sorted(at_the_firm.values_list("kind", "recipient"))
    assert told == [("border_gate.inflow_ended", clerk.pk), ("border_gate.inflow_published", clerk.pk)]
    book(gate, trips[0], window(gate))


def test_drivers_of_the_touched_trips_are_told_by_message_and_those_who_have_come_or_are_strangers_are_not(gate):
    firm, other = make_firm(), make_firm("Công ty Bình", "4900345678")
    coming, waiting = trips_of(gate, firm, 2)
    (late,) = trips_of(gate, other, 1, first=20_000)
    Trip.objects.filter(pk=late.pk).update(planned_on=(EIGHT + 9 * DAY).date())
    move.enter_buffer(trip=waiting, plate=waiting.tractor_plate, by=gate.everything, at=NOON)
    Person.objects.filter(pk=coming.driver.person_id).update(phone="+84900000001")
    Notice.objects.all().delete()
    row = notice(begins_at=NOON)

    for _twice in range(2):
        deliver("border_gate.inflow_published", row.pk)
    inflow.end_inflow(notice=row, reason="Bên bạn đã mở lại", by=industry(), at=NOON)
    deliver("border_gate.inflow_ended", row.pk)

    kinds = ["border_gate.inflow_on_the_way", "border_gate.inflow_over"]
    told = Notice.objects.order_by("kind").values_list("kind", "recipient")
    assert list(told) == [(kind, coming.driver.person_id) for kind in kinds]
    sent = Delivery.objects.filter(channel="sms").values_list("notice__kind", flat=True)
    assert sorted(sent) == kinds


def test_the_hall_shows_the_notice_as_long_as_it_stands(gate):
    row = notice()
    screen = reverse("border_gate:public_screen")

    vietnamese, chinese = (
        text_of(Client().get(screen, {"trang": "dieu-tiet", "tieng": tongue})) for tongue in ("vi", "zh-hans")
    )
    assert INFLOW.text_vi in vietnamese
    assert INFLOW.text_zh in chinese
    inflow.end_inflow(notice=row, reason=REASON, by=industry(), at=NOON)

    assert "dieu-tiet" not in Client().get(screen).headers["X-Turns"]


def test_programs_read_what_stands_and_what_touches_a_trip_of_theirs(gate):
    firm, other = make_firm(), make_firm("Công ty Bình", "4900345678")
    (trip,) = trips_of(gate, firm, 1)
    notice()
    notice(groups=("AQUA",), document_no="77/TB-SCT")
    api = "/api/v1/border/gate"
    own, stranger = (client_of("ENTERPRISE", agency=one.pk) for one in (firm, other))

    def numbers(answer) -> list[str]:
        return [one["document_no"] for one in answer.json()["items"]]

    assert numbers(Client().get(f"{api}/inflow-notices")) == ["88/TB-SCT", "77/TB-SCT"]
    assert numbers(own.get(f"{api}/trips/{trip.pk}/inflow-notices")) == ["88/TB-SCT"]
    assert stranger.get(f"{api}/trips/{trip.pk}/inflow-notices").status_code == 404


def test_the_driver_reads_the_notice_on_his_page_while_it_touches_his_trip(gate):
    (trip,) = trips_of(gate, make_firm(), 1)
    Person.objects.filter(pk=trip.driver.person_id).update(phone="+84900000001")
    row = notice()
    client = opened(Trip.objects.get(pk=trip.pk))

    assert INFLOW.text_vi in text_of(client.get(reverse("border_gate:driver")))
    inflow.end_inflow(notice=row, reason=REASON, by=industry(), at=NOON)
    assert INFLOW.text_vi not in text_of(client.get(reverse("border_gate:driver")))


def test_a_notice_speaks_of_its_points_goods_and_days_and_of_exports_alone(gate):
    row = notice(points=(gate.points["HN-1119"].pk,))

    def found(point="HN-1119", direction="X", groups=("FRUIT",), day=EIGHT + DAY) -> list:
        return notices_about(point=gate.points[point].pk, direction=direction, groups=groups, day=day.date(), at=NOON)

    assert found() == [row]
    assert found(point="TT-1088") == []
    assert found(direction="N") == []
    assert found(groups=("AQUA",)) == []
    assert found(day=EIGHT + 7 * DAY) == []
    inflow.end_inflow(notice=row, reason="Bên bạn đã mở lại", by=industry(), at=NOON)
    assert found() == []


@pytest.mark.parametrize(
    ("fields", "code"),
    [({"document_no": " "}, "BG-216"), ({"ends_at": EIGHT - DAY}, "BG-303"), ({"text_vi": "Giãn"}, "BG-307")],
)
def test_an_inflow_notice_has_a_number_a_time_and_words(gate, fields, code):
    with refused(code):
        notice(**fields)


def test_publishing_and_ending_is_industrys_with_a_reason_and_once(gate):
    row = notice()
    for by in (leader(), board_of(gate), make_person("Chi").actor()):
        with pytest.raises(Forbidden):
            inflow.publish_inflow(inflow=INFLOW, by=by, at=NOON)
        with pytest.raises(Forbidden):
            inflow.end_inflow(notice=row, reason=REASON, by=by, at=NOON)
    stranger = client_of("ENTERPRISE", agency=make_firm().pk)
    assert stranger.get(reverse("border_gate:inflow")).status_code == 403
    assert stranger.post(reverse("border_gate:inflow_end", args=[row.pk])).status_code == 403
    with refused("BG-307"):
        inflow.end_inflow(notice=row, reason="hết", by=industry(), at=NOON)

    inflow.end_inflow(notice=row, reason=REASON, by=industry(), at=NOON)

    with refused("BG-522"):
        inflow.end_inflow(notice=row, reason=REASON, by=industry(), at=NOON)
    actions = set(Entry.objects.filter(record_id=row.pk).values_list("action", flat=True))
    assert actions == {"border_gate.inflow_published", "border_gate.inflow_ended"}


def test_a_notice_is_read_by_the_firm_it_touches_by_the_public_and_as_open_data(gate):
    firm, other = make_firm(), make_firm("Công ty Bình", "4900345678")
    trips_of(gate, firm, 1)
    client = client_of("INDUSTRY")
    client.post(
        reverse("border_gate:inflow"),
        {"document_no": "88/TB-SCT", "begins_at": "2026-06-10T00:00", "ends_at": "2026-06-15T00:00",
         "groups": ["FRUIT"], "text_vi": INFLOW.text_vi, "text_zh": INFLOW.text_zh},
    )  # fmt: skip
    row = InflowNotice.objects.get()
    home, board = reverse("border_gate:firm"), reverse("border_gate:public_board")
    assert "88/TB-SCT" in text_of(client_of("ENTERPRISE", agency=firm.pk).get(home))
    assert "88/TB-SCT" not in text_of(client_of("ENTERPRISE", agency=other.pk).get(home))
    assert notices_of_firm(other.pk, at=NOON) == []
    assert INFLOW.text_vi in text_of(Client().get(board))
    assert INFLOW.text_zh in text_of(Client().get(board, headers={"Accept-Language": "zh-Hans"}))

    client.post(reverse("border_gate:inflow_end", args=[row.pk]), {"reason": REASON})

    assert "88/TB-SCT" not in text_of(Client().get(board))
    (told,) = Client().get(reverse("border_gate:open_data_inflow")).json()["rows"]
    assert (told["document_no"], told["goods_groups"], told["end_reason"]) == ("88/TB-SCT", ["FRUIT"], REASON)
    assert REASON in text_of(client.get(reverse("border_gate:inflow")))


def test_the_declaration_shows_the_notice_that_speaks_of_it(gate):
    firm = make_firm()
    (trip,) = trips_of(gate, firm, 1)
    client = client_of("ENTERPRISE", agency=firm.pk)
    notice(groups=("AQUA",), document_no="77/TB-SCT")
    notice()

    client.post(reverse("border_gate:declare_copy", args=[trip.pk]))
    who, review = reverse("border_gate:declare_who"), reverse("border_gate:declare_review")

    for page in (who, review):
        shown = text_of(client.get(page))
        assert "88/TB-SCT" in shown
        assert "77/TB-SCT" not in shown
