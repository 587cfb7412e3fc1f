"""Python sources of the house, read once for all checks."""

from __future__ import annotations

import ast
import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import django

ROOT = Path(__file__).resolve().parents[1]


@dataclass(frozen=True)
class Source:
    """One file: where it lies (relative to the repository) and what it says."""

    path: Path
    text: str

    @cached_property
    def tree(self) -> ast.Module:
        return ast.parse(self.text, filename=str(self.path))

    @property
    def is_test(self) -> bool:
        return "tests" in self.path.parts or self.path.name == "conftest.py"

    @property
    def module(self) -> str:
        """Dotted name, for files under src."""
        parts = self.path.with_suffix("").parts
        return ".".join(parts[1:] if parts[0] == "src" else parts).removesuffix(".__init__")


def read(root: Path = ROOT, folders: tuple[str, ...] = ("src", "tools", "tests")) -> list[Source]:
    """Every Python file of the repository's own, migrations left out."""
    return [
        Source(path.relative_to(root), path.read_text(encoding="utf-8"))
        for folder in folders
        for path in sorted((root / folder).rglob("*.py"))
        if "migrations" not in path.parts
    ]


def definitions(tree: ast.AST) -> Iterator[ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef):
            yield node


def start_django() -> None:
    """For checks that ask models and descriptors; no database is needed."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "tinhso.config.settings.dev")
    django.setup()
