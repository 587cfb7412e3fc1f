"""Kinds of goods: which controls they need, which papers, whether they spoil.

Rows of the rulebook say it by the beginning of an HS code (first ones: tables/border_goods.csv, goods_chapters.csv):
our own rule of thumb and not a legal list. Of several that fit, the longest beginning speaks.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache

from tinhso.kernel.base.bilingual import Bilingual
from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import Row, table, words

PLANT, ANIMAL, PERISHABLE = "PLANT_Q", "ANIMAL_Q", "PERISHABLE"
FLAGS = (PLANT, ANIMAL, PERISHABLE)
REGISTERED, PHYTO, ANIMAL_CERT, LICENCE = "GACC_PUC_PHC", "PHYTO", "ANIMAL_CERT", "EXPORT_LICENCE"
PAPERS = (REGISTERED, PHYTO, ANIMAL_CERT, LICENCE)
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
OTHER = "OTHER"
# Whose goods may be claimed as fresh, by the quarantine that may find that they are not (steps of the checks).
FRESH_GROUPS = {PLANT: ("FRUIT", "VEG", "FLOWER"), ANIMAL: ("AQUA",)}
FARM_GROUPS = frozenset({"FRUIT", "VEG", "AQUA", "AGRI", "FLOWER"})
LISTED = 6
"""Digits of a code that names one kind of goods; shorter ones stand for all goods that begin with them."""


@dataclass(frozen=True, slots=True)
class Kind:
    """Goods whose HS code begins with `code`. `directions`: X export, N import; `season`: months, for orientation."""

    code: str
    group: str
    flags: frozenset[str] = frozenset()
    papers: frozenset[str] = frozenset()
    name_vi: str = ""
    name_en: str = ""
    name_zh: str = ""
    directions: str = ""
    season: str = ""

    @property
    def name(self) -> Bilingual:
        return Bilingual(self.name_vi, self.name_en, self.name_zh)


@dataclass(frozen=True, slots=True)
class GoodsList:
    """The kinds of goods that hold on one day."""

    kinds: dict[str, Kind]

    def kind(self, code: str) -> Kind | None:
        """The kind of an HS code: the row with the longest beginning of it."""
        found = (self.kinds.get(code[:digits]) for digits in range(min(len(code), 8), 1, -1))
        return next((kind for kind in found if kind is not None), None)

    def group(self, code: str) -> str:
        """The goods group of an HS code."""
        kind = self.kind(code)
        return kind.group if kind else OTHER

    def flags(self, code: str) -> frozenset[str]:
        """PLANT_Q, ANIMAL_Q, PERISHABLE, as far as goods of that code have them."""
        kind = self.kind(code)
        return kind.flags if kind else frozenset()

    def papers(self, code: str) -> frozenset[str]:
        """The papers that goods of that code need."""
        kind = self.kind(code)
        return kind.papers if kind else frozenset()

    def usual(self) -> tuple[Kind, ...]:
        """The usual goods of the border: what forms offer by name."""
        listed = [kind for kind in self.kinds.values() if len(kind.code) >= LISTED]
        return tuple(sorted(listed, key=lambda kind: (kind.group, kind.code)))


@dataclass(frozen=True, slots=True)
class Line:
    """What the rules need to know of a goods line; `flags` and `papers` as the goods list of the trip's day says."""

    hs6: str
    group: str
    growing_areas: tuple[str, ...] = ()
    packing_houses: tuple[str, ...] = ()
    certificate_no: str = ""
    owner: str = ""
    flags: frozenset[str] = field(default=frozenset())
    papers: frozenset[str] = field(default=frozenset())


def fresh_of_quarantines() -> tuple[tuple[str, str], ...]:
    """Which quarantine says of which groups that they are fresh: kind of check and goods group."""
    return tuple((kind, group) for kind, groups in FRESH_GROUPS.items() for group in groups)


@cache
def first_list() -> GoodsList:
    """The goods of the room's own tables: the first rows, and what holds where no row does."""
    usual = [kind_of(row["hs6"], row) for row in table("border_goods")]
    return GoodsList({kind.code: kind for kind in (*usual, *(kind_of(row["code"], row) for row in _chapters()))})


def kind_of(code: str, row: Row) -> Kind:
    """A row of one of the two tables."""
    return Kind(
        code=code,
        group=row["group"],
        flags=frozenset(words(row["flags"])),
        papers=frozenset(words(row["papers"])),
        name_vi=row["name_vi"],
        name_en=row["name_en"],
        name_zh=row.get("name_zh", ""),
        directions=row.get("directions", "XN"),
        season=row.get("season_months", ""),
    )


def _chapters() -> tuple[Row, ...]:
    return table("goods_chapters")


@cache
def typical(group: str) -> str:
    """The HS code of the first usual goods of a group; empty for a group without any."""
    return next((row["hs6"] for row in table("border_goods") if row["group"] == group), "")


def papers_missing(line: Line, *, direction: str) -> tuple[str, ...]:
    """Which papers the line lacks: GROWING_AREA and PACKING_HOUSE (what China registers, for export),
    CERTIFICATE (plant or animal quarantine). `direction` is X for export, N for import.
    """
    registered = direction == "X" and REGISTERED in line.papers
    certified = bool({PHYTO, ANIMAL_CERT} & line.papers)
    wanted = (
        ("GROWING_AREA", registered and not line.growing_areas),
        ("PACKING_HOUSE", registered and not line.packing_houses),
        ("CERTIFICATE", certified and not line.certificate_no),
    )
    return tuple(name for name, lacks in wanted if lacks)


def must_be_registered(lines: Iterable[Line], *, direction: str) -> None:
    """Refuse BG-018 when goods for export that China registers name no growing area or no packing house."""
    for number, line in enumerate(lines, start=1):
        if {"GROWING_AREA", "PACKING_HOUSE"} & set(papers_missing(line, direction=direction)):
            raise refuse("BG-018", field=f"lines.{number}", line=number)


def must_not_be_mixed(lines: Iterable[Line], *, two_way: bool) -> None:
    """What a two-way truck carries in one direction: goods of one owner, and of farm goods one item (border brief 4).

    Refusals: BG-017 where farm goods are among them, BG-695 for two owners of other goods.
    """
    carried = list(lines)
    kinds = {(line.hs6, line.owner) for line in carried}
    if two_way and len(kinds) > 1 and any(line.group in FARM_GROUPS for line in carried):
        raise refuse("BG-017", field="lines")
    if two_way and len({line.owner for line in carried}) > 1:
        raise refuse("BG-695", field="lines")
