"""Live topics: who hears what, how often, and for how long."""

from __future__ import annotations

import asyncio
import json

import pytest
from django.contrib.auth import HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore

from tinhso.kernel.access.second_factor import ADDED
from tinhso.kernel.modules.registry import Registry
from tinhso.kernel.testing.people import grant, make_account, make_person, make_role
from tinhso.kernel.web import live
from tinhso.kernel.web.live_server import hub as hubs
from tinhso.kernel.web.live_server import server
from tinhso.kernel.web.live_server.hub import Hub, Viewer
from tinhso.kernel.web.live_server.server import RECHECK
from tinhso.kernel.web.live_server.visitors import admitted

PERMISSION = "kernel_access.give_role"


@pytest.fixture
def topics(monkeypatch):
    registry = Registry("live topic")
    monkeypatch.setattr(live, "TOPICS", registry)
    monkeypatch.setattr(server, "TOPICS", registry)
    monkeypatch.setattr(hubs, "GAP", 0.02)
    return registry


async def no_state(topic):
    return topic.state()


def words(said: bytes) -> list[tuple[str, dict]]:
    pairs = [block.split("\n") for block in said.decode().strip().split("\n\n")]
    return [(event.removeprefix("event: "), json.loads(data.removeprefix("data: "))) for event, data in pairs]


def test_a_topic_is_public_or_guarded_never_neither(topics):
    with pytest.raises(ValueError, match="public or name a permission"):
        live.live_topic("x", events=("a.*",))


def test_an_event_stirs_the_topics_whose_pattern_it_fits(topics):
    live.live_topic("x", events=("border_gate.*",), public=True)
    live.live_topic("y", events=("border_gate.task_*",), public=True)

    assert [topic.name for topic in live.stirred("border_gate.trip_released")] == ["x"]
    assert [topic.name for topic in live.stirred("border_gate.task_passed")] == ["x", "y"]


def test_changes_are_gathered_and_said_once(topics):
    topic = live.live_topic("x", events=("a.*",), public=True)

    async def story():
        hub, viewer = Hub(no_state), Viewer([topic])
        hub.join(viewer)
        hub.hear("a.b 1 5\na.c 2 -")
        hub.hear("a.b 3 6")
        first = await viewer.next(1)
        hub.hear("a.b 4 7\na.b 5 1")
        return first, await viewer.next(1), await viewer.next(0.1)

    first, second, third = asyncio.run(story())
    assert words(first) == [("changed", {"topic": "x", "ids": ["1", "2", "3"]})]
    assert words(second) == [("changed", {"topic": "x", "ids": ["4", "5"]})]
    assert third is None


def test_many_changes_are_said_as_anything_may_have_changed(topics):
    topic = live.live_topic("x", events=("a.*",), public=True)

    async def story():
        hub, viewer = Hub(no_state), Viewer([topic])
        hub.join(viewer)
        hub.hear("\n".join(f"a.b {i} 1" for i in range(hubs.MANY + 1)))
        return await viewer.next(1)

    assert words(asyncio.run(story())) == [("changed", {"topic": "x", "ids": None})]


def test_a_viewer_that_does_not_read_is_told_when_it_reads_again(topics, monkeypatch):
    monkeypatch.setattr(hubs, "WAITING", 1)
    topic = live.live_topic("x", events=("a.*",), public=True)

    async def story():
        viewer = Viewer([topic])
        viewer.send(b"one")
        viewer.send(b"two")
        return await viewer.next(1), await viewer.next(1)

    first, second = asyncio.run(story())
    assert first == b"one"
    assert words(second) == [("changed", {"topic": "x", "ids": None})]


def test_a_state_is_made_once_for_all_viewers_and_given_to_who_comes_later(topics):
    made = []

    @live.live_state("x", events=("a.*",), seconds=0.02)
    def figures():
        made.append(1)
        return {"waiting": len(made)}

    async def story():
        hub = Hub(no_state)
        viewers = [Viewer([topics.get("x")]) for _ in range(3)]
        for viewer in viewers:
            hub.join(viewer)
        said = [await viewer.next(1) for viewer in viewers]
        late = Viewer([topics.get("x")])
        hub.join(late)
        return said, await late.next(1)

    said, late = asyncio.run(story())
    assert len(made) == 1
    assert {*said, late} == {said[0]}
    assert words(late) == [("state", {"topic": "x", "state": {"waiting": 1}})]


@pytest.mark.django_db
def test_a_guarded_topic_asks_for_the_right_and_ends_with_the_session(topics):
    guarded = live.live_topic("x", events=("a.*",), permission=PERMISSION)
    an, binh = make_person("An"), make_person("Bình")
    grant(an, PERMISSION)
    keys = {}
    for person in (an, binh):
        keys[person.full_name] = session_of(make_account(person))

    assert admitted([guarded], keys["An"].session_key, "")
    assert not admitted([guarded], keys["Bình"].session_key, "")
    assert not admitted([guarded], "", "")
    assert not admitted([guarded], keys["An"].session_key, "no-place")

    keys["An"].flush()

    assert not admitted([guarded], keys["An"].session_key or "", "")


@pytest.mark.django_db
def test_a_session_from_before_the_password_changed_hears_nothing_more(topics):
    guarded = live.live_topic("x", events=("a.*",), permission=PERMISSION)
    an = make_person("An")
    grant(an, PERMISSION)
    account = make_account(an, password="mot-mat-khau-dai")
    key = session_of(account).session_key
    assert admitted([guarded], key, "")

    account.set_password("mot-mat-khau-khac")
    account.save()

    assert not admitted([guarded], key, "")


@pytest.mark.django_db
def test_an_official_without_the_second_factor_hears_nothing(topics, settings):
    settings.FORCE_SECOND_FACTOR = True
    guarded = live.live_topic("x", events=("a.*",), permission=PERMISSION)
    an, firm = make_person("An"), make_person("Firm's clerk")
    grant(an, make_role(PERMISSION, second_factor=True))
    grant(firm, make_role(PERMISSION, second_factor=False))
    session = session_of(make_account(an))
    assert not admitted([guarded], session.session_key, "")
    assert admitted([guarded], session_of(make_account(firm)).session_key, "")

    session[ADDED] = session[SESSION_KEY]
    session.save()

    assert admitted([guarded], session.session_key, "")


@pytest.mark.django_db
def test_the_second_factor_of_another_account_does_not_count(topics, settings):
    settings.FORCE_SECOND_FACTOR = True
    guarded = live.live_topic("x", events=("a.*",), permission=PERMISSION)
    an = make_person("An")
    grant(an, make_role(PERMISSION, second_factor=True))
    session = session_of(make_account(an))
    session["account_authentication_methods"] = [{"method": "mfa"}]
    session["account_authentication_methods_user"] = "another"
    session.save()
    assert not admitted([guarded], session.session_key, "")

    session["account_authentication_methods_user"] = session[SESSION_KEY]
    session.save()

    assert admitted([guarded], session.session_key, "")


def test_a_stream_is_closed_within_a_minute_of_its_sessions_end(topics, monkeypatch):
    live.live_topic("x", events=("a.*",), permission=PERMISSION)
    asked = iter([True, True, False])
    monkeypatch.setattr(server, "admitted", lambda *_: next(asked))
    monkeypatch.setattr(server, "RECHECK", server.RECHECK / 1000)
    monkeypatch.setattr(server, "HEARTBEAT", server.HEARTBEAT / 100)  # the heart beats more slowly than sessions end

    status, _, body = ask("/live/x", gone_after=5)

    assert status == 200
    assert body.endswith(server.ENDED)
    assert list(asked) == []
    assert RECHECK < 60


def session_of(account):
    session = SessionStore()
    session[SESSION_KEY], session[HASH_SESSION_KEY] = str(account.pk), account.get_session_auth_hash()
    session.save()
    return session


def ask(path, gone_after=0.1, **headers):
    """One request to the live server, given up after a moment; what it answered."""
    sent = []

    async def story():
        async def receive():
            await asyncio.sleep(gone_after)
            return {"type": "http.disconnect"}

        async def send(part):
            sent.append(part)

        pairs = [(name.encode(), value.encode()) for name, value in {"host": "127.0.0.1:8001", **headers}.items()]
        scope = {"type": "http", "method": "GET", "path": path, "query_string": b"", "headers": pairs}
        await server.LiveServer()(scope, receive, send)

    asyncio.run(story())
    return sent[0]["status"], dict(sent[0]["headers"]), b"".join(part.get("body", b"") for part in sent[1:])


def test_a_public_topic_is_open_to_our_own_pages_only(topics):
    live.live_topic("x", events=("a.*",), public=True)

    status, headers, body = ask("/live/x", origin="http://127.0.0.1:8000")

    assert status == 200
    assert headers[b"access-control-allow-origin"] == b"http://127.0.0.1:8000"
    assert body.startswith(b"retry:")
    assert ask("/live/x", origin="https://elsewhere.example")[0] == 404
    assert ask("/live/unknown")[0] == 404
