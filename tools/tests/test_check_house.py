"""Names, sizes, imports for types, the glossary and the map: each told when it is wrong."""

from __future__ import annotations

from pathlib import Path

import pytest

from tools import check_house, glossary, house_map, names, sizes, type_imports
from tools.sources import Source

WORDS = frozenset({"truck", "gate"})


def source(path: str, text: str = "") -> Source:
    return Source(Path(path), text)


@pytest.mark.parametrize(
    ("path", "text"),
    [
        ("src/tinhso/roof/ioc/pages/helpers.py", ""),
        ("src/tinhso/roof/ioc/utils/text.py", ""),
        ("src/tinhso/roof/ioc/queries.py", "class Manager: pass"),
        ("src/tinhso/roof/ioc/queries.py", "class Tiles:\n    async def data(self): pass"),
    ],
)
def test_a_name_that_says_nothing_is_told(path: str, text: str) -> None:
    assert len([*names.banned_names([source(path, text)])]) == 1


def test_a_word_inside_a_longer_name_is_free() -> None:
    telling = source("src/tinhso/shared/databus/bus.py", "class DataService: pass\ndef find_data_service(): pass")

    assert [*names.banned_names([telling])] == []


@pytest.mark.parametrize(
    "text",
    [
        "class TruckPage: pass",
        "def trucks(): pass",
        "def call(*, gate_id): pass",
        "truck = 1",
        "class Page:\n    def __init__(self): self.gateList = []",
        "for truck in []: pass",
    ],
)
def test_a_business_word_in_the_kernel_is_told(text: str) -> None:
    found = [*names.business_words_in_kernel([source("src/tinhso/kernel/web/tables.py", text)], WORDS)]

    assert len(found) == 1
    assert "into the kernel" in found[0]


def test_business_words_are_free_above_the_kernel_and_in_longer_words() -> None:
    sources = [
        source("src/tinhso/pillars/border/gate/rules/trucks.py", "truck = 1"),
        source("src/tinhso/kernel/web/tables.py", "aggregate = 1\ndef propagate(): pass"),
        source("src/tinhso/kernel/web/tests/test_tables.py", "truck = 1"),
    ]

    assert [*names.business_words_in_kernel(sources, WORDS)] == []


@pytest.mark.parametrize(
    ("importer", "imported", "seen"),
    [
        ("kernel.workflow.flow", "tinhso.kernel.workflow.fire", True),
        ("kernel.workflow.flow", "tinhso.kernel.base.actor", True),
        ("kernel.workflow.flow", "tinhso.kernel.metrics.queries", False),
        ("kernel.workflow.flow", "tinhso.pillars.border.gate.models", False),
        ("pillars.border.gate.actions", "tinhso.shared.signing.contracts", True),
        ("pillars.border.gate.actions", "tinhso.shared.signing.models", False),
        ("pillars.economy.accounts.actions", "tinhso.pillars.economy.shops.facade", True),
        ("pillars.economy.accounts.actions", "tinhso.pillars.border.gate.facade", False),
        ("roof.ioc.queries", "tinhso.pillars.border.gate.facade", False),
        ("shared.signing.models", "tinhso.kernel.identity.models", True),
    ],
)
def test_imports_for_types_stay_behind_the_walls(importer: str, imported: str, seen: bool) -> None:
    text = f"from typing import TYPE_CHECKING\nif TYPE_CHECKING:\n    import {imported}\n"

    found = [*type_imports.type_imports_through_walls([source(f"src/tinhso/{importer.replace('.', '/')}.py", text)])]

    assert (not found) == seen


def test_long_files_and_functions_are_shown() -> None:
    long = source("src/tinhso/roof/ioc/queries.py", "def tiles():\n" + "    x = 1\n" * 450)

    assert [*sizes.long_files([long])] == [
        "src/tinhso/roof/ioc/queries.py: 451 lines, more than 400: make it a package of the same name"
    ]
    assert "tiles has 451 lines" in next(sizes.long_functions([long]))


def test_a_model_needs_a_line_in_the_glossary(tmp_path: Path) -> None:
    words = tmp_path / "glossary.md"
    words.write_text("| lượt xe | trip | `Trip` | |\n`Stray` outside of a table does not count\n", encoding="utf-8")

    found = [*glossary.models_without_a_word([("border_gate", "Trip"), ("border_gate", "Stray")], words)]

    assert found == ["docs/glossary.md: no line for the model `Stray` of border_gate"]


def test_the_map_shows_stale_and_missing_rows(tmp_path: Path) -> None:
    house = tmp_path / "house.md"
    true = house_map.table()
    house.write_text(f"before\n{house_map.BEGIN}\n{true}\n| kernel | `kernel_gone` |\n{house_map.END}\nafter\n")
    assert ["kernel_gone" in line for line in house_map.stale_map(house)] == [True]
    assert [*house_map.missing_rows(house)] == []

    house.write_text(house_map.with_rooms(house.read_text(), "\n".join(true.splitlines()[:-1])))

    assert [*house_map.stale_map(house)] == []
    assert len([*house_map.missing_rows(house)]) == 1
    assert house.read_text().startswith("before\n")
    assert house.read_text().endswith("\nafter\n")


def test_a_room_above_the_kernel_inherits_the_contract() -> None:
    room = "src/tinhso/roof/ioc"
    bare = [source(f"{room}/apps.py"), source("src/tinhso/kernel/web/apps.py")]
    bound = [*bare, source(f"{room}/tests/test_contract.py", "class TestContract(RoomContract): pass")]

    assert len([*check_house.rooms_without_contract(bare)]) == 1
    assert [*check_house.rooms_without_contract(bound)] == []


def test_a_reaction_that_nobody_loads_is_told() -> None:
    reacts = source(
        "src/tinhso/roof/ioc/handlers/tiles.py", "@subscribe(events.CAME, name='tell')\ndef tell(event): ..."
    )

    assert len([*check_house.unheard([reacts], {"tinhso.roof.ioc.handlers"})]) == 1
    assert [*check_house.unheard([reacts], {"tinhso.roof.ioc.handlers.tiles"})] == []
