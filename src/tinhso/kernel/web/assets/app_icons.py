"""Icons of the installable app, drawn from the brand's mark: two peaks on Mẫu Sơn blue."""

from __future__ import annotations

from pathlib import Path

from PIL import Image, ImageDraw

BLUE, WHITE = "#17508f", "#ffffff"
SIZES = (180, 192, 512)
PEAKS = ((5, 22.5), (12.5, 11), (17, 18), (20, 13.5), (27, 22.5))  # in the mark's 32 units
FINE = 4  # drawn larger, then made smaller: clean edges
SAFE = 0.8  # a maskable icon keeps its sign within this part


def build(target: Path) -> None:
    target.mkdir(parents=True, exist_ok=True)
    for size in SIZES:
        draw(size, 1.0).save(target / f"icon-{size}.png", optimize=True)
    draw(512, SAFE).save(target / "icon-maskable-512.png", optimize=True)


def draw(size: int, scale: float) -> Image.Image:
    side = size * FINE
    picture = Image.new("RGB", (side, side), BLUE)
    unit = side * scale / 32
    margin = side * (1 - scale) / 2
    points = [(margin + x * unit, margin + y * unit) for x, y in PEAKS]
    pen = ImageDraw.Draw(picture)
    width = round(2.25 * unit)
    pen.line(points, fill=WHITE, width=width, joint="curve")
    for x, y in (points[0], points[-1]):
        pen.ellipse((x - width / 2, y - width / 2, x + width / 2, y + width / 2), fill=WHITE)
    return picture.resize((size, size), Image.Resampling.LANCZOS)
