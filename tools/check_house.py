"""What stands in no import graph and no database: names, sizes, the glossary and the map of the house.

One line for each finding. Signals (a file that grew too long) are told and do not fail.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Collection, Iterator

from tinhso.kernel.modules.discovery import room_of
from tools import glossary, house_map, names, sizes, type_imports
from tools.sources import Source, read, start_django

DECLARES = re.compile(r"^@(?:subscribe|every|metric)\(|^\w+ = notice\(", re.MULTILINE)


def main() -> int:
    start_django()
    sources = read()
    for signal in signals(sources):
        print(f"look: {signal}")
    found = [*findings(sources)]
    for finding in found:
        print(finding)
    return 1 if found else 0


def findings(sources: list[Source]) -> Iterator[str]:
    """What must be mended before a change is taken in."""
    yield from names.banned_names(sources)
    yield from names.business_words_in_kernel(sources)
    yield from type_imports.type_imports_through_walls(sources)
    yield from rooms_without_contract(sources)
    yield from unheard(sources, sys.modules)
    yield from glossary.models_without_a_word(glossary.models_of_the_house())
    yield from house_map.stale_map()


def rooms_without_contract(sources: list[Source]) -> Iterator[str]:
    """Rooms above the kernel that do not inherit what all rooms promise."""
    inherit = {room_of(source.module) for source in sources if source.is_test and "(RoomContract)" in source.text}
    for source in sources:
        room = source.module.removesuffix(".apps")
        if source.path.name == "apps.py" and not room.startswith("tinhso.kernel.") and room not in inherit:
            yield f"{source.path.parent}/tests/test_contract.py: the room does not inherit RoomContract"


def unheard(sources: list[Source], loaded: Collection[str]) -> Iterator[str]:
    """Reactions, periodic work, figures and notices in modules that nobody loads at the start: they never happen."""
    for source in sources:
        if not source.is_test and source.module not in loaded and DECLARES.search(source.text):
            yield f"{source.path}: nothing loads this at the start; name it in its package's __init__.py"


def signals(sources: list[Source]) -> Iterator[str]:
    """What is worth a look."""
    yield from sizes.long_files(sources)
    yield from sizes.long_functions(sources)
    yield from house_map.missing_rows()


if __name__ == "__main__":
    sys.exit(main())
