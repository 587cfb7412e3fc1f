"""Pages: what lists ask of the database however many rows there are, and what a first visit weighs."""

from __future__ import annotations

import gzip
import re
import sys
from collections.abc import Iterator
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tinhso.cli import places
from tinhso.cli.bench.crowd import crowd
from tinhso.cli.bench.registry import Row, measure, value_of
from tinhso.cli.bench.scene import Scene, inside, running
from tinhso.cli.bench.wire import percentile
from tinhso.cli.steps import Failure, command

TIMES = 40
LISTS = {
    "": ["/"],
    "bql": ["/ban-lam-viec/", "/cua-khau-so/nhiem-vu/", "/cua-khau-so/luot-xe/"],
    "haiquan.huunghi": ["/cua-khau-so/cho-thong-quan/"],
    "quantri": ["/quan-tri/van-hanh/", "/quan-tri/nhat-ky/"],
}
FEW, MANY = 40, 2_000
PUBLIC = ("/", "/cua-khau-so/", "/mat-mang/")
NAMED = re.compile(r"/static/[\w./-]+\.(?:css|js|svg|png|woff2|webmanifest)")


@measure("lists", title="Lists, with 2,000 trips at the gates and their tasks")
def lists(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        trips = crowd(scene, environment, "bench")
        trips.add(FEW, "in_yard", tasks=True)
        asked = _open(environment, 1)
        trips.add(MANY, "in_yard", tasks=True)
        found = _open(environment, TIMES)
    for path, page in found.items():
        yield value_of(f"{path}: queries", [float(page["queries"])], "queries", at_most=15)
        # One more may be the demo clock's, which is read once a second.
        more = float(page["queries"] - asked[path]["queries"])
        yield value_of(f"{path}: more of them than with {FEW} trips", [more], "queries", at_most=1)
        yield value_of(f"{path}: 99 of 100 within", [percentile(page["seconds"], 0.99) * 1000], "ms", goal=60)


def _open(environment: dict[str, str], times: int) -> dict[str, dict[str, Any]]:
    """By path: how many queries it took, and the seconds of each of `times` looks."""
    found: dict[str, dict[str, Any]] = {}
    for username, paths in LISTS.items():
        found |= inside(environment, "viewing", paths=paths, username=username, times=times)
    return found


@measure("weight", title="Public pages on the first visit, gzipped")
def weight(scene: Scene) -> Iterator[Row]:
    with scene.platform() as environment:
        collect = [sys.executable, "-m", "tinhso.cli", "collectstatic", "--no-input", "-v0"]
        if not (places.ROOT / "build" / "assets").exists():
            raise Failure("the front-end assets are not built: ./tinhso up makes them")
        command(collect, what="collectstatic", env=environment)
        with running(scene, environment, "web") as web:
            for path in PUBLIC:
                if size := visit(web.port, path):
                    yield value_of(path, [size / 1024], "KB", at_most=100, goal=60)


def visit(port: int, path: str) -> int:
    """Bytes that travel for the page and all that it names, as the front server packs them (fonts are packed).

    Nothing when there is no such page, as long as the room that brings it is not installed.
    """
    address = f"http://127.0.0.1:{port}"
    try:
        page = fetch(address + path)
    except HTTPError as answer:
        if answer.code == 404:
            return 0
        raise
    names = set(NAMED.findall(page.decode()))
    packed = [
        fetch(address + name) if name.endswith(".woff2") else gzip.compress(fetch(address + name)) for name in names
    ]
    return len(gzip.compress(page)) + sum(map(len, packed))


def fetch(address: str) -> bytes:
    asking = Request(address, headers={"Accept-Language": "vi"})  # noqa: S310 (our own address)
    with urlopen(asking, timeout=30) as answer:  # noqa: S310
        content: bytes = answer.read()
    return content
