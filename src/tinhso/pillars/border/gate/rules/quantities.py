"""How much a goods line holds beside its gross weight: quantity with its unit, value with its currency, net weight,
kind of packages.

Units: common codes of UNECE Recommendation 20; packages: Recommendation 21. Currencies: codes of ISO 4217
(tables/currencies.csv).
"""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from functools import cache

from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import table

UNITS = (
    "KGM", "TNE", "GRM", "H87", "PR", "SET", "DZN", "CEN", "MIL", "LTR", "MLT", "MTR", "MTK", "MTQ",
)  # fmt: skip
"""Those that are offered; the recommendation has hundreds."""
PACKAGES = ("CT", "BX", "CR", "BG", "SA", "PX", "BK", "BE", "RO", "CS", "DR", "PK", "NE")
"""Kinds of packages that are offered, of UNECE Recommendation 21; NE: not packed."""
HIGHEST_VALUE = 10**12
HEAVIEST_NET = 200_000
AMOUNT = re.compile(r"[0-9]{1,9}(?:[.,][0-9]{1,2})?")
CENT = Decimal("0.01")


@cache
def currencies() -> frozenset[str]:
    """The codes of ISO 4217 in use."""
    return frozenset(row["code"] for row in table("currencies"))


def quantity(text: str) -> Decimal:
    """An amount with two decimals at most, as 1860 or 12,5. Refusal: BG-620, also for dots between thousands."""
    typed = unicodedata.normalize("NFKC", text[:40]).strip()
    if not AMOUNT.fullmatch(typed) or not (amount := Decimal(typed.replace(",", "."))):
        raise refuse("BG-620", field="quantity", v=text[:24])
    return amount.quantize(CENT)


def unit(text: str) -> str:
    """The code of a unit that is offered. Refusal: BG-621."""
    code = unicodedata.normalize("NFKC", text[:40]).strip().upper()
    if code not in UNITS:
        raise refuse("BG-621", field="unit", v=text[:24], list=", ".join(UNITS))
    return code


def package_kind(text: str) -> str:
    """The code of a kind of packages that is offered. Refusal: BG-626."""
    code = unicodedata.normalize("NFKC", text[:40]).strip().upper()
    if code not in PACKAGES:
        raise refuse("BG-626", field="package_kind", v=text[:24], list=", ".join(PACKAGES))
    return code


def currency(text: str) -> str:
    """The three letters of a currency. Refusal: BG-622."""
    code = unicodedata.normalize("NFKC", text[:40]).strip().upper()
    if code not in currencies():
        raise refuse("BG-622", field="currency", v=text[:24])
    return code


def value(text: str) -> int:
    """The worth of the goods in whole units of its currency. Raises ValueError for what is no such number."""
    return _whole(text, HIGHEST_VALUE)


def net_kg(text: str) -> int:
    """The net weight, whole kg. Raises ValueError for what is no such number."""
    return _whole(text, HEAVIEST_NET)


def must_agree(
    *, quantity: Decimal | None, unit: str, value: int | None, currency: str, net_kg: int | None, gross_kg: int
) -> None:
    """Refuse BG-623 and BG-624 for an amount without its unit or the other way round, BG-625 for a net weight that
    is more than the gross one.
    """
    if (quantity is None) == bool(unit):
        raise refuse("BG-623", field="unit" if unit == "" else "quantity")
    if (value is None) == bool(currency):
        raise refuse("BG-624", field="currency" if currency == "" else "value")
    if net_kg is not None and net_kg > gross_kg:
        raise refuse("BG-625", field="net_kg", a=net_kg, b=gross_kg)


def show_quantity(amount: Decimal | float | None) -> str:
    """As people type it: 1860, 12,5; empty for none."""
    return "" if amount is None else f"{amount:.2f}".rstrip("0").rstrip(".").replace(".", ",")


def _whole(text: str, highest: int) -> int:
    number = int(text)
    if not 0 < number <= highest:
        raise ValueError(text)
    return number
