"""The environment of every process: database addresses, keys and paths, kept in run/env (mode 0600)."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from tinhso.cli import places
from tinhso.cli.steps import Failure

SETTINGS = "tinhso.config.settings.dev"
DATABASES = ("DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_SEALER_URL")
NOWHERE = "postgresql://tinhso_app:none@127.0.0.1:1/none"  # for what looks at code, never at data


def file() -> Path:
    return places.run() / "env"


def write(values: dict[str, str]) -> None:
    """Keep the values for later commands, in one piece."""
    places.make_private(places.run())
    new = file().with_name("env.new")
    new.touch(mode=0o600)
    new.write_text("".join(f"{name}={shlex.quote(value)}\n" for name, value in sorted(values.items())))
    new.replace(file())


def read() -> dict[str, str]:
    if not file().exists():
        return {}
    pairs = (line.partition("=") for line in file().read_text().splitlines() if "=" in line)
    return {name: "".join(shlex.split(value)) for name, _, value in pairs}


def enter(*, database: bool = True) -> None:
    """Take over what the running platform uses, unless the caller names a database itself.

    Raises Failure when a database is needed and none runs.
    """
    os.environ["TINHSO_DATA"] = str(places.data_folder())
    own = "DATABASE_URL" in os.environ
    for name, value in read().items():
        if not (own and name in DATABASES):
            os.environ.setdefault(name, value)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    if "DATABASE_URL" not in os.environ:
        if database:
            raise Failure("the platform does not run: ./tinhso up starts it (or name DATABASE_URL)")
        os.environ |= dict.fromkeys(DATABASES, NOWHERE)
