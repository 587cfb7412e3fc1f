"""An keeps the machines of her agency; a note is a record of that agency of which others may be told."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest

from tinhso.kernel.access.may import may
from tinhso.kernel.access.scope import Where
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import Actor
from tinhso.kernel.events.event import Event
from tinhso.kernel.machines import outward
from tinhso.kernel.machines.outward import OUTWARD, Outward
from tinhso.kernel.machines.permissions import KEEP_CLIENTS
from tinhso.kernel.machines.scopes import SCOPES, MachineScope
from tinhso.kernel.organisations.models import Agency
from tinhso.kernel.testing.people import grant, make_person, make_role

SEE = "kernel_console.view_people"  # any right will do
EVENT = "kernel_machines.note_made"
NOON = datetime(2026, 6, 10, 5, tzinfo=UTC)


@pytest.fixture
def later() -> Iterator[Callable[[timedelta], None]]:
    """Moves the machine's clock on: `later(timedelta(...))`."""
    moved = [timedelta(0)]
    real = clock.real

    def on(by: timedelta) -> None:
        moved[0] += by

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(clock, "real", lambda: real() + moved[0])
        yield on


def make_agency(name: str) -> Agency:
    return Agency.objects.create(code=name, name=name, kind="firm", valid_from=date(2020, 1, 1))


@pytest.fixture
def agency(db) -> Agency:
    return make_agency("Công ty An")


@pytest.fixture
def an(agency):
    person = make_person("An")
    grant(person, make_role(SEE, KEEP_CLIENTS), agency=agency)
    return person.actor()


@pytest.fixture
def see(db) -> Iterator[MachineScope]:
    """A scope of one right, and an event of records that lie at the agency whose id they bear."""
    role = make_role(SEE)
    scope = MachineScope("kernel_machines.see", "xem", role.code, (SEE,), "agency")
    told = Outward(EVENT, "ghi chú", SEE, lambda event: Where(agency=event.record_id), _tell)
    with SCOPES.holding({scope.name: scope}), OUTWARD.holding({EVENT: told}):
        yield scope


def _tell(event: Event, by: Actor, at: datetime) -> dict[str, str] | None:
    return {"seen": "yes"} if may(by, SEE, Where(agency=event.record_id), at) else None


def note_made(agency: Agency, number: int = 1) -> Event:
    return Event(EVENT, "kernel_machines.note", agency.pk, 1, NOON, agency.pk, {"secret": "x"}, number)


@pytest.fixture(autouse=True)
def heard() -> Iterator[None]:
    outward.forget()
    yield
    outward.forget()
