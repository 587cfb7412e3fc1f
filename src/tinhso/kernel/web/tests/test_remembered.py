"""Public pages that are made once in a while for all who read them."""

from __future__ import annotations

import itertools
import time

import pytest
from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.test import RequestFactory
from django.utils import translation

from tinhso.kernel.base import lately
from tinhso.kernel.web.remembered import LONGEST_QUERY, remembered

MAKE = RequestFactory()


@pytest.fixture
def board(monkeypatch):
    """A page that tells how often it was made."""
    monkeypatch.setattr(lately, "SECONDS", 1.0)
    numbers = itertools.count(1)

    @remembered(60.0)
    def view(_request: HttpRequest) -> HttpResponse:
        answer = HttpResponse(str(next(numbers)))
        answer.headers["X-Turns"] = "3"
        return answer

    def read(path: str = "/board/", cookies: dict[str, str] | None = None, **headers: str) -> str:
        request = MAKE.get(path, headers=headers)
        request.COOKIES.update(cookies or {})
        answer = view(request)
        assert answer.headers["X-Turns"] == "3"
        return answer.content.decode()

    return read


def test_a_thousand_readers_cost_one_making(board):
    assert {board() for _ in range(1_000)} == {"1"}


def test_another_language_text_or_address_is_another_page(board):
    first = board()
    with translation.override("en"):
        english = board()
    large = board(cookies={"tinhso_text": "large"})

    assert [first, english, large, board("/board/?bai=VT"), board()] == ["1", "2", "3", "4", "1"]


def test_who_heard_of_a_change_gets_a_fragment_of_now(board, monkeypatch):
    board()
    fragment = board(**{"X-Live": "1"})
    later = time.monotonic() + 2
    monkeypatch.setattr("time.monotonic", lambda: later)

    assert (fragment, board(**{"X-Live": "1"}), board()) == ("2", "3", "1")


def test_who_is_signed_in_sees_his_own(board):
    board()
    session = {settings.SESSION_COOKIE_NAME: "abc"}

    assert (board(cookies=session), board(cookies=session), board()) == ("2", "3", "1")


def test_nobody_fills_the_memory_with_addresses(board):
    long = "/board/?x=" + "y" * LONGEST_QUERY

    assert (board(long), board(long)) == ("1", "2")
