"""Switches on the operations page that rooms above the console bring: their words, their template, their deed."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from tinhso.kernel.modules.registry import Registry

Act = Callable[..., Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Control:
    """One card. `state` gives what the template shows, or None where there is nothing to control."""

    name: str
    title: Any
    template: str
    permission: str
    state: Callable[[], Any]
    act: Act


CONTROLS: Registry[Control] = Registry("control")


def control(name: str, *, title: Any, template: str, permission: str, state: Callable[[], Any], act: Act) -> Control:
    """Bring a switch. `act` takes `choice` (what the form sent), `by` and `at`, and raises Refusal.

    `name` is a word for the address; the template posts `choice` and sees `control` and `state`.
    """
    return CONTROLS.add(
        name,
        Control(name=name, title=title, template=template, permission=permission, state=state, act=act),
    )
