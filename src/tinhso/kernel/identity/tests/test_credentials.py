from datetime import timedelta

import pytest
from django.contrib.auth.models import AnonymousUser
from django.contrib.sessions.backends.db import SessionStore

from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import NOBODY
from tinhso.kernel.base.errors import Invalid
from tinhso.kernel.base.rows import rows
from tinhso.kernel.identity import actions, adapters, queries, remembered
from tinhso.kernel.identity.actions import make_key, make_link, open_link, revoke, send_code
from tinhso.kernel.identity.models import AccessLink, ApiKey
from tinhso.kernel.identity.queries import LINK_IN_SESSION, actor_of, actor_of_session
from tinhso.kernel.testing.people import make_account, make_person

pytestmark = pytest.mark.django_db


@pytest.fixture
def an():
    return make_person("An").actor()


@pytest.fixture(autouse=True)
def _demo(settings):
    settings.PROFILE = "demo"


def asking(rf, *, key="", session=None, user=None):
    request = rf.get("/", headers={"authorization": f"Bearer {key}"} if key else {})
    request.session = SessionStore()
    request.session.update(session or {})
    request.user = user or AnonymousUser()
    return request


def key_for(by, **changes):
    return make_key(**({"name": "cân số 1", "expires_at": None, "by": by, "at": clock.now()} | changes))


def link_for(by, **changes):
    values = {"name": "Tài", "phone": "0912345678", "expires_at": clock.real() + timedelta(days=1)}
    return make_link(**(values | {"by": by, "at": clock.now()} | changes))


# --- keys --------------------------------------------------------------------------------------------------


def test_a_key_makes_the_request_its_machines(rf, an, django_assert_num_queries):
    key, text = key_for(an)
    ApiKey.objects.update(last_used_at=clock.real())

    with django_assert_num_queries(0):  # its one statement goes past the ORM and is not counted
        actor = actor_of(asking(rf, key=text))

    assert (actor.id, actor.kind) == (key.holder_id, "machine")


def test_only_the_digest_and_the_beginning_of_a_key_are_kept(an):
    key, text = key_for(an)
    key.refresh_from_db()

    kept = {name: str(value) for name, value in vars(key).items()}

    assert text.startswith(key.prefix)
    assert not any(text in value for value in kept.values())


def test_a_key_that_ran_out_was_revoked_or_made_up_is_nobodys(rf, an):
    _old, old_text = key_for(an, expires_at=clock.real() - timedelta(seconds=1))
    closed, closed_text = key_for(an)
    revoke(credential=closed, by=an, at=clock.now())

    for text in (old_text, closed_text, "ts_made-up", "made-up"):
        assert actor_of(asking(rf, key=text)) == NOBODY


def test_a_busy_machines_key_is_looked_up_once_a_second(rf, an, monkeypatch):
    key, text = key_for(an)
    asked, now = [], 100.0
    monkeypatch.setattr(queries, "rows", lambda *args: asked.append(args) or rows(*args))
    monkeypatch.setattr(remembered.time, "monotonic", lambda: now)

    machines = {actor_of(asking(rf, key=text)).id for _ in range(3)}
    now += remembered.SECONDS
    machines.add(actor_of(asking(rf, key=text)).id)

    assert machines == {key.holder_id}
    assert len(asked) == 2


def test_a_remembered_key_stops_at_once_where_it_is_revoked(rf, an):
    key, text = key_for(an)
    actor_of(asking(rf, key=text))

    revoke(credential=key, by=an, at=clock.now())

    assert actor_of(asking(rf, key=text)) == NOBODY


def test_a_bad_key_does_not_fall_back_to_the_session(rf):
    account = make_account(make_person("Bình"))

    assert actor_of(asking(rf, user=account)) == account.person.actor()
    assert actor_of(asking(rf, user=account, key="ts_made-up")) == NOBODY


def test_a_key_is_changed_without_its_machine_becoming_another(rf, an):
    key, _text = key_for(an)

    _new, new_text = key_for(an, holder_id=key.holder_id)

    assert actor_of(asking(rf, key=new_text)).id == key.holder_id


def test_making_and_revoking_leave_a_trail(an):
    key, _text = key_for(an)
    revoke(credential=key, by=an, at=clock.now())
    revoke(credential=key, by=an, at=clock.now())

    actions_done = Entry.objects.filter(record_id=key.id).order_by("id").values_list("action", flat=True)

    assert list(actions_done) == ["identity.key_made", "identity.revoked"]


# --- links -------------------------------------------------------------------------------------------------


def test_the_links_session_is_the_holders_while_the_link_is_open(rf, an, django_assert_num_queries):
    link, _token = link_for(an)
    session = {LINK_IN_SESSION: str(link.id)}

    with django_assert_num_queries(1):
        actor = actor_of(asking(rf, session=session))
    AccessLink.objects.update(expires_at=clock.real())

    assert (actor.id, actor.kind) == (link.holder_id, "link")
    assert actor_of(asking(rf, session=session)) == NOBODY


def test_neither_the_token_nor_the_code_is_kept(an):
    link, token = link_for(an)
    code = send_code(link=link)
    link.refresh_from_db()

    kept = b" ".join(bytes(value) if isinstance(value, memoryview | bytes) else b"" for value in vars(link).values())

    assert token.split(".")[0].encode() not in kept
    assert code.encode() not in kept


def test_a_code_works_once(an):
    link, _token = link_for(an)
    code = send_code(link=link)
    open_link(link=link, code=code)

    with pytest.raises(Invalid) as refusal:
        open_link(link=link, code=code)

    assert refusal.value.code == "wrong-code"


def test_a_code_is_void_after_five_minutes(an):
    link, _token = link_for(an)
    code = send_code(link=link)
    AccessLink.objects.update(code_expires_at=clock.real())

    with pytest.raises(Invalid):
        open_link(link=link, code=code)


def test_a_new_code_voids_the_one_before(an):
    link, _token = link_for(an)
    first = send_code(link=link)
    second = send_code(link=link)

    if first != second:
        with pytest.raises(Invalid):
            open_link(link=link, code=first)
    open_link(link=link, code=second)


def test_a_code_of_another_link_opens_nothing(an):
    mine, _token = link_for(an)
    other, _token = link_for(an)
    send_code(link=mine)
    code = send_code(link=other)
    AccessLink.objects.filter(pk=mine.pk).update(code_digest=AccessLink.objects.get(pk=other.pk).code_digest)

    with pytest.raises(Invalid):
        open_link(link=mine, code=code)


def test_ten_wrong_codes_close_the_link_even_for_the_right_one(an):
    link, _token = link_for(an)
    code = send_code(link=link)
    wrong = f"{(int(code) + 1) % 1_000_000:06d}"
    for _ in range(actions.FAILURES_ALLOWED):
        with pytest.raises(Invalid):
            open_link(link=link, code=wrong)

    with pytest.raises(Invalid) as refusal:
        open_link(link=link, code=code)

    assert refusal.value.code == "link-closed"


def test_an_hour_brings_five_codes_and_no_more(an):
    link, _token = link_for(an)
    for _ in range(actions.CODES_PER_HOUR):
        send_code(link=link)

    with pytest.raises(Invalid) as refusal:
        send_code(link=link)
    assert refusal.value.code == "too-many-codes"

    AccessLink.objects.update(code_sent_at=clock.real() - timedelta(minutes=61))
    send_code(link=link)


def test_a_link_needs_a_phone(an):
    with pytest.raises(Invalid) as refusal:
        link_for(an, phone="")

    assert refusal.value.field == "phone"


def test_the_sender_in_place_gets_the_code(an):
    sent = []

    class Gateway:
        shows_code = False

        def send(self, **message):
            sent.append(message)

    adapters.use(Gateway())
    link, _token = link_for(an, language="zh-hans")
    code = send_code(link=link)
    adapters.use(None)

    assert sent == [{"phone": "0912345678", "code": code, "language": "zh-hans"}]


# --- stored sessions -----------------------------------------------------------------------------------------


def test_a_stored_session_is_its_accounts_until_the_password_changes(client):
    account = make_account(make_person("Bình"), password="mot-mat-khau-dai")
    client.force_login(account)
    assert actor_of_session(client.session) == account.person.actor()

    account.set_password("mot-mat-khau-khac")
    account.save()

    assert actor_of_session(client.session) == NOBODY


def test_a_stored_session_of_a_link_is_its_holders(an):
    link, _token = link_for(an)

    assert actor_of_session({LINK_IN_SESSION: str(link.id)}) == link.actor()
    assert actor_of_session({}) == NOBODY
