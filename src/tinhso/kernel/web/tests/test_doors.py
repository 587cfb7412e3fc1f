"""Doors open to those who hold the right, and a firm's door gives no desk."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tinhso.kernel.modules.declare import DOORS
from tinhso.kernel.testing.people import grant, make_person
from tinhso.kernel.web.doors import member_doors, official_doors

NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)


@pytest.mark.django_db
def test_a_member_sees_his_own_door_and_no_desk():
    door = next(door for door in DOORS if door.audience == "member")
    an, chi = make_person("An"), make_person("Chi")
    grant(an, door.permission)

    assert member_doors(by=an.actor(), at=NOON) == [door]
    assert not official_doors(by=an.actor(), at=NOON)
    assert member_doors(by=chi.actor(), at=NOON) == []
