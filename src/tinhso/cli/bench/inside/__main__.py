"""`python -m tinhso.cli.bench.inside NAME JSON`: do one part of a measure, print what was found as JSON."""

from __future__ import annotations

import importlib
import json
import sys

import django

if __name__ == "__main__":
    django.setup()
    name, given = sys.argv[1:]
    part = importlib.import_module(f"tinhso.cli.bench.inside.{name}")
    print(json.dumps(part.run(**json.loads(given))), flush=True)
