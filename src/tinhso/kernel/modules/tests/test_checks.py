"""The house's system checks, each with a house that breaks it."""

from __future__ import annotations

import configparser
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import models
from django.test.utils import isolate_apps

from tinhso.kernel.modules import checks
from tinhso.kernel.modules.checks import KERNEL_LAYERS, check_house, check_keys, check_name_plate, check_slugs
from tinhso.kernel.modules.descriptor import Module

WALLS = Path(__file__).resolve().parents[5] / ".importlinter"


def room(name: str, **plate: Any) -> Module:
    """A room that exists for one test; its name-plate is complete unless told otherwise."""
    parts = name.split(".")
    whole = {
        "label": f"{parts[-2]}_{parts[-1]}",
        "title": "a room",
        "slug": parts[-1],
        "owner": "VPUBND",
        "systems": ("mail",),
        "path": "/",
    }
    return type("Room", (Module,), {**whole, **plate})(name, sys.modules[__name__])


GATE = room("tinhso.pillars.border.gate")
ACCOUNTS = room("tinhso.pillars.economy.accounts")
CASH = room("tinhso.pillars.economy.soft_atm")
SIGNING = room("tinhso.shared.signing")
PEOPLE = room("tinhso.kernel.identity")
STEPS = room("tinhso.kernel.workflow")
ROOMS = {each.label: each for each in (GATE, ACCOUNTS, CASH, SIGNING, PEOPLE, STEPS)}


def key(from_room: Module, to_room: Module, kind: Any = models.ForeignKey, **options: Any) -> list[str]:
    """Ids of the errors about one key from a model of one room to a model of another."""
    with isolate_apps("tinhso.kernel.base"):
        target = type("Target", (models.Model,), {"__module__": __name__, "Meta": meta(to_room)})
        if kind is models.ForeignKey:
            options["on_delete"] = models.PROTECT
        holder = type(
            "Holder",
            (models.Model,),
            {"__module__": __name__, "Meta": meta(from_room), "target": kind(target, **options)},
        )
        return [error.id for error in check_keys(from_room, holder)]


def meta(of_room: Module) -> type:
    return type("Meta", (), {"app_label": of_room.label})


@pytest.fixture(autouse=True)
def small_house(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(checks, "apps", SimpleNamespace(get_app_config=ROOMS.__getitem__))


@pytest.mark.parametrize(
    ("holder", "target"),
    [(ACCOUNTS, GATE), (ACCOUNTS, CASH), (SIGNING, GATE), (PEOPLE, SIGNING), (PEOPLE, STEPS)],
    ids=lambda one: one.label,
)
def test_a_key_sideways_or_upwards_is_refused(holder: Module, target: Module) -> None:
    assert key(holder, target, related_name="+") == ["house.E001"]


def test_a_key_down_leaves_no_handle() -> None:
    assert key(GATE, SIGNING) == ["house.E002"]
    assert key(STEPS, PEOPLE) == ["house.E002"]
    assert key(GATE, PEOPLE, kind=models.ManyToManyField) == ["house.E002"]
    assert key(GATE, SIGNING, related_name="+") == []


def test_a_key_inside_the_room_is_free() -> None:
    assert key(GATE, GATE) == []


@pytest.mark.parametrize(
    ("plate", "error"),
    [
        ({"label": "gate"}, "house.E003"),
        ({"title": ""}, "house.E004"),
        ({"owner": ""}, "house.E004"),
        ({"systems": ()}, "house.E004"),
        ({"systems": ("teleport",)}, "house.E004"),
    ],
    ids=str,
)
def test_a_name_plate_is_complete(plate: dict[str, Any], error: str) -> None:
    found = [each.id for each in check_name_plate(room("tinhso.pillars.border.gate", **plate))]

    assert found == [error]


def test_a_slug_is_plain_and_taken_once() -> None:
    twice = [room("tinhso.roof.portal", slug=""), room("tinhso.roof.ioc", slug="")]
    crooked = [room("tinhso.roof.portal", slug="Cửa khẩu")]
    sound = [room("tinhso.roof.portal", slug=""), room("tinhso.roof.ioc", slug="dieu-hanh/ioc")]

    assert [error.id for error in check_slugs(twice)] == ["house.E005", "house.E005"]
    assert [error.id for error in check_slugs(crooked)] == ["house.E005"]
    assert [*check_slugs(sound)] == []


def test_the_layers_here_are_those_of_the_walls() -> None:
    walls = configparser.ConfigParser()
    walls.read(WALLS)
    lines = walls["importlinter:contract:ground"]["layers"].split("\n")
    layers = [frozenset(name.strip() for name in line.split("|")) for line in lines if line.strip()]

    assert layers == [frozenset(layer) for layer in reversed(KERNEL_LAYERS)]


def test_the_house_as_it_stands_passes(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.undo()

    assert check_house() == []
