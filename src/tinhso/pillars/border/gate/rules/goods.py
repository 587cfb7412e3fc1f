"""Kinds of goods: which controls they need, which papers, whether they spoil.

By group, our own rule of thumb and not a legal list: an administrator may edit the rows that are made of it.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache

from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import Row, table

PLANT, ANIMAL, PERISHABLE = "PLANT_Q", "ANIMAL_Q", "PERISHABLE"
FLAGS = {
    "FRUIT": frozenset({PLANT, PERISHABLE}),
    "VEG": frozenset({PLANT, PERISHABLE}),
    "FLOWER": frozenset({PLANT, PERISHABLE}),
    "AGRI": frozenset({PLANT}),
    "WOOD": frozenset({PLANT}),
    "AQUA": frozenset({ANIMAL, PERISHABLE}),
}
GROUPS = (
    "FRUIT",
    "VEG",
    "AQUA",
    "AGRI",
    "WOOD",
    "ELECTRONICS",
    "TEXTILE",
    "FLOWER",
    "MINERAL",
    "NEW_VEHICLE",
    "FERTILISER",
    "OTHER",
    "EMPTY",
)
# By chapter of HS 2022, for goods outside the usual list: who types another code does not go past quarantine.
ANIMAL_CHAPTERS = ("01", "02", "03", "04", "05", "41", "43")
GROUP_OF_CHAPTER = {
    **dict.fromkeys(ANIMAL_CHAPTERS, "AQUA"),
    "06": "FLOWER",
    "07": "VEG",
    "08": "FRUIT",
    **dict.fromkeys(("09", "10", "11", "12", "14"), "AGRI"),
    **dict.fromkeys(("25", "26"), "MINERAL"),
    "31": "FERTILISER",
    "44": "WOOD",
    **dict.fromkeys((str(chapter) for chapter in range(50, 64)), "TEXTILE"),
    "85": "ELECTRONICS",
}
# Nuts, and vegetables and fruit that are frozen, preserved or dried: plants, but not fresh.
NOT_FRESH = frozenset({"0710", "0711", "0712", "0713", "0801", "0802", "0811", "0812", "0813"})
FARM_GROUPS = frozenset({"FRUIT", "VEG", "AQUA", "AGRI", "FLOWER"})


@dataclass(frozen=True, slots=True)
class Line:
    """What the rules need to know of a goods line."""

    hs6: str
    group: str
    growing_areas: tuple[str, ...] = ()
    packing_houses: tuple[str, ...] = ()
    certificate_no: str = ""
    owner: str = ""


def fresh_of_quarantines() -> tuple[tuple[str, str], ...]:
    """Which quarantine says of which groups that they are fresh: kind of check and goods group."""
    return tuple(
        (kind, group) for kind in (PLANT, ANIMAL) for group, flags in FLAGS.items() if {kind, PERISHABLE} <= flags
    )


@cache
def by_code() -> dict[str, Row]:
    """The usual goods of the border by HS code, with Vietnamese names."""
    return {row["hs6"]: row for row in table("border_goods")}


def group_of(code: str) -> str:
    """The group of an HS code of six digits or more: as the usual list says, else by its chapter."""
    if code[:6] in by_code():
        return by_code()[code[:6]]["group"]
    return "AGRI" if code[:4] in NOT_FRESH else GROUP_OF_CHAPTER.get(code[:2], "OTHER")


def flags_of(group: str) -> frozenset[str]:
    """PLANT_Q, ANIMAL_Q, PERISHABLE, as far as the group has them."""
    return FLAGS.get(group, frozenset())


def flags_of_all(lines: Iterable[Line]) -> frozenset[str]:
    """The flags of all lines together."""
    return frozenset().union(*(flags_of(line.group) for line in lines))


def papers_missing(line: Line, *, direction: str) -> tuple[str, ...]:
    """Which papers the line lacks: GROWING_AREA and PACKING_HOUSE (fresh fruit and chillies for export),
    CERTIFICATE (plant or animal quarantine). `direction` is X for export, N for import.
    """
    needed = by_code().get(line.hs6, {}).get("paper_needed", "")
    registered = direction == "X" and (line.group == "FRUIT" or needed == "GACC_PUC_PHC")
    certified = needed in {"PHYTO", "ANIMAL_CERT"} or line.group in {"AQUA", "WOOD"}
    wanted = (
        ("GROWING_AREA", registered and not line.growing_areas),
        ("PACKING_HOUSE", registered and not line.packing_houses),
        ("CERTIFICATE", certified and not line.certificate_no),
    )
    return tuple(name for name, lacks in wanted if lacks)


def must_be_registered(lines: Iterable[Line], *, direction: str) -> None:
    """Refuse BG-018 when fresh fruit for export names no growing area or no packing house."""
    for number, line in enumerate(lines, start=1):
        if {"GROWING_AREA", "PACKING_HOUSE"} & set(papers_missing(line, direction=direction)):
            raise refuse("BG-018", field=f"lines.{number}", line=number)


def must_not_be_mixed(lines: Iterable[Line], *, two_way: bool) -> None:
    """Refuse BG-017 when a two-way truck carries farm goods and more than one item or owner."""
    carried = list(lines)
    kinds = {(line.hs6, line.owner) for line in carried}
    if two_way and len(kinds) > 1 and any(line.group in FARM_GROUPS for line in carried):
        raise refuse("BG-017", field="lines")
