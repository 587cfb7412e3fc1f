"""Classes that templates name: each is known to a stylesheet or to a script, else the page stands there undressed."""

from __future__ import annotations

import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
OR = re.compile(r"\{%\s*(?:else|elif\b.*?)\s*%\}", re.DOTALL)
TAG = re.compile(r"\{%.*?%\}|\{#.*?#\}", re.DOTALL)
VALUE = re.compile(r"\{\{.*?\}\}", re.DOTALL)
NAMED = re.compile(r'\bclass="([^"]*)"')
SELECTOR = re.compile(r"\.(-?[a-zA-Z_][\w-]*)")
WORD = re.compile(r"[a-zA-Z_][\w-]*")
FILLED = "\0"
"""Stands where a value comes in: the class is known only when the page is made."""


def undressed(source: str) -> Iterator[str]:
    """The classes of a template's source that no stylesheet and no script knows, each once."""
    plain = VALUE.sub(FILLED, TAG.sub("", OR.sub(" ", source)))
    named = {name for value in NAMED.findall(plain) for name in value.split() if FILLED not in name}
    yield from sorted(named - dressed())


@cache
def dressed() -> frozenset[str]:
    """All classes that a stylesheet selects, and all words of our scripts."""
    selected = {name for sheet in _files("*.css") for name in SELECTOR.findall(sheet)}
    return frozenset(selected | {word for script in _files("*.js") for word in WORD.findall(script)})


def _files(pattern: str) -> Iterator[str]:
    return (file.read_text(encoding="utf-8") for file in (ROOT / "src").rglob(pattern))
