"""What each request passes: language, refusals, guards."""

from __future__ import annotations

import json

import pytest
from django.db import DataError
from django.http import HttpResponse
from django.template.loader import render_to_string
from django.test import RequestFactory

from tinhso.kernel.base.errors import Forbidden, Stale
from tinhso.kernel.web import middleware, pages, policy
from tinhso.kernel.web.models import Preference


def language(path="/", cookie="", wanted=""):
    request = RequestFactory().get(path, headers={"accept-language": wanted})
    if cookie:
        request.COOKIES["django_language"] = cookie
    return middleware.language_of(request)


def test_an_english_browser_in_an_office_is_still_shown_vietnamese():
    assert language(wanted="en-US,en;q=0.9") == "vi"


def test_a_phone_that_asks_for_chinese_gets_chinese():
    assert language(wanted="zh-CN,zh;q=0.9") == "zh-hans"


def test_what_the_reader_chose_wins():
    assert language(cookie="en", wanted="zh-CN") == "en"


def test_a_machine_is_answered_in_the_language_it_asks_for():
    assert language(path="/api/v1/", wanted="en") == "en"


def test_choosing_a_language_leads_back_and_is_remembered(client):
    answer = client.get("/ngon-ngu/zh-hans/?next=/mat-mang/")

    assert answer.headers["Location"] == "/mat-mang/"
    assert "无网络" in client.get("/mat-mang/").content.decode()


@pytest.mark.parametrize("address", ["https://elsewhere.example/", "//elsewhere.example/", "javascript:alert(1)"])
def test_no_choice_leads_away_from_here(client, address):
    assert client.get("/co-chu/", {"next": address}).headers["Location"] == "/"


def test_large_text_is_turned_on_and_off_without_script(client):
    client.get("/co-chu/?next=/mat-mang/")
    large = client.get("/mat-mang/").content.decode()
    client.get("/co-chu/?next=/mat-mang/")

    assert '<html lang="vi" class="text-large">' in large
    assert "text-large" not in client.get("/mat-mang/").content.decode().split("<head>")[0]


def test_a_board_is_large_already():
    board = render_to_string("web/base_board.html", {"text_large": True})

    assert "text-large" not in board.split("<head>")[0]


def refused(path, refusal, **headers):
    request = RequestFactory().get(path, headers=headers)
    request.moment = None
    layer = middleware.Refusals(lambda request: HttpResponse())
    return layer.process_exception(request, refusal)


def test_a_refusal_is_a_page_that_says_why_and_what_next(monkeypatch):
    seen = {}
    monkeypatch.setattr(
        pages.refusals,
        "render",
        lambda request, template, facts, status: seen.update(facts) or HttpResponse(status=status),
    )

    answer = refused("/ho-so/", Forbidden())

    assert answer.status_code == 403
    assert seen["why"] == "Bạn không có quyền làm việc này"
    assert seen["advice"] == "Hỏi người phân quyền ở cơ quan của bạn."


def test_a_refusal_to_a_machine_is_a_problem_with_its_code():
    answer = refused("/api/v1/x/", Stale(field="name", plate="12C"))

    body = json.loads(answer.content)
    assert answer.headers["Content-Type"] == "application/problem+json"
    assert (body["status"], body["code"], body["field"], body["facts"]) == (409, "stale", "name", {"plate": "12C"})


def test_a_refused_part_of_a_page_becomes_a_toast_and_leaves_the_page_as_it_was():
    answer = refused("/ho-so/", Stale(), **{"hx-request": "true"})

    assert answer.headers["HX-Reswap"] == "none"
    assert "tinhso:toast" in answer.headers["HX-Trigger"]


def test_other_faults_are_not_taken_for_refusals():
    assert refused("/ho-so/", ValueError()) is None


@pytest.mark.django_db
def test_a_letter_that_no_database_holds_is_the_readers_error(rf):
    with pytest.raises(DataError) as fault:
        Preference.objects.filter(name="one\x00two").exists()
    request = rf.get("/")
    request.moment = None

    answer = middleware.Refusals(lambda request: HttpResponse()).process_exception(request, fault.value)

    assert answer.status_code == 400


@pytest.mark.django_db
def test_an_unknown_address_is_answered_in_the_theme(client):
    answer = client.get("/khong-co-trang-nay/")

    assert answer.status_code == 404
    assert "Không có trang này" in answer.content.decode()


def test_a_fault_is_told_without_asking_the_database(rf):
    answer = pages.refusals.server_error(rf.get("/"))

    assert answer.status_code == 500
    assert "Hệ thống gặp sự cố" in answer.content.decode()


def test_the_browser_is_told_to_run_no_script_but_ours(client):
    told = client.get("/mat-mang/").headers["Content-Security-Policy"]

    assert "script-src 'self';" in told
    assert "frame-ancestors 'none'" in told


@pytest.mark.parametrize(
    ("host", "address"),
    [
        ("127.0.0.1:8000", "http://127.0.0.1:8001/live"),
        ("[::1]:8000", "http://[::1]:8001/live"),
        ("langson.vn", "/live"),
    ],
)
def test_the_live_server_is_the_next_port_or_behind_the_same_name(host, address, settings):
    settings.LIVE_URL = ""
    settings.ALLOWED_HOSTS = ["*"]

    assert policy.live_url(RequestFactory().get("/", headers={"host": host})) == address


def test_what_an_installed_app_needs_is_there(client):
    manifest = client.get("/manifest.webmanifest").json()
    worker = client.get("/sw.js")

    assert {icon["purpose"] for icon in manifest["icons"]} == {"any", "maskable"}
    assert worker.headers["Content-Type"] == "text/javascript"
    assert "/static/web/public.css" in worker.content.decode()
    assert "/mat-mang/" in worker.content.decode()
