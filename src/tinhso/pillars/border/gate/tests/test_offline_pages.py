"""The app's pages: what is kept on a device, how it is set up and speaks for itself, what the board sees."""

from __future__ import annotations

import hashlib
import io
import json
from base64 import b64encode
from datetime import timedelta

import pytest
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.asymmetric.utils import decode_dss_signature
from django.test import Client
from PIL import Image

from tinhso.kernel.base import clock
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.kernel.web.offline.inbox import take
from tinhso.kernel.web.offline.models import OfflineDevice, OfflineEvent
from tinhso.kernel.workflow.models import History
from tinhso.pillars.border.gate.actions.paper import Stub, key_paper
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import role_code
from tinhso.pillars.border.gate.rules.codes import GateRefusal
from tinhso.pillars.border.gate.tests.conftest import NOON
from tinhso.pillars.border.gate.tests.test_offline import MINUTE, POINT, barrier, device, passing, trips  # noqa: F401

APP = "/mat-mang/border_gate/"


class Tablet:
    """A device with a key of its own, as the browser has one."""

    def __init__(self, client: Client) -> None:
        self.client, self.key, self.id = client, ec.generate_private_key(ec.SECP256R1()), ""

    def public(self) -> str:
        point = self.key.public_key().public_bytes(
            serialization.Encoding.X962, serialization.PublicFormat.UncompressedPoint
        )
        return b64encode(point).decode()

    def enrol(self, spots: list[str]) -> int:
        told = {"name": "Máy 1", "spots": spots, "public_key": self.public()}
        answer = self.client.post(f"{APP}may/", json.dumps(told), content_type="application/json")
        self.id = answer.json().get("device", "")
        return answer.status_code

    def sync(self, *, forged: bool = False, **told):
        body = json.dumps(
            {"device": self.id, "sent_at": NOON.isoformat(), "next_seq": 1, "events": [], **told}
        ).encode()
        key = ec.generate_private_key(ec.SECP256R1()) if forged else self.key
        return self.post(f"{APP}dong-bo/", body, key)

    def photo(self, digest: str, picture: bytes):
        return self.post(f"{APP}anh/{self.id}/{digest}/", picture, self.key)

    def post(self, address: str, body: bytes, key: ec.EllipticCurvePrivateKey):
        halves = decode_dss_signature(key.sign(body, ec.ECDSA(hashes.SHA256())))
        signature = b64encode(b"".join(half.to_bytes(32, "big") for half in halves)).decode()
        headers = {"X-Device-Signature": signature}
        return self.client.post(address, body, content_type="application/octet-stream", headers=headers)


def signed_in(gate, role: str) -> Client:
    person = make_person(f"Người {role}")
    grant(person, role_code(role), place=gate.points[POINT])
    client = Client()
    client.force_login(make_account(person))
    return client


@pytest.fixture
def at_noon():
    with clock.frozen(NOON):
        yield


def test_the_kept_page_has_nothing_personal_in_it(gate, at_noon):
    mine = signed_in(gate, "BIENPHONG").get("/cua-khau-so/tram/")

    assert mine.content == Client().get("/cua-khau-so/tram/").content
    assert b"csrf" not in mine.content
    assert "script-src 'self'" in mine["Content-Security-Policy"]


def test_the_app_can_be_installed(gate):
    manifest = Client().get(f"{APP}manifest.webmanifest").json()
    worker = Client().get(f"{APP}sw.js")

    assert (manifest["scope"], manifest["start_url"]) == ("/cua-khau-so/", "/cua-khau-so/ung-dung/")
    assert worker["Service-Worker-Allowed"] == "/cua-khau-so/"


def test_an_officer_sets_a_tablet_up_and_it_speaks_for_itself(gate, trips, at_noon):  # noqa: F811
    guard = signed_in(gate, "BIENPHONG")
    tablet = Tablet(guard)
    assert {one["code"] for one in guard.get(f"{APP}toi/").json()["spots"]} >= {barrier("entry").code}

    assert tablet.enrol([barrier("entry").code]) == 200
    answer = tablet.sync()
    told = json.loads(answer.json()["list"]["body"])

    assert (answer.status_code, answer.json()["duty"]["name"]) == (200, "Người BIENPHONG")
    assert set(told["changed"]) == {trip.code for trip in trips}
    assert tablet.sync(forged=True).status_code == 403
    assert Tablet(Client()).sync().status_code in (403, 422)
    assert tablet.sync(events=[{"id": "x"}]).status_code == 422


def test_a_tablet_with_a_wrong_clock_is_told_the_time_and_one_that_is_locked_to_forget(gate, at_noon):
    tablet = Tablet(signed_in(gate, "BQLKKT"))
    tablet.enrol([barrier("entry").code])

    wrong = tablet.sync(sent_at=(NOON - timedelta(minutes=3)).isoformat())
    locked = tablet.client.post(f"/cua-khau-so/may/{tablet.id}/khoa/")
    gone = tablet.sync()

    assert (wrong.status_code, wrong.json()["code"]) == (409, "clock-skew")
    assert (locked.status_code, gone.status_code, gone.json()["wipe"]) == (302, 403, True)


def test_a_photograph_follows_its_event_once(gate, at_noon, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    guard = signed_in(gate, "BIENPHONG")
    tablet = Tablet(guard)
    tablet.enrol([barrier("entry").code])
    officer = tablet.sync().json()["duty"]["officer"]
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(picture, "JPEG")
    digest = hashlib.sha256(picture.getvalue()).hexdigest()
    payload = {"barrier": barrier("entry").code, "plate": "29H51270", "photo": digest, "list_at": NOON.isoformat()}
    event = {"id": str(uuid7()), "seq": 1, "kind": "undeclared", "officer": officer, "occurred_at": NOON.isoformat(),
             "payload": payload}  # fmt: skip
    tablet.sync(events=[event], next_seq=2)

    kept = [tablet.photo(digest, picture.getvalue()) for _ in range(2)]
    other = tablet.photo(digest, b"another")

    assert [one.status_code for one in kept] == [200, 200]
    assert other.status_code == 422
    assert Attachment.objects.filter(record_id=event["id"], kind="border_gate.offline_event").count() == 1


def test_a_stranger_sets_up_nothing_and_sees_neither_list(gate, device, at_noon):  # noqa: F811
    chi = Client()
    chi.force_login(make_account(make_person("Chi")))

    assert chi.get(f"{APP}toi/").json()["spots"] == []
    assert Tablet(chi).enrol([barrier("entry").code]) in (403, 422)
    for page in ("doi-soat/", "may/", "phieu-giay/", f"phieu-giay/{barrier('entry').code}/"):
        assert chi.get(f"/cua-khau-so/{page}").status_code == 403


def test_the_board_reconciles_on_its_page(gate, trips, device, at_noon, django_assert_max_num_queries):  # noqa: F811
    move_on = [
        passing(gate, trips[0], 1),
        passing(gate, trips[0], 2),
        passing(gate, trips[1], 3),
        passing(gate, trips[1], 4),
    ]
    take(device=device, events=move_on, at=NOON + 5 * MINUTE)
    board = signed_in(gate, "BQLKKT")
    board.get("/cua-khau-so/doi-soat/")

    with django_assert_max_num_queries(25):
        page = board.get("/cua-khau-so/doi-soat/").content.decode()
    event = OfflineEvent.objects.filter(state="waiting").first()
    refused = board.post(f"/cua-khau-so/doi-soat/{event.pk}/", {"how": "keep", "reason": "ngắn"})
    done = board.post(f"/cua-khau-so/doi-soat/{event.pk}/", {"how": "duplicate", "reason": "Ghi hai lần cùng xe"})

    assert page.count("Là trùng lặp") == 2
    assert (refused.status_code, done.status_code) == (409, 302)
    assert OfflineEvent.objects.get(pk=event.pk).resolution == "duplicate"
    with django_assert_max_num_queries(25):
        assert "Máy 1" in board.get("/cua-khau-so/may/").content.decode()


def test_a_form_on_paper_is_keyed_in_once_with_the_time_on_it(gate, trips):  # noqa: F811
    guard = make_person("Bình")
    grant(guard, role_code("BUFFER"), place=gate.points[POINT])
    desk = make_person("Bàn hỗ trợ")
    grant(desk, role_code("HELPDESK"), place=gate.points[POINT])
    at = NOON + 60 * MINUTE
    stub = Stub(barrier=barrier("buffer"), form_no="P-07", seen=trips[0].shown_code(), occurred_at=NOON + MINUTE,
                officer=guard)  # fmt: skip

    first = key_paper(stub=stub, by=desk.actor(), at=at)
    again = key_paper(stub=stub, by=desk.actor(), at=at)

    row = History.objects.get(record_id=trips[0].pk, step="enter_buffer")
    assert (first.state, again.pk, row.at, row.actor) == ("applied", first.pk, NOON + MINUTE, guard.pk)
    assert row.facts["offline"]["paper"] == "P-07"
    assert Trip.objects.get(pk=trips[0].pk).state == "at_buffer"
    assert OfflineDevice.objects.get().device.name == "Phiếu giấy"


def test_a_form_of_somebody_without_the_right_or_from_another_day_is_refused(gate, trips):  # noqa: F811
    from dataclasses import replace

    chi, by = make_person("Chi"), gate.everything
    stub = Stub(barrier=barrier("buffer"), form_no="P-07", seen="12C-123.40", occurred_at=NOON, officer=chi)

    with pytest.raises(GateRefusal, match="BG-024"):
        key_paper(stub=stub, by=by, at=NOON + MINUTE)
    with pytest.raises(GateRefusal, match="BG-337"):
        key_paper(stub=replace(stub, occurred_at=NOON + 5 * MINUTE), by=by, at=NOON)


def test_the_form_to_print_has_the_codes_of_expected_trips(gate, trips, at_noon):  # noqa: F811
    page = signed_in(gate, "BIENPHONG").get(f"/cua-khau-so/phieu-giay/{barrier('entry').code}/").content.decode()

    assert all(trip.shown_code() in page for trip in trips)


def test_the_dossier_shows_the_photo_of_an_event_that_the_board_has_kept_without_doing_it(
    gate,
    trips,  # noqa: F811
    at_noon,
    settings,
    tmp_path,
):
    settings.MEDIA_ROOT = tmp_path
    guard = signed_in(gate, "BIENPHONG")
    tablet = Tablet(guard)
    tablet.enrol([barrier("entry").code])
    officer = tablet.sync().json()["duty"]["officer"]
    picture = io.BytesIO()
    Image.new("RGB", (40, 20), "white").save(picture, "JPEG")
    digest = hashlib.sha256(picture.getvalue()).hexdigest()
    trip = trips[0]  # not called: it could not come through barrier 1
    payload = {"barrier": barrier("entry").code, "trip": trip.code, "plate": trip.tractor_plate, "step": "arrive",
               "photo": digest, "list_at": NOON.isoformat()}  # fmt: skip
    event = {"id": str(uuid7()), "seq": 1, "kind": "pass", "officer": officer, "occurred_at": NOON.isoformat(),
             "payload": payload}  # fmt: skip
    tablet.sync(events=[event], next_seq=2)
    tablet.photo(digest, picture.getvalue())
    dossier, shown = f"/cua-khau-so/luot-xe/{trip.pk}/", "Ban Quản lý quyết định lưu"
    before = guard.get(dossier).content.decode()

    signed_in(gate, "BQLKKT").post(
        f"/cua-khau-so/doi-soat/{event['id']}/", {"how": "keep", "reason": "Xe đã được đo lường lại tại trạm"}
    )

    assert OfflineEvent.objects.get().record_id == trip.pk
    assert shown not in before
    assert shown in guard.get(dossier).content.decode()
