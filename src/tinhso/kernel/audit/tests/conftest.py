"""A sealed trail in a database of its own, with the key and the anchors in a folder of its own."""

from __future__ import annotations

import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from tinhso.kernel.audit import keys
from tinhso.kernel.audit.record import record
from tinhso.kernel.audit.sealer import Sealer, sealer_dsn
from tinhso.kernel.base import clock
from tinhso.kernel.base.actor import SYSTEM
from tinhso.kernel.base.ids import uuid7
from tinhso.kernel.testing import database

PATIENCE = 60  # seconds: any writer in the cluster, in whatever database, holds the horizon back


class Trail:
    """What a test does with a trail: write, seal, look as superuser."""

    def __init__(self) -> None:
        self.connection = psycopg.connect(sealer_dsn(), autocommit=True)
        self.sealer = Sealer(self.connection, keys.seal_key())

    def write(self, count: int) -> list[int]:
        return [
            record("tests.did_thing", by=SYSTEM, at=clock.now(), kind="tests.thing", record_id=uuid7(), turn=turn)
            for turn in range(count)
        ]

    def seal(self, count: int) -> None:
        """Seal until `count` more entries are sealed."""
        left, until = count, time.monotonic() + PATIENCE
        while left > 0 and time.monotonic() < until:
            left -= self.sealer.seal()
            time.sleep(0.01)
        assert left == 0, "the horizon did not move"

    def superuser(self) -> psycopg.Connection[Any]:
        return database.superuser()


@pytest.fixture
def trail(own_database: str, tmp_path: Path, settings: Any) -> Iterator[Trail]:
    settings.DATA, settings.SEALER_DATABASE = tmp_path, None
    made = Trail()
    yield made
    made.connection.close()
