"""Rights by name, and the bundles of them that rooms propose as roles.

A room names its rights in its own `permissions.py`; the names are synchronised to roles after each migrate.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

from tinhso.kernel.modules.registry import Registry

SYSTEM_ROLE = "system"


@dataclass(frozen=True, slots=True)
class Permission:
    """One right. With `system` the platform itself holds it everywhere."""

    code: str
    title: Any
    system: bool = False

    @property
    def room(self) -> str:
        """Label of the room that named it."""
        return self.code.partition(".")[0]


@dataclass(frozen=True, slots=True)
class Bundle:
    """A role that a room proposes. With `second_factor` its holders sign in with two factors in production.

    With `one_place` who holds it at several places works at one of them at a time (kernel.access.duty).
    """

    code: str
    title: Any
    permissions: tuple[str, ...]
    second_factor: bool = True
    one_place: bool = False


PERMISSIONS: Registry[Permission] = Registry("permission")
_parts: list[Bundle] = []


def permission(name: str, title: Any, *, system: bool = False) -> str:
    """Name a right, `<label>.<verb>_<object>`. Gives the name back, so that a constant can hold it."""
    if name.count(".") != 1 or "_" not in name.partition(".")[2]:
        raise ValueError(f"a permission is called <label>.<verb>_<object>, not {name!r}")
    PERMISSIONS.add(name, Permission(name, title, system))
    return name


def bundle(
    code: str,
    *,
    title: Any = None,
    permissions: Iterable[str],
    second_factor: bool = True,
    one_place: bool = False,
) -> str:
    """Propose a role. Without `title` the rights are added to the bundle of that code which another room declares."""
    if code == SYSTEM_ROLE:
        raise ValueError("the platform's own role is made of the rights that say system=True")
    _parts.append(Bundle(code, title, tuple(permissions), second_factor, one_place))
    return code


def bundles() -> dict[str, Bundle]:
    """All bundles by code, additions of other rooms merged in.

    Raises ValueError when a bundle has no title, two titles, or a right that nobody named.
    """
    merged: dict[str, Bundle] = {}
    for part in sorted(_parts, key=lambda part: part.title is None):
        known = merged.get(part.code)
        if (known is None) == (part.title is None):
            raise ValueError(f"bundle {part.code!r} needs exactly one title")
        if unknown := [name for name in part.permissions if name not in PERMISSIONS]:
            raise ValueError(f"bundle {part.code!r} holds rights that no room names: {', '.join(unknown)}")
        merged[part.code] = part if known is None else _joined(known, part)
    return merged


def _joined(known: Bundle, part: Bundle) -> Bundle:
    names = tuple(dict.fromkeys(known.permissions + part.permissions))
    return replace(known, permissions=names)


def system_permissions() -> list[str]:
    """The rights that the platform itself holds, everywhere."""
    return [right.code for right in PERMISSIONS if right.system]
