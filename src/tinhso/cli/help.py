"""`./tinhso help`: what it can do, from the one table, the settings, and from the management commands' own words."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from tinhso.cli import places, table


def main(args: list[str]) -> int:
    print("\n".join(lines()))
    return 0


def lines() -> Iterator[str]:
    yield "./tinhso COMMAND, for instance ./tinhso up"
    for group, words in groupby(table.WORDS, key=lambda word: word.group):
        yield from ("", group)
        yield from (_line(word.name, word.does) for word in words)
    for room, commands in groupby(of_rooms(), key=lambda found: found[0]):
        yield from ("", f"Management commands of {room}")
        yield from (_line(name, does) for _, name, does in commands)
    yield ""
    yield "Django's own commands work too: ./tinhso shell, migrate, showmigrations, … (./tinhso help_django lists them)"
    yield from ("", "From the environment; a secret also from a file: NAME_FILE=/path")
    yield from (_setting(setting) for setting in table.SETTINGS)


def of_rooms(package: Path = places.PACKAGE) -> Iterator[tuple[str, str, str]]:
    """(room, command, what it does) of every management command that a room brings."""
    for path in sorted(package.glob("**/management/commands/*.py")):
        if not path.stem.startswith("_"):
            room = ".".join(path.relative_to(package).parts[:-3])
            yield room, path.stem, says(path.read_text())


def says(source: str) -> str:
    """The `help` of a management command, read without running it."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
            names = [target.id for target in node.targets if isinstance(target, ast.Name)]
            if names == ["help"]:
                return str(node.value.value)
    return ""


def _line(name: str, does: str) -> str:
    return f"  {name:<18}{does}"


def _setting(setting: table.Setting) -> str:
    default = f" ({setting.default})" if setting.default else ""
    return f"  {setting.name:<24}{setting.does}{default}"
