"""The sprite: only those Tabler icons that a template or a Python file of ours names."""

from __future__ import annotations

import re
from pathlib import Path

# {% icon "truck" %}, icon("truck"), icon="truck" on a component, icon: "truck" in a declaration's defaults
NAMED = re.compile(r"""\bicon\w*\s*(?:\(|=|:|\s)\s*["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")
# a table of icons: NAME_ICONS = {"x": "truck"} or ICON_OF: dict[str, str] = {…}
TABLE = re.compile(r"""\b\w*ICON\w*\s*(?::[^=]+)?=\s*[({\[](.*?)[)}\]]""", re.DOTALL)
WORD = re.compile(r"""["']([a-z0-9]+(?:-[a-z0-9]+)*)["']""")
ALWAYS = frozenset({"alert-triangle", "check", "chevron-right", "circle", "circle-check", "clock", "wifi-off", "x"})
SHAPES = re.compile(r"<(?:path|circle|rect|line|polyline|polygon|ellipse)[^>]*/>")


class UnknownIcon(SystemExit):
    """An icon is named that the set does not have."""


def used(source: Path) -> set[str]:
    """Names of icons in every template and Python file below `source`, tests left out."""
    found = set(ALWAYS)
    for path in source.rglob("*"):
        if path.suffix in {".html", ".py", ".svg"} and "tests" not in path.parts and "migrations" not in path.parts:
            text = path.read_text(encoding="utf-8")
            found.update(NAMED.findall(text))
            found.update(word for table in TABLE.findall(text) for word in WORD.findall(table))
    return found


def build(icons: Path, names: set[str], target: Path) -> None:
    """Write one sprite of <symbol>s. Python may say icon="x" of something else: unknown names there are left out."""
    symbols = [symbol(icons, name) for name in sorted(names) if find(icons, name)]
    target.write_text(f'<svg xmlns="http://www.w3.org/2000/svg">{"".join(symbols)}</svg>', encoding="utf-8")


def find(icons: Path, name: str) -> Path | None:
    path = icons / "outline" / f"{name}.svg"
    return path if path.exists() else None


def symbol(icons: Path, name: str) -> str:
    """One icon as a <symbol>, without Tabler's invisible ground. Raises UnknownIcon."""
    path = find(icons, name)
    if path is None:
        raise UnknownIcon(f"Tabler has no icon {name!r}")
    shapes = SHAPES.findall(" ".join(path.read_text(encoding="utf-8").split()))
    drawn = "".join(shape.replace(" />", "/>") for shape in shapes if 'stroke="none"' not in shape)
    return f'<symbol id="{name}" viewBox="0 0 24 24">{drawn}</symbol>'
