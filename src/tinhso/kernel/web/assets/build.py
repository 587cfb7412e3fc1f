"""The whole asset build: packages, fonts, icons, styles, scripts. Runs again only when an input changed."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

from tinhso.kernel.web.assets import app_icons, fonts, icons, scripts, styles

WEB = Path(__file__).resolve().parents[1]
STAMP = "stamp.json"


def build(root: Path, *, npm: str = "npm", force: bool = False) -> bool:
    """Fill `root`/build/assets/web; True when something was made. Raises CalledProcessError when npm fails."""
    target = root / "build" / "assets" / "web"
    packages = ensure_packages(root, npm=npm)
    used = icons.used(root / "src")
    digest = inputs_digest(root, used)
    if not force and digest == _stamp(target):
        return False
    target.mkdir(parents=True, exist_ok=True)
    fonts.build(packages / "@fontsource" / "be-vietnam-pro" / "files", target / "fonts")
    icons.build(packages / "@tabler" / "icons" / "icons", used, target / "icons.svg")
    styles.build(WEB / "theme", target)
    scripts.build(WEB / "scripts", target)
    scripts.copy_vendor(packages, target / "vendor")
    app_icons.build(target / "app")
    (target / STAMP).write_text(json.dumps({"digest": digest}))
    return True


def ensure_packages(root: Path, *, npm: str) -> Path:
    """`npm ci` from the lock file, skipped while node_modules still matches it."""
    packages = root / "node_modules"
    mark = packages / ".tinhso-lock"
    lock = hashlib.sha256((root / "package-lock.json").read_bytes()).hexdigest()
    if mark.exists() and mark.read_text() == lock:
        return packages
    command = [shutil.which(npm) or npm, "ci", "--ignore-scripts", "--no-audit", "--no-fund", "--loglevel=error"]
    subprocess.run(command, cwd=root, check=True)
    mark.write_text(lock)
    return packages


def inputs_digest(root: Path, used: set[str]) -> str:
    """One digest over all that the build reads: our sources, the lock file and the icons in use."""
    digest = hashlib.sha256((root / "package-lock.json").read_bytes())
    digest.update(" ".join(sorted(used)).encode())
    for path in _sources():
        digest.update(path.name.encode())
        digest.update(path.read_bytes())
    return digest.hexdigest()


def _sources() -> Iterator[Path]:
    for folder in ("theme", "scripts", "assets"):
        yield from sorted(path for path in (WEB / folder).rglob("*") if path.suffix in {".css", ".js", ".py"})


def _stamp(target: Path) -> str:
    try:
        return str(json.loads((target / STAMP).read_text())["digest"])
    except (OSError, ValueError, KeyError):
        return ""
