"""What the build gathers."""

from __future__ import annotations

import gzip
import re

import pytest
from django.conf import settings

from tinhso.kernel.web.assets import icons, scripts, styles
from tinhso.kernel.web.tests.test_tokens import THEME

BUILT = settings.BUILT_ASSETS / "web"
LIMIT = 100 * 1024


def test_icons_are_found_wherever_they_are_named(tmp_path):
    (tmp_path / "a.html").write_text('{% icon "truck" 16 %}<c-action icon="map-pin">')
    (tmp_path / "b.py").write_text(
        'DOOR = door("x", icon="home")\nSTATE_ICONS: dict[str, str] = {"a": "circle-play"}\n'
    )

    assert icons.used(tmp_path) == {"truck", "map-pin", "home", "circle-play"} | icons.ALWAYS | {"a"}


def test_a_name_that_no_icon_has_is_left_out_of_the_sprite(tmp_path):
    (tmp_path / "outline").mkdir()
    (tmp_path / "outline" / "truck.svg").write_text(
        '<svg\n  width="24">\n  <path stroke="none" d="M0 0h24v24H0z" fill="none" />\n  <path d="M5 17" />\n</svg>'
    )

    icons.build(tmp_path, {"truck", "nothing"}, tmp_path / "icons.svg")

    sprite = (tmp_path / "icons.svg").read_text()
    assert '<symbol id="truck" viewBox="0 0 24 24"><path d="M5 17"/></symbol>' in sprite
    assert "nothing" not in sprite


def test_an_icon_asked_for_by_name_alone_must_exist(tmp_path):
    with pytest.raises(icons.UnknownIcon):
        icons.symbol(tmp_path, "nothing")


def test_a_sheet_loses_comments_and_white_space_only():
    small = styles.minified("/* why */\n.a > .b { color: var(--ink); }\n\n.c { margin: 0 auto; }\n")

    assert small == ".a > .b{color:var(--ink)}.c{margin:0 auto}"


def test_every_bundle_is_made_of_scripts_that_exist(tmp_path):
    scripts.build(THEME.parent / "scripts", tmp_path)

    assert {path.name for path in tmp_path.iterdir()} == set(scripts.BUNDLES)


@pytest.mark.skipif(not (BUILT / "stamp.json").exists(), reason="the front-end assets are made at set-up")
def test_a_public_page_weighs_at_most_a_hundred_kilobytes_on_first_load(client):
    page = client.get("/mat-mang/").content

    files = {address.removeprefix("/static/web/") for address in re.findall(r"/static/web/[\w./-]+", page.decode())}
    files |= {"icons.svg", "fonts/ts-figures-400.woff2", "fonts/ts-figures-700.woff2"}
    weight = len(gzip.compress(page)) + sum(_travelling(BUILT / name) for name in files if "app/" not in name)
    assert weight <= LIMIT


def _travelling(path):
    return path.stat().st_size if path.suffix == ".woff2" else len(gzip.compress(path.read_bytes()))
