"""Command line: `python -m tinhso.kernel.web.assets build [--force] [--offline]`."""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

from tinhso.kernel.web.assets.build import build

ROOT = Path(__file__).resolve().parents[5]


def main(arguments: list[str] | None = None) -> int:
    parser = argparse.ArgumentParser(prog="assets", description="Make what the browser gets")
    parser.add_argument("verb", choices=["build"])
    parser.add_argument("--root", type=Path, default=ROOT, help="folder with package.json")
    parser.add_argument("--npm", default="npm", help="the npm to run")
    parser.add_argument("--force", action="store_true", help="build even when nothing changed")
    asked = parser.parse_args(arguments)
    made = build(asked.root, npm=asked.npm, force=asked.force)
    sys.stdout.write("assets: built\n" if made else "assets: nothing changed\n")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
