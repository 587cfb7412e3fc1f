"""The browser of the journeys: Debian's Chromium, elsewhere the one that Playwright fetches for itself.

Ubuntu has Chromium as a snap only, which is no package and no plain program.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from tinhso.cli import packages, places
from tinhso.cli.steps import Failure, Line, command

DEBIANS = (Path("/usr/bin/chromium-headless-shell"), Path("/usr/bin/chromium"))
TOLD = "TINHSO_TEST_BROWSER"  # how the tests learn where it is
WHERE = "from playwright.sync_api import sync_playwright as p\nwith p() as one: print(one.chromium.executable_path)"


def ready() -> str:
    """Have a browser and name it in the environment. Gives a note; without one the journeys are skipped."""
    if os.environ.get(TOLD):
        return "named by the environment"
    if distribution() != "ubuntu":
        note = packages.install("browser")
        os.environ[TOLD] = str(next((path for path in DEBIANS if path.exists()), DEBIANS[0]))
        return note
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(places.data_folder() / "tools" / "browsers")
    found = playwrights()
    note = "kept" if found.exists() else fetch()
    os.environ[TOLD] = str(found)
    return note


def fetch() -> str:
    """Playwright's Chromium with the libraries it needs; a note when the network or the rights are missing."""
    root = packages.become_root()
    play: Line = [sys.executable, "-m", "playwright"]
    log = places.logs() / "browser.log"
    try:
        command([*play, "install", "chromium"], what="Browser for tests", log=log)
        if root is not None:
            command([*root, *play, "install-deps", "chromium"], what="Browser for tests", log=log)
    except Failure as failure:
        return f"not there, the journeys are skipped ({str(failure).splitlines()[0]})"
    return "fetched by Playwright"


def playwrights() -> Path:
    """Where Playwright keeps its Chromium, or would."""
    told = subprocess.run([sys.executable, "-c", WHERE], capture_output=True, text=True, check=False)
    return Path(told.stdout.strip() or "/nowhere")


def distribution(release: Path = Path("/etc/os-release")) -> str:
    """`debian` or `ubuntu`; empty where the file is missing."""
    pairs = (line.partition("=") for line in release.read_text().splitlines()) if release.exists() else ()
    return next((value.strip('"') for name, _, value in pairs if name == "ID"), "")
