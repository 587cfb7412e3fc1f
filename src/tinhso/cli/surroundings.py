"""The environment of every process: database addresses, keys and paths, kept in run/env (mode 0600)."""

from __future__ import annotations

import os
import shlex
from pathlib import Path

from tinhso.cli import places

SETTINGS = "tinhso.config.settings.dev"
DATABASES = ("DATABASE_URL", "DATABASE_ADMIN_URL", "DATABASE_SEALER_URL")


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


def enter() -> None:
    """Take over what the running platform uses, unless the caller names a database itself."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", SETTINGS)
    os.environ["TINHSO_DATA"] = str(places.data_folder())
    own = "DATABASE_URL" in os.environ
    for name, value in read().items():
        if not (own and name in DATABASES):
            os.environ.setdefault(name, value)
