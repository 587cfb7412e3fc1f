"""The home page: doors of installed rooms, the places now, light enough for a cheap phone."""

from __future__ import annotations

import gzip
import re
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

import pytest
from django.conf import settings
from django.test import Client

from tinhso.kernel.base import clock
from tinhso.kernel.metrics.models import LiveValue
from tinhso.kernel.modules.declare import DOORS, METRICS, metric
from tinhso.roof.portal.queries.places import as_state, statuses

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)
LIMIT = 100 * 1024
BUILT = settings.BUILT_ASSETS / "web"
ROOM = "roof_portal"


def nothing() -> dict[str, int]:
    """What the figures of these tests would measure; they are told instead."""
    return {}


@pytest.fixture
def place(db: None) -> Iterator[dict[str, int]]:
    """A room that declares figures by place: 12 wait, 30 minutes, normal, open, in time."""
    figures = {"waiting": 12, "wait_minutes": 30, "crowding": 1, "open_minutes": 60, "silent_minutes": 0}
    for part in figures:
        metric(f"{ROOM}.{part}", title=part, unit="one", public=True, dimensions=("place",))(nothing)
    yield figures
    for part in figures:
        METRICS._entries.pop(f"{ROOM}.{part}")


def tell(figures: dict[str, int]) -> None:
    """What was measured a moment ago, as the figures' own cache keeps it."""
    for part, value in figures.items():
        LiveValue.objects.update_or_create(
            metric=f"{ROOM}.{part}",
            defaults={"values": [[["A"], value], [[], value]], "taken_at": NOON, "computed_at": clock.real()},
        )


def own() -> dict[str, str]:
    return as_state(statuses())[ROOM]["A"]


def test_the_home_asks_one_question_and_shows_public_doors_only(client: Client, db: None) -> None:
    page = client.get("/").content.decode()

    assert "Bạn cần làm gì?" in page
    public = {door.address() for door in DOORS if door.audience == "public"}
    shown = {door.address() for door in DOORS if f'href="{door.address()}"' in page}
    assert shown == public


def test_a_room_that_declares_places_has_its_table(client: Client, place: dict[str, int]) -> None:
    tell(place)

    page = client.get("/").content.decode()

    assert f'id="now-{ROOM}"' in page
    assert ">12<" in page
    assert own() == {"waiting": "12", "minutes": 30, "level": "normal", "since": "12:00", "opens": ""}


def test_a_place_without_news_says_since_when(place: dict[str, int]) -> None:
    tell(place | {"silent_minutes": 18})

    assert (own()["level"], own()["since"]) == ("old", "11:42")


def test_a_closed_place_says_when_it_opens(place: dict[str, int]) -> None:
    tell(place | {"open_minutes": -120})

    assert (own()["level"], own()["opens"]) == ("closed", "14:00")


def test_figures_that_nobody_measures_any_more_are_old(place: dict[str, int]) -> None:
    tell(place)
    LiveValue.objects.filter(metric__startswith=ROOM).update(
        computed_at=clock.real() - timedelta(minutes=5), claimed_at=clock.real()
    )

    assert own()["level"] == "old"


@pytest.mark.parametrize(("code", "words"), [("vi", "Bạn cần làm gì?"), ("zh-hans", "您要办什么事？")])
def test_the_home_speaks_the_readers_language(client: Client, db: None, code: str, words: str) -> None:
    client.cookies[settings.LANGUAGE_COOKIE_NAME] = code

    assert words in client.get("/").content.decode()


@pytest.mark.skipif(not (BUILT / "stamp.json").exists(), reason="the front-end assets are made at set-up")
def test_the_home_weighs_at_most_a_hundred_kilobytes_on_first_load(client: Client, db: None) -> None:
    page = client.get("/").content

    files = {address.removeprefix("/static/web/") for address in re.findall(r"/static/web/[\w./-]+", page.decode())}
    files |= {"icons.svg", "fonts/ts-figures-400.woff2", "fonts/ts-figures-700.woff2"}
    weight = len(gzip.compress(page)) + sum(_travelling(BUILT / name) for name in files if "app/" not in name)
    assert weight <= LIMIT


def _travelling(path):
    return path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes()))
