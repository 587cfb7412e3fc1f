"""Styles: the theme's files, one block a piece, gathered into one sheet a face."""

from __future__ import annotations

import re
from pathlib import Path

GROUND = ("fonts.css", "tokens.css", "ground.css")
PIECES = "pieces/*.css"
FACES: dict[str, tuple[str, ...]] = {
    "public.css": (*GROUND, PIECES, "public.css"),
    "desk.css": (*GROUND, "fonts_medium.css", PIECES, "desk.css", "station.css", "print.css"),
    "board.css": (*GROUND, "fonts_medium.css", PIECES, "board.css"),
}


def build(theme: Path, target: Path) -> None:
    """Write public.css, desk.css and board.css into `target`."""
    for face, patterns in FACES.items():
        (target / face).write_text(sheet(theme, patterns), encoding="utf-8")


def sheet(theme: Path, patterns: tuple[str, ...]) -> str:
    paths = [path for pattern in patterns for path in sorted(theme.glob(pattern))]
    return minified("\n".join(path.read_text(encoding="utf-8") for path in paths))


def minified(css: str) -> str:
    """Without comments, and with no more white space than CSS needs."""
    css = re.sub(r"/\*.*?\*/", "", css, flags=re.DOTALL)
    css = re.sub(r"\s+", " ", css)
    css = re.sub(r"\s*([{};,])\s*", r"\1", css)
    css = re.sub(r":\s+", ":", css)
    return css.replace(";}", "}").strip()
