"""Systems of others that are simulated here, and the switch by which each is made slow, wrong or down.

A room that has a simulator declares it; the console shows every switch on one page. The switch lies in the
database or wherever all processes see it, which is the room's own business.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from tinhso.kernel.modules.declare import Declaration
from tinhso.kernel.modules.registry import Registry

Behaviour = Literal["well", "slow", "wrong", "down"]
BEHAVIOURS: tuple[Behaviour, ...] = get_args(Behaviour)


@dataclass(frozen=True, slots=True, kw_only=True)
class Simulated(Declaration):
    """One simulated system: whether it stands `here` in place of a real one, how it behaves, how to switch it."""

    title: Any
    here: Callable[[], bool]
    state: Callable[[], Behaviour]
    switch: Callable[[Behaviour], Any]


SIMULATED: Registry[Simulated] = Registry("simulated system")


def simulated(
    name: str,
    *,
    title: Any,
    here: Callable[[], bool],
    state: Callable[[], Behaviour],
    switch: Callable[[Behaviour], Any],
    module: str,
) -> Simulated:
    """Declare a simulated system under a name such as `kernel_notices.sms`; `module` is the declarer's `__name__`.

    Whoever shows the switch asks for the right and writes the trail; `switch` only switches.
    """
    return SIMULATED.add(name, Simulated(name=name, module=module, title=title, here=here, state=state, switch=switch))


def simulated_here() -> list[Simulated]:
    """Those that stand in place of real ones in this installation."""
    return [one for one in SIMULATED if one.here()]
