"""The name-plate of a room: one AppConfig that says what the room is and whose it is."""

from __future__ import annotations

import importlib
import importlib.util
from typing import Any, ClassVar

from django.apps import AppConfig, apps

from tinhso.kernel.base.errors import Refusal

# What a room declares is found in files of these names; importing them fills the kernel's registries.
DECLARING_FILES = (
    "permissions",
    "events",
    "flows",
    "handlers",
    "metrics",
    "search",
    "bus",
    "jobs",
    "switches",
    "rulebook",
    "pages.tiles",
)
# Read only when rows are to be put in, so that no web process carries them.
LOADER_FILES = ("profile", "demo")


class Module(AppConfig):
    """Base of every room's descriptor.

    Django picks the AppConfig by looking at all subclasses in `apps.py`, this imported base included:
    the base therefore refuses to be the default and each subclass takes the place back.
    """

    default = False
    default_auto_field = "django.db.models.BigAutoField"

    title: ClassVar[Any] = ""
    slug: ClassVar[str] = ""
    owner: ClassVar[str] = ""
    systems: ClassVar[tuple[str, ...]] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        cls.default = True

    def ready(self) -> None:
        """Import what the room declares, if the room has it."""
        for file in DECLARING_FILES:
            import_if_present(f"{self.name}.{file}")

    def worded(self, refusal: Refusal) -> Refusal:
        """What the kernel refuses before the room's own code is asked, as the room says it: by its words and code."""
        return refusal

    @property
    def floor(self) -> str:
        """kernel, shared, party, government, economy, society, border or roof."""
        return self.name.split(".")[-2]

    @property
    def api_path(self) -> str:
        """Where the room's API is mounted under /api/v1/, for instance `border/gate`."""
        return "/".join(self.name.split(".")[-2:])


def import_if_present(name: str) -> Any | None:
    """Import a module that may be missing; a broken one still raises."""
    parent, _, _ = name.rpartition(".")
    try:
        if importlib.util.find_spec(name) is None:
            return None
    except ModuleNotFoundError as missing:
        if missing.name and (parent == missing.name or parent.startswith(missing.name + ".")):
            return None
        raise
    return importlib.import_module(name)


def installed() -> list[Module]:
    """The descriptors of every installed room, ground floor first."""
    return [room for room in apps.get_app_configs() if isinstance(room, Module)]


def import_loaders() -> None:
    """Import what every room would put in (`profile`, `demo`), so that the registries of loaders are full."""
    for room in installed():
        for file in LOADER_FILES:
            import_if_present(f"{room.name}.{file}")
