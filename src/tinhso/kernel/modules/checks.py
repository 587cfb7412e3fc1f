"""System checks about the house: what the import graph cannot show (foreign keys by name, labels, name-plates).

house.E001  a foreign key sideways or upwards: to another pillar, another module of the floor, a higher room
house.E002  a foreign key down to a lower room that leaves a handle there (no related_name="+")
house.E003  a label that is not <folder above>_<room>
house.E004  a name-plate that is not complete
house.E005  a slug that is taken twice or is not a plain path
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from typing import Any

from django.apps import apps
from django.core.checks import CheckMessage, Error, register
from django.db.models import ForeignKey, ManyToManyField, Model

from tinhso.kernel.modules.descriptor import Module, installed
from tinhso.kernel.modules.discovery import label_of
from tinhso.kernel.modules.systems import systems

# The kernel's rooms from bottom to top; rooms of one line do not know each other (.importlinter has the same list).
KERNEL_LAYERS = (
    ("base",),
    ("modules",),
    ("worktime", "geo"),
    ("jobs",),
    ("audit",),
    ("identity",),
    ("organisations",),
    ("access",),
    ("events",),
    ("files", "numbering"),
    ("workflow",),
    ("rulebook",),
    ("notices", "metrics", "exchange", "search", "machines"),
    ("web", "api"),
    ("console", "login"),
    ("demo", "testing"),
)
HEIGHT_OF_KERNEL_ROOM = {room: height for height, layer in enumerate(KERNEL_LAYERS) for room in layer}
HEIGHT_OF_FLOOR = {"kernel": 0, "shared": 100}
ABOVE_SHARED = 200
SLUG = re.compile(r"([a-z0-9]+(-[a-z0-9]+)*(/[a-z0-9]+(-[a-z0-9]+)*)*)?")


def height(room: Module) -> int:
    """How high a room stands; rooms of equal height do not hold keys to each other."""
    if room.floor == "kernel":
        return HEIGHT_OF_KERNEL_ROOM.get(room.name.rpartition(".")[2], 0)
    return HEIGHT_OF_FLOOR.get(room.floor, ABOVE_SHARED)


def check_house(app_configs: Any = None, **kwargs: Any) -> list[CheckMessage]:
    """All of the house's checks over the installed rooms."""
    rooms = installed()
    return [
        *(error for room in rooms for model in room.get_models() for error in check_keys(room, model)),
        *(error for room in rooms for error in check_name_plate(room)),
        *check_slugs(rooms),
    ]


def check_keys(room: Module, model: type[Model]) -> Iterator[CheckMessage]:
    """house.E001 and house.E002 over the keys that a model itself declares."""
    for field in [*model._meta.local_fields, *model._meta.local_many_to_many]:
        if isinstance(field, ForeignKey | ManyToManyField):
            yield from check_key(room, field)


def check_key(room: Module, field: ForeignKey[Any, Any] | ManyToManyField[Any, Any]) -> Iterator[CheckMessage]:
    target = field.remote_field.model
    if isinstance(target, str):
        return  # Django itself reports a key to nowhere
    other = apps.get_app_config(target._meta.app_label)
    if other is room or not isinstance(other, Module):
        return
    if height(other) >= height(room):
        yield Error(
            f"{field} points at {target._meta.label}, which does not stand on a lower floor.",
            hint="Keep the id, and ask by data service or hear by event.",
            obj=field,
            id="house.E001",
        )
    elif not field.remote_field.hidden:
        yield Error(
            f"{field} leaves a handle on {target._meta.label} in a lower room.",
            hint='Say related_name="+": the lower room does not know who points at it.',
            obj=field,
            id="house.E002",
        )


def check_name_plate(room: Module) -> Iterator[CheckMessage]:
    """house.E003 and house.E004: label, title, owner and the rows of the province's systems that are answered."""
    if room.label != label_of(room.name):
        yield Error(f"The label must be {label_of(room.name)!r}, not {room.label!r}.", obj=room, id="house.E003")
    for fault in faults_of_name_plate(room):
        yield Error(f"The name-plate {fault}.", obj=room, id="house.E004")


def faults_of_name_plate(room: Module) -> Iterator[str]:
    if not str(room.title):
        yield "has no title"
    if room.floor == "kernel":
        return
    if not room.owner:
        yield "does not say who owns the room"
    if not room.systems:
        yield "does not say which of the province's systems the room answers"
    for system in room.systems:
        if system not in systems():
            yield f"names the system {system!r}, which is not in tables/systems.csv"


def check_slugs(rooms: list[Module]) -> Iterator[CheckMessage]:
    """house.E005: pages live under a slug of the room's own; one room alone may have none (the home page)."""
    above = [room for room in rooms if room.floor != "kernel"]
    taken = Counter(room.slug for room in above)
    for room in above:
        if not SLUG.fullmatch(room.slug):
            yield Error(f"The slug {room.slug!r} is not lower-case words and hyphens.", obj=room, id="house.E005")
        elif taken[room.slug] > 1:
            yield Error(f"The slug {room.slug!r} is taken by another room too.", obj=room, id="house.E005")


def register_checks() -> None:
    """Called from ready(): registered from the URLconf they would come too late to run."""
    register(check_house)
