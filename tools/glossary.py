"""The glossary: a name that is not in it may not become a model."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from tools.sources import ROOT

GLOSSARY = ROOT / "docs" / "glossary.md"
NAME = re.compile(r"`([A-Z]\w+)`")


def names(text: str) -> set[str]:
    """Names of code that the glossary's tables explain, each between backquotes."""
    return {name for line in text.splitlines() if line.startswith("|") for name in NAME.findall(line)}


def models_without_a_word(models: Iterable[tuple[str, str]], glossary: Path = GLOSSARY) -> Iterator[str]:
    """Models, given as (label of the room, name), for which the glossary has no line."""
    known = names(glossary.read_text(encoding="utf-8"))
    for label, name in models:
        if name not in known:
            yield f"docs/glossary.md: no line for the model `{name}` of {label}"


def models_of_the_house() -> list[tuple[str, str]]:
    from tinhso.kernel.modules.descriptor import installed

    return [(room.label, model.__name__) for room in installed() for model in room.get_models()]
