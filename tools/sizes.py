"""Sizes: signals to look, not gates."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.sources import Source, definitions

FILE, TEST_FILE, FUNCTION, README = 400, 600, 40, 60


def long_files(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        limit = TEST_FILE if source.is_test else FILE
        lines = source.text.count("\n")
        if lines > limit:
            yield f"{source.path}: {lines} lines, more than {limit}: make it a package of the same name"


def long_functions(sources: list[Source]) -> Iterator[str]:
    for source in sources:
        for node in definitions(source.tree):
            if isinstance(node, ast.ClassDef):
                continue
            lines = (node.end_lineno or node.lineno) - node.lineno + 1
            if lines > FUNCTION:
                yield f"{source.path}:{node.lineno}: {node.name} has {lines} lines, more than {FUNCTION}"
