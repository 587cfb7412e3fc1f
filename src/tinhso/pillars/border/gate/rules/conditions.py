"""When a check is needed, as data: terms of a closed vocabulary over the facts of a trip.

A condition is a list of alternatives; each alternative joins terms with `&`, and `!` before a term denies it:

    loaded & flag:PLANT_Q        foreign_vehicle        driver & enters & !type:AGV

Terms with a value: `flag:` a control that the goods need, `group:` a goods group, `type:` a trip type, `stage:`
where the goods are checked. `always` is true.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

PLAIN = (
    "always",
    "loaded",
    "enters",
    "leaves",
    "driver",
    "foreign_vehicle",
    "beyond_zone",
    "medical_control",
    "red_channel",
    "inspect",
    "tax_flag",
    "market_risk",
    "chargeable",
)
VALUED = ("flag", "group", "type", "stage")


class Unreadable(ValueError):
    """A condition that uses a word the vocabulary does not know; its text is that word."""


def holds(alternatives: Iterable[str], facts: Mapping[str, Collection[str] | bool]) -> bool:
    """Whether one of the alternatives is true of the facts. Raises Unreadable."""
    return any(all(_true(term, facts) for term in terms(one)) for one in alternatives)


def terms(alternative: str) -> list[str]:
    """The terms of an alternative. Raises Unreadable for one without any."""
    found = [term.strip() for term in alternative.split("&")]
    if not all(found):
        raise Unreadable(alternative or "&")
    return found


def check(alternatives: Iterable[str], known: Mapping[str, Collection[str]]) -> None:
    """Raise Unreadable for the first word that is not known; `known` lists the values of valued terms."""
    for alternative in alternatives:
        for term in terms(alternative):
            name, _, value = term.removeprefix("!").partition(":")
            if not (name in PLAIN and not value) and not (name in VALUED and value in known[name]):
                raise Unreadable(term)


def _true(term: str, facts: Mapping[str, Collection[str] | bool]) -> bool:
    name, _, value = term.removeprefix("!").partition(":")
    if name == "always":
        found = True
    elif name not in facts:
        raise Unreadable(term)
    else:
        fact = facts[name]
        found = fact if isinstance(fact, bool) else value in fact
    return found is not term.startswith("!")
