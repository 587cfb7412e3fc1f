"""Which trips are chosen for a check by risk: rows of the rulebook (first ones: tables/risk_rules.csv).

A rule names goods (by group or by the beginning of their HS code; nothing named means any), how often the firm came
undeclared lately at least, and of how many in a hundred such trips the check is made. A sample of the plant quarantine
is drawn in the same way (first rows: tables/sample_rules.csv).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass

from tinhso.kernel.base.bilingual import Bilingual

MARKET, INSPECT = "MARKET", "INSPECT"
"""What a rule chooses for: market surveillance, or an inspection of the goods by customs."""
GoodsOf = tuple[str, str]
"""Goods group and HS code of a line."""


@dataclass(frozen=True, slots=True)
class Risk:
    """A row of the table. `share`: of a hundred trips that fit; `undeclared`: arrivals of the firm, at least."""

    code: str
    chooses: str
    groups: frozenset[str] = frozenset()
    hs_prefixes: tuple[str, ...] = ()
    undeclared: int = 0
    share: int = 0

    def fits(self, lines: Iterable[GoodsOf], undeclared: int) -> bool:
        """Whether one of the lines is of the goods it names, and the firm came undeclared so often."""
        return undeclared >= self.undeclared and any(self._names(group, hs) for group, hs in lines)

    def _names(self, group: str, hs: str) -> bool:
        if not self.groups and not self.hs_prefixes:
            return True
        return group in self.groups or hs.startswith(self.hs_prefixes)


@dataclass(frozen=True, slots=True)
class Sample:
    """A row of the plant quarantine's samples: of goods in that direction so many in a hundred trips."""

    code: str
    direction: str
    hs_prefixes: tuple[str, ...]
    share: int
    title: Bilingual

    def fits(self, direction: str, lines: Iterable[GoodsOf]) -> bool:
        """Whether one of the lines is of the goods it names, in its direction."""
        return direction == self.direction and any(hs.startswith(self.hs_prefixes) for _group, hs in lines)


def chosen(
    rules: Iterable[Risk], lines: Sequence[GoodsOf], undeclared: int, lot: Callable[[str], int]
) -> frozenset[str]:
    """What a trip is chosen for. `lot`: the trip's number from 0 to 99 under the rule of that code, always the same."""
    return frozenset(rule.chooses for rule in rules if lot(rule.code) < rule.share and rule.fits(lines, undeclared))
