"""Break-glass: an administrator sees one trip for half an hour, with a reason, a banner and a trail; never longer."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse

from tinhso.kernel.access import glass
from tinhso.kernel.access.models import GlassBreak, Role
from tinhso.kernel.audit.models import Entry
from tinhso.kernel.base import clock
from tinhso.kernel.base.errors import Forbidden, Invalid
from tinhso.kernel.console.granting import give_role
from tinhso.kernel.console.permissions import ADMINISTRATOR
from tinhso.kernel.testing.people import grant, make_account, make_person
from tinhso.pillars.border.gate.actions import declare
from tinhso.pillars.border.gate.models import Trip
from tinhso.pillars.border.gate.permissions import GLASS_ROLE, role_code
from tinhso.pillars.border.gate.tests.conftest import NOON, fruit_draft

GOODS, DRIVER, REASON = "Thanh long tươi", "Nguyễn Văn A", "Doanh nghiệp báo mất dữ liệu"
HALF_AN_HOUR = timedelta(minutes=30)
KIND = "border_gate.trip"


@pytest.fixture
def trip(gate) -> Trip:
    by = {"by": gate.everything, "at": NOON}
    return declare.submit_trip(trip=declare.draft_trip(draft=fruit_draft(gate), **by), **by)


@pytest.fixture
def administrator(gate):
    person = make_person("Quản trị")
    grant(person, ADMINISTRATOR)
    return person


def browser_of(person) -> Client:
    client = Client()
    client.force_login(make_account(person))
    return client


def opened(person, at=NOON) -> GlassBreak:
    return glass.break_glass(kind=KIND, words="12C-123.45", reason=REASON, by=person.actor(), at=at)


def kept(action: str, trip: Trip) -> int:
    return Entry.objects.filter(action=action, record_id=trip.pk).count()


def test_one_trip_is_seen_for_half_an_hour_and_each_look_is_kept(trip, administrator):
    client, page = browser_of(administrator), reverse("border_gate:trip", args=[trip.pk])
    with clock.frozen(NOON):
        assert client.get(page).status_code == 403
        form = {"kind": KIND, "words": "12C12345", "reason": REASON}
        assert client.post(reverse("kernel_console:glass"), form).headers["Location"] == page
        seen = client.get(page).content.decode()
    with clock.frozen(NOON + HALF_AN_HOUR):
        assert client.get(page).status_code == 403

    assert all(words in seen for words in (GOODS, DRIVER, REASON, "Đang mở kính đến 12:30"))
    assert (kept("access.glass_broken", trip), kept("access.glass_read", trip)) == (1, 1)
    glass.end_what_is_over(NOON + HALF_AN_HOUR)
    assert kept("access.glass_ended", trip) == 1
    one = GlassBreak.objects.get()
    assert (one.reads, one.ended_at) == (1, NOON + HALF_AN_HOUR)


def test_it_is_not_made_longer_and_ends_before_it_is_opened_again(trip, administrator):
    first = opened(administrator)
    with pytest.raises(Forbidden, match="glass-open"):
        opened(administrator, NOON + timedelta(minutes=20))
    for change in ({"ends_at": NOON + timedelta(hours=2)}, {"reason": "Khác hẳn với lý do đã nêu"}):
        with pytest.raises(DatabaseError), transaction.atomic():
            GlassBreak.objects.filter(pk=first.pk).update(**change)

    glass.end_glass(glass_id=first.pk, by=administrator.actor(), at=NOON + timedelta(minutes=20))
    again = opened(administrator, NOON + timedelta(minutes=21))

    assert again.ends_at == NOON + timedelta(minutes=51)
    assert (kept("access.glass_broken", trip), kept("access.glass_ended", trip)) == (2, 1)


def test_a_short_reason_no_record_and_no_right_open_nothing(trip, administrator):
    who = {"by": administrator.actor(), "at": NOON}
    with pytest.raises(Invalid):
        glass.break_glass(kind=KIND, words="12C12345", reason="  cần xem  ", **who)
    with pytest.raises(Invalid):
        glass.break_glass(kind=KIND, words="99Z99999", reason=REASON, **who)
    with pytest.raises(Forbidden):
        opened(make_person("Chi"))

    assert not GlassBreak.objects.exists()


def test_another_does_not_end_it_and_the_role_is_given_by_no_hand(trip, administrator, gate):
    first = opened(administrator)

    with pytest.raises(Forbidden):
        glass.end_glass(glass_id=first.pk, by=make_person("Chi").actor(), at=NOON)
    with pytest.raises(Invalid):
        give_role(
            role=Role.objects.get(code=GLASS_ROLE),
            person=administrator,
            where=glass.Where(),
            by=gate.everything,
            at=NOON,
        )


def test_leaders_and_auditors_read_the_list(trip, administrator):
    opened(administrator)
    for role in ("LEADER", "AUDITOR"):
        person = make_person(role)
        grant(person, role_code(role))
        page = browser_of(person).get(reverse("kernel_console:glasses"))
        assert page.status_code == 200
        assert all(words in page.content.decode() for words in (REASON, "Quản trị", "12C-123.45"))
    assert browser_of(make_person("Chi")).get(reverse("kernel_console:glasses")).status_code == 403
