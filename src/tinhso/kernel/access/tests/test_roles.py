import pytest

from tinhso.kernel.access import permissions
from tinhso.kernel.access.may import may
from tinhso.kernel.access.models import Grant, Role
from tinhso.kernel.access.permissions import bundle, bundles, permission
from tinhso.kernel.access.scope import Where
from tinhso.kernel.access.sync import synchronise
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.modules.registry import Registry
from tinhso.kernel.testing.people import make_role


@pytest.fixture(autouse=True)
def _registries(monkeypatch):
    monkeypatch.setattr(permissions, "PERMISSIONS", Registry("permission"))
    monkeypatch.setattr(permissions, "_parts", [])


def held(code):
    return set(Role.objects.get(code=code).permissions.values_list("permission", flat=True))


@pytest.mark.django_db
def test_roles_follow_the_rooms_bundles():
    a, b = permission("room_a.open_thing", "open"), permission("room_b.close_thing", "close")
    bundle("keeper", title="keeper", permissions=[a])
    bundle("keeper", permissions=[b])
    synchronise()
    assert held("keeper") == {a, b}

    permissions._parts.clear()
    bundle("keeper", title="keeper of things", permissions=[b])
    synchronise()

    assert held("keeper") == {b}
    assert Role.objects.get(code="keeper").title == "keeper of things"


@pytest.mark.django_db
def test_a_bundle_that_no_room_declares_any_more_gives_no_right():
    bundle("keeper", title="keeper", permissions=[permission("room_a.open_thing", "open")])
    synchronise()

    permissions._parts.clear()
    synchronise()

    assert held("keeper") == set()


@pytest.mark.django_db
def test_the_administrators_own_roles_stay_as_they_are():
    own = make_role("room_a.open_thing")

    synchronise()

    assert held(own.code) == {"room_a.open_thing"}


@pytest.mark.django_db
def test_the_platform_holds_what_rooms_mark_as_its_own_and_nothing_else():
    its, peoples = permission("room_a.open_thing", "open", system=True), permission("room_a.sign_thing", "sign")

    synchronise()
    synchronise()

    assert may(SYSTEM, its, Where())
    assert not may(SYSTEM, peoples)
    assert Grant.objects.filter(holder_id=SYSTEM.id).count() == 1


def test_a_bundle_holds_named_rights_and_one_title():
    bundle("keeper", permissions=[permission("room_a.open_thing", "open")])
    with pytest.raises(ValueError, match="one title"):
        bundles()

    bundle("keeper", title="keeper", permissions=["room_a.unheard_of"])
    with pytest.raises(ValueError, match="no room names"):
        bundles()


@pytest.mark.parametrize("name", ["open_thing", "room.thing", "room.a.open_thing"])
def test_a_permission_is_named_by_room_verb_and_object(name):
    with pytest.raises(ValueError, match="permission is called"):
        permission(name, "x")
