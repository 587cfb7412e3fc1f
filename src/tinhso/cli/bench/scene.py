"""Where measures are taken: the private cluster with its durable settings, on databases of the measure's own."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from tinhso.cli import addresses, database, places
from tinhso.cli.cluster import Cluster
from tinhso.cli.steps import command

SECONDS = 5.0  # how long one figure is measured


@dataclass
class Scene:
    """The cluster, how long to measure, and a place to remember floors that several measures share."""

    cluster: Cluster
    seconds: float = SECONDS
    floors: dict[str, float] = field(default_factory=dict)

    @contextmanager
    def empty(self, name: str) -> Iterator[str]:
        """An empty database with our extensions, dropped afterwards; gives its superuser's dsn."""
        database.drop(self.cluster.dsn(), name)
        database.create_whole(self.cluster.dsn(), name)
        try:
            yield self.cluster.dsn(name)
        finally:
            database.drop(self.cluster.dsn(), name)

    @contextmanager
    def platform(self, name: str = "bench", *, profile: bool = True) -> Iterator[dict[str, str]]:
        """A database with all tables and, if wanted, the profile; gives the environment that points to it."""
        with self.empty(name):
            roles = addresses.ROLES.items()
            given = {key: self.cluster.url(role, addresses.secret(role), name) for key, role in roles}
            environment = {**os.environ, **given, "TINHSO_DATA": str(places.data_folder() / "bench" / name)}
            for words in (["migrate", "--no-input", "-v0"], *([["load_profile"]] if profile else [])):
                command([sys.executable, "-m", "tinhso.cli", *words], what=words[0], env=environment)
            yield environment
