"""Walls that import-linter's own contract types cannot express."""

from __future__ import annotations

import ast
from dataclasses import dataclass

from grimp import ImportGraph
from importlinter import Contract, ContractCheck, fields, output
from importlinter.domain.helpers import module_expressions_to_modules


@dataclass(frozen=True, order=True)
class Breach:
    """One import that goes through a wall."""

    importer: str
    line: int
    imported: str


class _Wall(Contract):
    """A contract that reports each breach on one line."""

    def report(self, breaches: set[Breach]) -> ContractCheck:
        return ContractCheck(kept=not breaches, metadata={"breaches": sorted(breaches)})

    def render_broken_contract(self, check: ContractCheck) -> None:
        for breach in check.metadata["breaches"]:
            output.print_error(f"- {breach.importer}:{breach.line} imports {breach.imported}", bold=False)
        output.new_line()


class DoorsOnly(_Wall):
    """Whoever is outside one of `modules` may import of it nothing but its `doors`."""

    type_name = "doors_only"
    modules = fields.SetField(subfield=fields.ModuleExpressionField())
    doors = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        breaches: set[Breach] = set()
        for room in module_expressions_to_modules(graph, self.modules):
            breaches |= self._breaches_of(graph, room.name)
        return self.report(breaches)

    def _breaches_of(self, graph: ImportGraph, room: str) -> set[Breach]:
        inside = {room, *graph.find_descendants(room)}
        return {
            Breach(importer, detail["line_number"], imported)
            for imported in inside
            if not self._is_door(imported, room)
            for importer in graph.find_modules_that_directly_import(imported) - inside
            for detail in graph.get_import_details(importer=importer, imported=imported)
        }

    def _is_door(self, module: str, room: str) -> bool:
        return any(module == f"{room}.{door}" or module.startswith(f"{room}.{door}.") for door in self.doors)


class Without(_Wall):
    """`modules` and what lies in them do not themselves import `packages`, which may be parts of outside packages.

    The import graph knows outside packages only by their first name; the line of the import says the rest.
    """

    type_name = "without"
    modules = fields.SetField(subfield=fields.ModuleExpressionField())
    packages = fields.SetField(subfield=fields.StringField())

    def check(self, graph: ImportGraph, verbose: bool) -> ContractCheck:
        walled = {module.name for module in module_expressions_to_modules(graph, self.modules, as_packages=True)}
        return self.report(
            {
                Breach(importer, detail["line_number"], name)
                for importer in walled
                for outside in {package.partition(".")[0] for package in self.packages}
                if outside in graph.modules
                for detail in graph.get_import_details(importer=importer, imported=outside)
                for name in imported_names(detail["line_contents"])
                if any(name == package or name.startswith(f"{package}.") for package in self.packages)
            }
        )


def imported_names(line: str) -> list[str]:
    """Dotted names that one line of import brings in; the first line of a longer one is enough."""
    text = line.split("#")[0].strip().removesuffix("(").removesuffix("\\").strip()
    if text.endswith("import"):
        return [text.split()[1]]
    names: list[str] = []
    for node in ast.walk(ast.parse(text.rstrip(","))):
        if isinstance(node, ast.ImportFrom):
            names += [f"{node.module}.{alias.name}" for alias in node.names]
        elif isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
    return names
