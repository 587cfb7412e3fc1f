"""The fields of goods: each column of the lines, lines as a whole, a vehicle's part of them, goods of the way back.

Their values are told by the line's number. A line taken out is told as null, a new one with all its words under a
number that no line has.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Any

from tinhso.pillars.border.gate.actions.declared import LINE_FIELDS, WORDS, Declared, is_held
from tinhso.pillars.border.gate.models import Declaration, GoodsLine
from tinhso.pillars.border.gate.queries.law import goods_today, law_on
from tinhso.pillars.border.gate.queries.problems import rule_line
from tinhso.pillars.border.gate.rules import goods, hs, particulars, quantities
from tinhso.pillars.border.gate.rules.codes import refuse

# Fee, quarantine, notices and class rest on the group: nobody gives it, it follows from the HS code.
FOLLOWS = frozenset({"group"})
READ: dict[str, tuple[Callable[[str], Any], Any]] = {
    "temperature_c": (particulars.temperature, None),
    "dangerous_un_no": (particulars.un_number, ""),
    "quantity": (quantities.quantity, None),
    "unit": (quantities.unit, ""),
    "value": (quantities.value, None),
    "currency": (quantities.currency, ""),
    "net_kg": (quantities.net_kg, None),
    "package_kind": (quantities.package_kind, ""),
}
"""Words that a rule reads, and what stands where none are told."""
Told = Mapping[str, Mapping[str, Any] | None]


def columns_seen(field: str) -> Callable[[Declared], dict[str, Any]]:
    """How the columns of that field are read, by line."""
    names = LINE_FIELDS[field]
    return lambda own: {str(line.number): _words(line, names) for line in own.lines}


def put_columns(field: str) -> Callable[[Declared, Mapping[str, Mapping[str, Any]]], None]:
    """How they are written. The part of a vehicle that carries all of a line follows the line."""
    names = LINE_FIELDS[field]

    def put(own: Declared, value: Mapping[str, Mapping[str, Any]]) -> None:
        by_number = {str(line.number): line for line in own.lines}
        whole = {line.number for line, kg, _packages in own.carried() if own.shares and kg == line.gross_kg}
        for number, new in value.items():
            _say(by_number[str(number)], new, names)
        for line in own.lines:
            if own.shares is not None and line.number in whole:
                own.shares[line.number] = (line.gross_kg, line.packages)
        own.tell_trip()

    return put


def lines_seen(own: Declared) -> dict[str, Any]:
    """All lines with all that is said of them."""
    return {str(line.number): _words(line, WORDS) for line in own.lines}


def put_lines(own: Declared, value: Told) -> None:
    """Lines taken out and added; a line that stays is changed by its own fields.

    Refusals: BG-490 for a line that another vehicle carries too, BG-491 when nothing would be left on the vehicle.
    """
    standing = {str(line.number): line for line in own.lines}
    if not standing or any(new is not None and number in standing for number, new in value.items()):
        raise ValueError(value)
    for number, new in value.items():
        if new is None:
            _take_out(own, standing[number])
        else:
            line = _new_line(own.trip.declaration, int(number), new, own.lines[0].origin if own.lines else "VN")
            own.lines.append(line)
            if own.shares is not None:
                own.shares[line.number] = (line.gross_kg, line.packages)
    if not own.lines:
        raise refuse("BG-491", field="lines")
    own.tell_trip()


def share_seen(own: Declared) -> dict[str, Any]:
    """Kg and packages of each line that the vehicle carries."""
    return {str(line.number): {"kg": kg, "packages": packages} for line, kg, packages in own.carried()}


def put_share(own: Declared, value: Mapping[str, Mapping[str, Any]]) -> None:
    """Another part of the lines; what is not told stays. Refusal: BG-491 for a vehicle that would carry nothing."""
    numbers = {str(line.number) for line in own.lines}
    shares = {line.number: (kg, packages) for line, kg, packages in own.carried()}
    for number, told in value.items():
        kg, packages = int(told["kg"]), int(told.get("packages") or 0)
        if number not in numbers or kg < 0 or packages < 0:
            raise ValueError(value)
        shares[int(number)] = (kg, packages)
    own.shares = {number: told for number, told in shares.items() if told[0]}
    own.tell_trip()


def back_seen(own: Declared) -> dict[str, Any]:
    """The goods of the way back with all that is said of them."""
    return {str(line.number): _words(line, WORDS) for line in own.back}


def put_back(own: Declared, value: Told) -> None:
    """Lines of the way back changed, added or taken out, while the vehicle has not come back.

    Refusals: BG-294 where none are declared, BG-491 when none would be left, BG-017 for mixed farm goods.
    """
    if own.trip.back is None:
        raise refuse("BG-294")
    standing = {str(line.number): line for line in own.back}
    for number, new in value.items():
        if new is None:
            own.back.remove(standing[number])
        elif number in standing:
            _say(standing[number], new, WORDS)
        else:
            own.back.append(_new_line(own.trip.back, int(number), new, "CN"))
    if not own.back:
        raise refuse("BG-491", field="back")
    if any(line.gross_kg <= 0 for line in own.back):
        raise refuse("BG-009", field="back", v=min(line.gross_kg for line in own.back), max="…")
    listed = law_on(own.trip.back.planned_on).goods
    goods.must_not_be_mixed([rule_line(line, listed) for line in own.back], two_way=True)


def as_json(value: Any) -> Any:
    """A stored value as JSON can hold it: degrees and quantities are the numbers with a fraction."""
    return float(value) if isinstance(value, Decimal) else value


def _words(line: GoodsLine, names: tuple[str, ...]) -> dict[str, Any]:
    return {name: as_json(getattr(line, name)) for name in names}


def _say(line: GoodsLine, new: Mapping[str, Any], names: tuple[str, ...]) -> None:
    for name in new.keys() & (set(names) - FOLLOWS):
        setattr(line, name, _read(name, new[name]))
    if "hs6" in new.keys() & set(names):
        line.hs6 = hs.read(str(new["hs6"]))
        line.group = goods_today().group(line.hs6)


def _read(name: str, told: Any) -> Any:
    if name not in READ:
        return told
    rule, nothing = READ[name]
    return nothing if told in (None, "") else rule(str(told))


def _new_line(declaration: Declaration, number: int, told: Mapping[str, Any], origin: str) -> GoodsLine:
    """Raises KeyError or ValueError for a line that is not told whole. Refusals: those of the HS code, BG-009."""
    title, kg, packages = str(told["title"]).strip(), int(told["gross_kg"]), int(told.get("packages") or 0)
    if not 0 < number < 100 or not title or packages < 0:
        raise ValueError(told)
    if kg <= 0:
        raise refuse("BG-009", field="lines", v=kg, max="…")
    line = GoodsLine(declaration=declaration, number=number, title=title[:160], gross_kg=kg, packages=packages)
    line.origin = str(told.get("origin") or origin)[:2].upper()
    line.growing_areas, line.packing_houses = list(told.get("growing_areas", ())), list(told.get("packing_houses", ()))
    line.certificate_no = str(told.get("certificate_no") or "").strip()[:40]
    _say(line, {"hs6": told["hs6"], **{name: told[name] for name in READ if name in told}}, WORDS)
    return line


def _take_out(own: Declared, line: GoodsLine) -> None:
    if is_held(own, line):
        raise refuse("BG-490", field="lines", n=line.number, goods=line.title)
    own.lines.remove(line)
    if own.shares is not None:
        own.shares.pop(line.number, None)
