"""`./tinhso prepare`: our roles, extensions and rights in a database of a server that somebody else runs."""

from __future__ import annotations

import os

from tinhso.cli import addresses, places
from tinhso.cli.steps import Failure, step


def main(args: list[str]) -> int:
    """Print the addresses for the environment file; their passwords also lie in the secrets folder."""
    given = os.environ.get("DATABASE_URL")
    if args or not given:
        raise Failure("name the empty database as its superuser sees it: DATABASE_URL=postgresql://… ./tinhso prepare")
    os.environ.pop("DATABASE_ADMIN_URL", None)
    with step("Roles, extensions and rights"):
        urls = addresses.of_given(given)
    print(f"\nFor the environment file of the processes (passwords are kept in {places.secrets()}):\n")
    for name, url in urls.items():
        print(f"{name}={url}")
    return 0
