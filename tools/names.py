"""Names: none that says nothing, and no business word in the kernel."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

from tools.sources import Source, definitions

BANNED = frozenset(
    {
        "utils",
        "util",
        "helpers",
        "helper",
        "common",
        "misc",
        "manager",
        "service",
        "services",
        "processor",
        "data",
        "info",
        "do_it",
        "doit",
    }
)
WORDS = Path(__file__).with_name("kernel_words.txt")
PART = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+")


def banned_names(sources: list[Source]) -> Iterator[str]:
    """Files, folders, classes and functions whose whole name is a drawer's label."""
    for place in sorted({part for source in sources for part in [source.path, *source.path.parents]}):
        if place.stem.lower() in BANNED:
            yield f"{place}: the name {place.stem!r} says nothing"
    for source in sources:
        for node in definitions(source.tree):
            if node.name.strip("_").lower() in BANNED:
                yield f"{source.path}:{node.lineno}: the name {node.name!r} says nothing"


def business_words_in_kernel(sources: list[Source], words: frozenset[str] | None = None) -> Iterator[str]:
    """Parts of names in the kernel that belong to the modules above."""
    words = kernel_words() if words is None else words
    for source in sources:
        if source.module.startswith("tinhso.kernel.") and not source.is_test:
            for line, name in [(1, source.path.stem), *names_in(source.tree)]:
                for word in sorted(words.intersection(parts(name))):
                    yield f"{source.path}:{line}: {name!r} brings the business word {word!r} into the kernel"


def kernel_words() -> frozenset[str]:
    lines = WORDS.read_text(encoding="utf-8").splitlines()
    return frozenset(line for line in lines if line and not line.startswith("#"))


def parts(name: str) -> set[str]:
    """Words of a name in the singular: `parse_truckPlates` holds parse, truck and plate."""
    words = {word.lower() for word in PART.findall(name)}
    return words | {word.removesuffix("s") for word in words}


def names_in(tree: ast.AST) -> Iterator[tuple[int, str]]:
    """Names that a file makes: classes, functions, arguments, variables, attributes."""
    for node in ast.walk(tree):
        match node:
            case ast.ClassDef() | ast.FunctionDef() | ast.AsyncFunctionDef():
                yield node.lineno, node.name
            case ast.arg():
                yield node.lineno, node.arg
            case ast.Name(ctx=ast.Store()):
                yield node.lineno, node.id
            case ast.Attribute(ctx=ast.Store()):
                yield node.lineno, node.attr
