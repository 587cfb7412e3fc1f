"""Every template compiles, what it extends, includes and builds with is there, and its classes have a look.

Django and the components compile a template when it is first shown; here all are compiled at once, so that a broken
tag stops the build and not a page.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path

import django
from django.apps import apps
from django.template import Engine, Origin, Template, TemplateDoesNotExist, TemplateSyntaxError
from django_cotton.cotton_loader import Loader

from tools.classes import undressed

ROOT = Path(__file__).resolve().parents[1]
NAMED = re.compile(r"""\{%\s*(?:extends|include)\s+["']([^"']+)["']""")
COMPONENT = re.compile(r"<c-([a-z][\w.-]*)")
NO_COMPONENTS = {"vars", "slot", "component"}  # the components' own words


def main() -> int:
    django.setup()
    findings = [*check(folders(), Engine.get_default())]
    for finding in findings:
        print(finding)
    return 1 if findings else 0


def folders() -> list[Path]:
    """Where our own templates lie: in the rooms, and in folders that the settings name."""
    rooms = [Path(room.path) / "templates" for room in apps.get_app_configs() if room.name.startswith("tinhso.")]
    return [folder for folder in [*map(Path, Engine.get_default().dirs), *rooms] if folder.is_dir()]


def check(places: list[Path], engine: Engine) -> Iterator[str]:
    """One line for each fault."""
    for folder in places:
        for path in sorted(file for file in folder.rglob("*") if file.is_file()):
            for fault in faults(path, path.relative_to(folder).as_posix(), engine):
                shown = path.relative_to(ROOT) if path.is_relative_to(ROOT) else path
                yield f"{shown}: {fault}"


def faults(path: Path, name: str, engine: Engine) -> Iterator[str]:
    loader = Loader(engine)
    origin = Origin(name=str(path), template_name=name, loader=loader)
    try:
        Template(loader.get_contents(origin), origin, name, engine)
    except (TemplateSyntaxError, ValueError) as fault:
        yield str(fault)
    source = path.read_text(encoding="utf-8")
    parts = set(COMPONENT.findall(source)) - NO_COMPONENTS
    components = {f"cotton/{part.replace('.', '/').replace('-', '_')}.html" for part in parts}
    for wanted in sorted({*NAMED.findall(source), *components}):
        try:
            engine.find_template(wanted)
        except TemplateDoesNotExist:
            yield f"there is no template {wanted}"
        except TemplateSyntaxError:
            continue  # that one is told by itself
    if path.suffix == ".html":
        yield from (f"class {name} is in no stylesheet and no script" for name in undressed(source))


if __name__ == "__main__":
    sys.exit(main())
