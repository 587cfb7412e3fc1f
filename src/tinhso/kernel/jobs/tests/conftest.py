"""Something put around every job, as the room above this one does with the platform's actor."""

from __future__ import annotations

import pytest

from tinhso.kernel.jobs import loops


class Around:
    """Knows whether a job is being done inside of it."""

    inside = False

    def __enter__(self) -> Around:
        self.inside = True
        return self

    def __exit__(self, *error: object) -> None:
        self.inside = False


@pytest.fixture
def around(monkeypatch: pytest.MonkeyPatch) -> Around:
    made = Around()
    monkeypatch.setattr(loops, "_surround", lambda: made)
    return made
