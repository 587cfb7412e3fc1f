"""The kernel's own routes, at their real addresses."""

import io
from datetime import UTC, datetime

import pytest
from django.test import Client

from tinhso.kernel.access.scope import Where
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.files import kinds as attachable_kinds
from tinhso.kernel.files.kinds import attachable
from tinhso.kernel.files.models import Attachment
from tinhso.kernel.modules import declare
from tinhso.kernel.modules.declare import data_service, metric
from tinhso.kernel.notices import actions, kinds
from tinhso.kernel.notices.kinds import notice
from tinhso.kernel.testing.people import grant, make_account, make_person

NOON = datetime(2026, 11, 20, 5, 0, tzinfo=UTC)
PDF = b"%PDF-1.7\n%%EOF\n"
V1 = "/api/v1/kernel/"
pytestmark = pytest.mark.django_db


@pytest.fixture
def an():
    return make_person("An")


@pytest.fixture
def client(an):
    client = Client(raise_request_exception=False)
    client.force_login(make_account(an))
    return client


@pytest.fixture
def told(an, monkeypatch):
    monkeypatch.setattr(kinds.KINDS, "_entries", {})
    notice("tests.called", title="Gọi", texts={"vi": "Vào cửa {gate}", "en": "Go to {gate}"})
    return actions.send("tests.called", to=[an.pk], event_key="1", by=SYSTEM, at=NOON, url="/tim/", gate="3")[0]


def test_one_sees_and_reads_ones_own_notices_only(client, told):
    stranger = Client()
    stranger.force_login(make_account(make_person("Chi")))

    mine = client.get(f"{V1}notices/notices").json()["items"]
    others = stranger.get(f"{V1}notices/notices").json()["items"]

    assert [one["text"] for one in mine] == ["Vào cửa 3"]
    assert others == []
    assert stranger.post(f"{V1}notices/notices/{told.pk}/read").status_code == 404
    assert client.get(f"{V1}notices/unread").json() == {"unread": 1}
    assert client.post(f"{V1}notices/notices/{told.pk}/read").status_code == 200
    assert client.get(f"{V1}notices/unread").json() == {"unread": 0}


def test_the_page_of_notices_shows_them_and_leads_on(client, told):
    page = client.get("/thong-bao/").content.decode()
    opened = client.get(f"/thong-bao/{told.pk}/")

    told.refresh_from_db()
    assert "Vào cửa 3" in page
    assert "Đánh dấu đã đọc tất cả" in page
    assert (opened.status_code, opened["Location"]) == (302, "/tim/")
    assert told.read_at is not None


def test_a_notice_never_leads_off_the_site(client, told):
    type(told).objects.update(url="//evil.example/")

    assert client.get(f"/thong-bao/{told.pk}/")["Location"] == "/thong-bao/"


def test_nobody_is_asked_to_sign_in_before_notices():
    page = Client().get("/thong-bao/")

    assert page.status_code == 302
    assert "next=/thong-bao/" in page["Location"]


@pytest.fixture
def case(an, monkeypatch, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path
    monkeypatch.setenv("TINHSO_CLAMD", "")
    monkeypatch.setattr(attachable_kinds.ATTACHABLE, "_entries", {})
    attachable(
        "tests.case",
        read="tests.read_case",
        restricted="tests.read_papers",
        write="tests.write_case",
        find=lambda found: Where(record=found),
    )
    case = uuid7()
    grant(an, ["tests.read_case", "tests.read_papers", "tests.write_case"], record=case)
    return case


def upload(client, case, content=PDF, **headers):
    form = {"file": io.BytesIO(content), "kind": "tests.case", "record_id": str(case), "classification": "restricted"}
    form["file"].name = "giấy.pdf"
    return client.post(f"{V1}files/attachments", form, headers=headers)


def test_a_file_is_sent_once_and_comes_back_safely(client, case):
    first = upload(client, case, **{"idempotency-key": "k1"})
    upload(client, case, **{"idempotency-key": "k1"})
    other = upload(client, case, PDF + b"\n", **{"idempotency-key": "k1"})

    got = client.get(first.json()["url"])

    assert (first.status_code, other.status_code, Attachment.objects.count()) == (201, 409, 1)
    assert b"".join(got.streaming_content) == PDF
    assert got["Content-Disposition"].startswith("attachment")
    assert got["X-Content-Type-Options"] == "nosniff"
    assert got["Content-Security-Policy"].startswith("sandbox")


def test_a_stranger_does_not_learn_that_a_file_exists(client, case):
    address = upload(client, case).json()["url"]
    stranger = Client()
    stranger.force_login(make_account(make_person("Chi")))

    assert stranger.get(address).status_code == 404
    assert Client().get(address).status_code == 404
    assert upload(stranger, case).status_code == 403
    assert upload(client, uuid7()).status_code == 403


def test_a_data_service_is_asked_over_the_api(client, an, monkeypatch):
    monkeypatch.setattr(declare.DATA_SERVICES, "_entries", {})

    @data_service("TS.STATUS", title="Status", permission="tests.ask_status")
    def status(*, by, at, plate):
        return {"plate": plate}

    refused = client.post(f"{V1}exchange/services/TS.STATUS", {"plate": "x"}, content_type="application/json")
    grant(an, "tests.ask_status")
    answered = client.post(f"{V1}exchange/services/TS.STATUS", {"plate": "x"}, content_type="application/json")

    assert refused.status_code == 403
    assert answered.json() == {"answer": {"plate": "x"}}
    assert client.get(f"{V1}exchange/services").json()["items"][0]["code"] == "TS.STATUS"


def test_figures_are_shown_to_everybody_or_to_holders_of_the_right(monkeypatch):
    monkeypatch.setattr(declare.METRICS, "_entries", {})
    metric("tests.open", title="Open", unit="record", public=True)(lambda: 3)
    metric("tests.closed", title="Closed", unit="record")(lambda: 4)
    client = Client()

    listed = client.get(f"{V1}metrics/figures")
    again = client.get(f"{V1}metrics/figures", headers={"if-none-match": listed["ETag"]})

    assert [one["name"] for one in listed.json()["items"]] == ["tests.open"]
    assert again.status_code == 304
    assert client.get(f"{V1}metrics/figures/tests.closed").status_code == 403
    assert "tinhso_tests_open 3" in client.get("/metrics").content.decode()
    assert "tests_closed" not in client.get("/metrics").content.decode()


def test_a_period_the_wrong_way_round_is_refused(client):
    refused = client.get(f"{V1}metrics/figures/kernel_exchange.services/history?since=2026-11-20&until=2026-11-01")

    assert (refused.status_code, refused.json()["code"]) == (422, "bad-period")
