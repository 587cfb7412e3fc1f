"""Fonts: Be Vietnam Pro with Latin and Vietnamese in one file a weight, and TS Figures cut from its digits.

The font is under the OFL, so what is cut from it goes under another name. Hints are left out: they are
a third of the weight and today's screens do not read them.
"""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from fontTools import subset
from fontTools.merge import Merger, Options
from fontTools.ttLib import TTFont

WEIGHTS = (400, 500, 700)
DIGITS = range(ord("0"), ord("9") + 1)
KERNING = ["kern", "mark", "mkmk"]
SIDE = 30  # units of 1000 left free on both sides of the widest digit
FAMILY, FULL_NAME, LICENCE, LICENCE_URL = 1, 4, 13, 14


def build(source: Path, target: Path) -> None:
    """Write be-vietnam-*.woff2 and ts-figures-*.woff2 into `target`."""
    target.mkdir(parents=True, exist_ok=True)
    for weight in WEIGHTS:
        with TemporaryDirectory() as folder:
            merged = merge(source, weight, Path(folder))
            _save(TTFont(merged), None, target / f"be-vietnam-{weight}.woff2")
            _save(figures(TTFont(merged)), set(DIGITS), target / f"ts-figures-{weight}.woff2")


def merge(source: Path, weight: int, folder: Path) -> Path:
    """One TrueType file of both subsets of a weight; where they overlap the Latin one wins."""
    paths = []
    for part in ("latin", "vietnamese"):
        font = TTFont(source / f"be-vietnam-pro-{part}-{weight}-normal.woff2")
        font.flavor = None
        paths.append(folder / f"{part}.ttf")
        font.save(paths[-1])
    merged = Merger(options=Options(drop_tables=["GSUB", "DSIG"])).merge([str(path) for path in paths])
    merged.save(folder / "merged.ttf")
    return folder / "merged.ttf"


def figures(font: TTFont) -> TTFont:
    """The same font with its ten digits centred on one advance, renamed."""
    names = [font.getBestCmap()[code] for code in DIGITS]
    outlines = font["glyf"]
    advance = max(outlines[name].xMax - outlines[name].xMin for name in names) + 2 * SIDE
    for name in names:
        outline = outlines[name]
        left = round((advance - (outline.xMax - outline.xMin)) / 2)
        outline.coordinates.translate((left - outline.xMin, 0))
        outline.recalcBounds(outlines)
        font["hmtx"][name] = (advance, left)
    for record in font["name"].names:
        if record.nameID not in {LICENCE, LICENCE_URL, 0}:
            record.string = "TS Figures"
    return font


def _save(font: TTFont, codes: set[int] | None, path: Path) -> None:
    options = subset.Options()
    options.hinting = False
    options.layout_features = [] if codes else KERNING
    options.name_IDs = [0, FAMILY, 2, FULL_NAME, LICENCE, LICENCE_URL]
    options.flavor = "woff2"
    cutter = subset.Subsetter(options)
    cutter.populate(unicodes=codes or set(font.getBestCmap()))
    cutter.subset(font)
    font.flavor = "woff2"
    font.save(path)
