"""The firm's pages in Vietnamese: declare in three steps, follow, correct, call off; and never another firm's."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel.base import clock
from tinhso.kernel.identity.queries import link_of
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare, fees, tasks
from tinhso.pillars.border.gate.models import (
    ClearanceTask,
    Driver,
    FeeAssessment,
    Force,
    GoodsLine,
    Trip,
    Vehicle,
    Yard,
)
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, TODAY, fruit_draft, make_driver, make_firm, make_vehicle

WHAT = {
    "kind": "EXP_VN",
    "regime": "EXPORT",
    "point": "HN-1119",
    "planned_on": (TODAY + timedelta(days=1)).isoformat(),
    "hour": "09",
    "goods_1": "Sầu riêng tươi (081060)",
    "kg_1": "18600",
    "puc_1": "DEMO-0123",
    "phc_1": "DEMO-9001",
}
WHO = {
    "tractor": "12C-123.45",
    "driver_name": "Lò Văn Tám",
    "paper_kind": "CCCD",
    "paper_no": "020 190 000 017",
    "paper_until": "2030-12-31",
    "phone": "0900 000 001",
}


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


@pytest.fixture
def firm(gate, at_noon):
    return make_firm()


@pytest.fixture
def client(firm) -> Client:
    return clerk(firm)


def clerk(firm, name: str = "An") -> Client:
    person = make_person(name)
    grant(person, role_code("ENTERPRISE"), agency=firm.pk)
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.fixture
def accepted(gate, firm) -> Trip:
    driver = make_driver(employer=firm)
    driver.person.phone = "+84900000001"
    driver.person.save()
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm, driver=driver), by=gate.everything, at=NOON)
    return declare.submit_trip(trip=trip, by=gate.everything, at=NOON)


def text(answer) -> str:
    return answer.content.decode()


def to_review(client: Client, what=WHAT, who=WHO) -> str:
    client.post(reverse("border_gate:declare"), what)
    client.post(reverse("border_gate:declare_who"), who)
    return text(client.get(reverse("border_gate:declare_review")))


def test_three_steps_make_an_accepted_trip(client):
    page = to_review(client)
    assert "Không có vướng mắc" in page
    assert "1.000.000 đ" in page
    assert not Trip.objects.exists()
    assert not Vehicle.objects.exists()

    sent = client.post(reverse("border_gate:declare_review"), follow=True)

    trip = Trip.objects.get()
    assert (trip.state, trip.tractor_plate, trip.gross_kg) == ("accepted", "12C12345", 18_600)
    assert (trip.driver.person.phone, trip.driver.paper_until.year) == ("+84900000001", 2030)
    assert "Đã gửi khai báo" in text(sent)
    assert "Gửi cho lái xe" in text(sent)


def test_an_error_stands_under_its_field_and_nothing_typed_is_lost(client):
    wrong = {**WHO, "tractor": "12R-001.23", "container_no": "CSQU3054384"}
    client.post(reverse("border_gate:declare"), WHAT)

    page = text(client.post(reverse("border_gate:declare_who"), wrong))

    assert "Biển rơ moóc không dùng được cho đầu kéo" in page
    assert "chữ số cuối phải là 3" in page
    assert page.count('class="error-summary"') == 1
    for typed in ("12R-001.23", "CSQU3054384", "Lò Văn Tám"):
        assert typed in page


def test_going_back_keeps_what_was_typed(client):
    client.post(reverse("border_gate:declare"), WHAT)
    client.post(reverse("border_gate:declare_who"), WHO)

    assert "Sầu riêng tươi (081060)" in text(client.get(reverse("border_gate:declare")))
    assert "Lò Văn Tám" in text(client.get(reverse("border_gate:declare_who")))


def test_missing_codes_of_fruit_are_told_before_sending(client):
    page = to_review(client, what={**WHAT, "puc_1": ""})

    assert "mã vùng trồng" in page
    assert "Gửi khai báo" not in page
    client.post(reverse("border_gate:declare_review"))
    assert not Trip.objects.exists()


def test_a_vehicle_with_a_live_trip_is_refused_before_sending(client, accepted):
    page = to_review(client)

    assert "chưa kết thúc" in page
    assert Trip.objects.count() == 1


def test_the_last_trip_is_copied(client, accepted):
    page = text(client.post(reverse("border_gate:declare_copy", args=[accepted.pk]), follow=True))

    assert "Thanh long tươi (081090)" in page
    assert "12C-123.45" in text(client.get(reverse("border_gate:declare_who")))


def test_a_paper_under_another_name_is_refused(client, accepted):
    page = to_review(client, who={**WHO, "tractor": "12C54321", "paper_no": "020090001234"})

    assert "người mang tên khác" in page
    assert "Nguyễn Văn A" not in page.split('id="main"')[1]


def test_the_board_tells_the_next_step(client, accepted):
    page = text(client.get(reverse("border_gate:firm")))

    assert "12C-123.45" in page
    assert "Gửi liên kết cho lái xe" in page
    found = text(client.get(reverse("border_gate:firm"), {"q": "123.45"}))
    assert "12C-123.45" in found
    assert "Không tìm thấy" in text(client.get(reverse("border_gate:firm"), {"q": "99Z99999"}))


def test_the_board_takes_few_queries(client, accepted, django_assert_max_num_queries):
    client.get(reverse("border_gate:firm"))

    with django_assert_max_num_queries(20):
        client.get(reverse("border_gate:firm"))


def test_another_firm_sees_nothing_and_does_nothing(gate, accepted):
    other = clerk(make_firm("Công ty Chi", "4900999995"), "Chi")

    assert "12C-123.45" not in text(other.get(reverse("border_gate:firm")))
    for name in ("firm_trip", "firm_link", "firm_fix"):
        assert other.get(reverse(f"border_gate:{name}", args=[accepted.pk])).status_code == 404
    for name in ("firm_cancel", "firm_send", "declare_copy"):
        assert other.post(reverse(f"border_gate:{name}", args=[accepted.pk])).status_code == 404
    assert Trip.objects.get(pk=accepted.pk).state == "accepted"


def test_a_stranger_is_shown_the_door(accepted):
    nobody, stranger = Client(), Client()
    stranger.force_login(make_account(make_person("Chi")))

    for name in ("firm", "declare", "firm_fleet", "firm_drivers"):
        assert nobody.get(reverse(f"border_gate:{name}")).status_code == 302
        assert stranger.get(reverse(f"border_gate:{name}")).status_code == 403


def test_the_link_for_the_driver_is_shown_once_made(client, accepted):
    page = text(client.post(reverse("border_gate:firm_send", args=[accepted.pk]), follow=True))

    assert "Liên kết cho lái xe" in page
    token = page.split("/dang-nhap/lien-ket/")[1].split("/")[0].split('"')[0]
    assert link_of(token).record_id == accepted.pk
    assert "<svg" in page


def test_a_secret_hold_is_told_without_its_reason(gate, client, accepted):
    tasks.place_hold(
        trip=accepted,
        force=Force.objects.get(code="BIENPHONG"),
        reason="Nghi vấn buôn lậu có nguồn tin",
        reason_code="DOC_MISMATCH",
        secret=True,
        by=gate.everything,
        at=NOON,
    )

    page = text(client.get(reverse("border_gate:firm_trip", args=[accepted.pk])))

    assert "lý do nghiệp vụ" in page
    assert "buôn lậu" not in page


def test_fee_and_receipt_carry_the_demo_mark(gate, client, accepted):
    fee = FeeAssessment.objects.get(trip=accepted)
    fees.pay_fee(fee=fee, method="CARD", by=gate.everything, at=NOON)

    page = text(client.get(reverse("border_gate:firm_trip", args=[accepted.pk])))

    assert "BL-2026-000001" in page
    assert "DEMO" in page
    assert "không phải tiền thật" in page


def test_only_the_fields_asked_for_can_be_corrected(gate, firm, client):
    trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm), by=gate.everything, at=NOON)
    Trip.objects.filter(pk=trip.pk).update(risk="high")
    firm.standing = "pending"
    firm.save()
    declare.submit_trip(trip=Trip.objects.get(pk=trip.pk), by=gate.everything, at=NOON)
    declare.request_fix(
        trip=Trip.objects.get(pk=trip.pk),
        fields=["certificate"],
        reason="Mã vùng trồng khác giấy kiểm dịch",
        by=gate.everything,
        at=NOON,
    )
    address = reverse("border_gate:firm_fix", args=[trip.pk])

    page = text(client.get(address))
    assert "Mã vùng trồng khác giấy kiểm dịch" in page
    assert 'name="tractor"' not in page
    typed = {"puc_1": "DEMO-0777", "phc_1": "DEMO-9001", "certificate_1": "KD-1", "tractor": "12C99999"}
    client.post(address, typed)

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.tractor_plate) == ("submitted", "12C12345")
    assert GoodsLine.objects.get(declaration_id=trip.declaration_id).growing_areas == ["DEMO-0777"]


@pytest.fixture
def to_fix(gate, firm):
    """Make a declaration of which an officer asks these fields anew."""

    def ask(fields, **draft):
        trip = declare.draft_trip(draft=fruit_draft(gate, firm=firm, **draft), by=gate.everything, at=NOON)
        firm.standing = "pending"
        firm.save()
        declare.submit_trip(trip=trip, by=gate.everything, at=NOON)
        reason = {"reason": "Khai khác giấy tờ kèm theo", "by": gate.everything, "at": NOON}
        return declare.request_fix(trip=trip, fields=fields, **reason)

    return ask


def test_a_corrected_weight_is_what_has_to_be_unloaded(client, to_fix):
    garlic = declare.DraftLine(hs6="070320", title="Tỏi", group="VEG", gross_kg=20_000, certificate_no="CN-1")
    carrier = {
        "tractor": make_vehicle("桂F12345", country="CN"),
        "driver": make_driver("Wang Wu", "451481199001011234", nationality="CN"),
    }
    trip = to_fix(["weight"], kind="IMP_CN", regime="IMPORT", lines=(garlic,), **carrier)

    client.post(reverse("border_gate:firm_fix", args=[trip.pk]), {"kg_1": "24000"})

    stored = Trip.objects.get(pk=trip.pk)
    assert (stored.state, stored.gross_kg, stored.balance_kg) == ("submitted", 24_000, 24_000)


def test_a_corrected_day_moves_the_day_on_which_the_trip_expires(client, to_fix):
    trip = to_fix(["planned_on"])
    expired = trip.expires_at

    client.post(
        reverse("border_gate:firm_fix", args=[trip.pk]), {"planned_on": (TODAY + timedelta(days=5)).isoformat()}
    )

    assert Trip.objects.get(pk=trip.pk).expires_at == expired + timedelta(days=5)


def test_a_seal_number_that_is_too_long_is_told_beside_its_field(client, to_fix):
    trip = to_fix(["seal"])

    answer = client.post(reverse("border_gate:firm_fix", args=[trip.pk]), {"seal": "S" * 30})

    assert answer.status_code == 200
    assert "S" * 30 in text(answer)
    assert Trip.objects.get(pk=trip.pk).state == "fix_requested"


def test_a_declaration_in_an_hour_when_the_yards_are_full_still_has_a_yard(client):
    Yard.objects.filter(level="border").update(capacity=0)
    to_review(client)

    client.post(reverse("border_gate:declare_review"))

    assert Trip.objects.get().yard.point.code == "HN-1119"


def test_a_trip_is_called_off_with_its_link(client, accepted):
    page = text(client.post(reverse("border_gate:firm_send", args=[accepted.pk]), follow=True))
    token = page.split("/dang-nhap/lien-ket/")[1].split("/")[0].split('"')[0]

    assert link_of(token) is not None
    client.post(reverse("border_gate:firm_cancel", args=[accepted.pk]))

    assert Trip.objects.get(pk=accepted.pk).state == "cancelled"
    assert link_of(token) is None


def test_vehicles_and_drivers_are_kept(client, firm):
    client.post(reverse("border_gate:firm_fleet"), {"plate": "12c 543.21"})
    new = {name: WHO[name] for name in ("driver_name", "paper_kind", "paper_no", "paper_until", "phone")}
    page = text(client.post(reverse("border_gate:firm_drivers"), new, follow=True))

    assert Vehicle.objects.get(plate="12C54321").owner == firm
    assert Driver.objects.get().employer == firm
    assert "Lò Văn Tám" in page
    assert "020190000017" not in page


def test_a_renewed_paper_is_taken_from_the_employer_alone(gate, client, firm):
    new = {name: WHO[name] for name in ("driver_name", "paper_kind", "paper_no", "paper_until", "phone")}
    client.post(reverse("border_gate:firm_drivers"), new)
    rival = clerk(make_firm("Công ty Chi", "0100233488"), "Chi")

    client.post(reverse("border_gate:firm_drivers"), {**new, "paper_until": "2035-01-01"})
    rival.post(reverse("border_gate:firm_drivers"), {**new, "paper_until": "2040-01-01", "phone": "0911 111 111"})

    kept = Driver.objects.select_related("person").get()
    assert (kept.paper_until.year, kept.person.phone) == (2035, "+84900000001")


def test_nothing_typed_is_run_as_script(client):
    page = to_review(client, who={**WHO, "driver_name": "<script>alert(1)</script>"})

    assert "<script>alert" not in page
    assert "&lt;script&gt;alert" in page


def test_the_firm_takes_its_trips_as_a_file_and_reads_no_secret_reason_in_it(gate, firm, client, accepted):
    task = ClearanceTask.objects.get(trip=accepted, kind="CUSTOMS_DOC")
    tasks.fail_task(task=task, reason="Tin báo vách đôi", reason_code="SECURITY", by=gate.everything, at=NOON)

    answer = client.get("/cua-khau-so/doanh-nghiep/?xuat=csv")
    lines = b"".join(answer.streaming_content).decode()
    book = client.get(f"/cua-khau-so/doanh-nghiep/?xuat=xlsx&q={accepted.tractor_plate}")
    stranger = clerk(make_firm("Công ty Bình", "4900234576"), "Bình").get("/cua-khau-so/doanh-nghiep/?xuat=csv")

    assert answer["Content-Type"].startswith("text/csv")
    assert all(one in lines for one in ("12C-123.45", accepted.shown_code(), "Lực lượng tạm giữ", "Hải quan"))
    assert "vách đôi" not in lines
    assert "SECURITY" not in lines
    assert b"".join(book.streaming_content)[:2] == b"PK"
    assert "12C-123.45" not in b"".join(stranger.streaming_content).decode()
