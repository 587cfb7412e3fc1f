"""Text can be read: every ink on every ground it stands on, by day and on the board at night."""

from __future__ import annotations

import gzip
import re
from pathlib import Path

import pytest

from tinhso.kernel.modules.discovery import PACKAGE
from tinhso.kernel.web.assets import styles

THEME = Path(styles.__file__).resolve().parents[1] / "theme"
COLOURS = ("blue", "green", "peach", "amber", "red")
DAY, NIGHT = ":root", ".face-board"
HEX = re.compile(r"#[0-9a-fA-F]{3,8}\b(?![-\w])")


def tokens(face: str) -> dict[str, str]:
    text = (THEME / "tokens.css").read_text()
    found: dict[str, str] = {}
    for name in dict.fromkeys((DAY, face)):
        block = re.search(rf"^{re.escape(name)} \{{(.*?)^\}}", text, re.DOTALL | re.MULTILINE)
        found.update(re.findall(r"--([a-z-]+): (#[0-9a-f]{6});", block.group(1)))
    return found


def light(colour: str) -> float:
    parts = [int(colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    red, green, blue = (c / 12.92 if c <= 0.03928 else ((c + 0.055) / 1.055) ** 2.4 for c in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted((light(one), light(other)))
    return (lighter + 0.05) / (darker + 0.05)


@pytest.mark.parametrize("face", [DAY, NIGHT])
@pytest.mark.parametrize("colour", COLOURS)
def test_a_state_can_be_read_on_paper_and_on_its_tint(face, colour):
    found = tokens(face)

    ratios = [contrast(found[f"{colour}-ink"], found[ground]) for ground in ("paper", "mist", f"{colour}-tint")]

    assert min(ratios) >= 4.5


@pytest.mark.parametrize("face", [DAY, NIGHT])
def test_soft_text_can_be_read_and_edges_of_controls_be_seen(face):
    found = tokens(face)

    assert min(contrast(found["ink-soft"], found[ground]) for ground in ("paper", "mist")) >= 4.5
    assert contrast(found["line-strong"], found["paper"]) >= 3


@pytest.mark.parametrize("fill", ["blue", "green", "red", "amber-ink", "blue-ink", "peach-ink", "ink"])
def test_white_can_be_read_on_what_is_filled(fill):
    found = tokens(DAY)

    assert contrast(found["on-fill"], found[fill]) >= 4.5


def colours_of_its_own(path: Path) -> bool:
    """A colour written out instead of a token; what names an element (`url(#a)`, `href="#a"`) is none."""
    text = re.sub(r'name="theme-color" content="#\w+"|url\(#[^)]*\)|href="#[^"]*"', "", path.read_text())
    if path.suffix == ".css":
        return bool(HEX.search(text) or re.search(r"\brgba?\(|\bhsla?\(", text))
    return bool(re.search(r"(?:fill|stroke|color|background)[:=] *\"?(?:#[0-9a-f]{3}|rgb|hsl)", text))


def test_no_sheet_and_no_page_invents_a_colour_a_shadow_or_a_gradient():
    sheets = [path for path in THEME.rglob("*.css") if path.name != "tokens.css"]
    rooms = [*PACKAGE.rglob("templates/**/*.html"), *PACKAGE.rglob("static/**/*.css")]

    guilty = [path.name for path in [*sheets, *rooms] if colours_of_its_own(path)]
    dressed = [path.name for path in sheets if re.search(r"box-shadow|text-shadow|gradient\(", path.read_text())]

    assert guilty == []
    assert dressed == []


def test_the_public_sheet_stays_within_eight_kilobytes():
    sheet = styles.sheet(THEME, styles.FACES["public.css"])

    assert len(gzip.compress(sheet.encode(), 9)) <= 8 * 1024
