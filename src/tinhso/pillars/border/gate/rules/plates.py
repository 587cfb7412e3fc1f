"""Number plates of Viet Nam and China: one normal form to compare, one to show.

Series, areas and letters: tables/plate_areas.csv (recalled) and the vehicle plate standard GA 36-2018 of China.
A plate of neither shape (army, diplomatic, temporary, Lao, Thai) is special: only an officer may accept it,
with a photo, and it is never taken silently.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata
from dataclasses import dataclass

from tinhso.pillars.border.gate.rules.codes import refuse
from tinhso.pillars.border.gate.rules.tables import table

# Cyrillic and Greek capitals that look like Latin ones, and Eth, which looks like Đ.
LOOK_ALIKES = str.maketrans("АВЕКМНОРСТУХІЅЈΑΒΕΖΗΙΚΜΝΟΡΤΥΧÐ", "ABEKMHOPCTYXISJABEZHIKMNOPTYXĐ")
SEPARATORS = re.compile(r"[\s.\-–—_·•・‧∙⋅]+")

AREAS = frozenset(row["area"] for row in table("plate_areas"))
VIETNAM = re.compile(
    r"(?P<area>[0-9]{2})(?P<series>[ABCDEFGHKLMNPRSTUVXYZ]|LD|DA|KT|RM|HC|CD|MK|MĐ|TĐ)(?P<digits>[0-9]{4,5})"
)
TRAILER_SERIES = frozenset({"R", "RM"})

PROVINCES = "京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼"
LETTER = "A-HJ-NP-Z"
CHINA = re.compile(
    rf"[{PROVINCES}][{LETTER}]"
    rf"(?:[{LETTER}0-9]{{5}}|(?P<trailer>[{LETTER}0-9]{{4}}挂)|[A-HJK][{LETTER}0-9][0-9]{{4}}|[0-9]{{5}}[A-HJK])"
)
SPECIAL = (
    ("diplomatic", re.compile(r"[0-9]{2}[0-9]{3}(?:NG|QT|NN|CV)[0-9]{2}")),
    ("temporary", re.compile(r"T[0-9]{2}[0-9]{5,6}|[0-9]{2}T[0-9]{6}")),
    ("army", re.compile(r"[A-Z]{2}[0-9]{4}")),
    ("china_special", re.compile(rf"[{PROVINCES}][{LETTER}][{LETTER}0-9]{{4}}[警学港澳使领]")),
    ("lao", re.compile(r"[\u0e80-\u0eff]{1,8}[0-9]{1,4}")),
    ("thai", re.compile(r"[0-9]?[\u0e00-\u0e7f]{1,8}[0-9]{1,4}")),
)
VIN = re.compile(r"[A-HJ-NPR-Z0-9]{17}")
LONGEST = 24


@dataclass(frozen=True, slots=True)
class Plate:
    """A plate that was read: `norm` is what is stored and compared, `shown` what people see."""

    country: str
    norm: str
    shown: str
    is_trailer: bool = False
    special: str = ""

    @property
    def hash8(self) -> bytes:
        """Eight bytes by which a QR code is tied to this plate; not a secret."""
        return hashlib.sha256(b"plate:" + self.norm.encode()).digest()[:8]


def normalise(text: str) -> str:
    """Upper case without separators; full-width digits, look-alike letters and đ brought to the plain ones."""
    plain = unicodedata.normalize("NFKC", text[: 4 * LONGEST]).upper().translate(LOOK_ALIKES)
    return SEPARATORS.sub("", plain)


def read(text: str) -> Plate:
    """The plate written in `text`.

    Refusals: BG-001 when it is no plate, BG-101 when it is a special one (see `read_special`).
    """
    norm = normalise(text)
    if plate := _vietnamese(norm) or _chinese(norm):
        return plate
    if kind := special_kind(norm):
        raise refuse("BG-101", field="plate", v=text[:LONGEST], special=kind)
    raise refuse("BG-001", field="plate", v=text[:LONGEST])


def read_tractor(text: str) -> Plate:
    """The plate of a vehicle that drives. Refusals: BG-001, BG-101, and BG-002 for a trailer's plate."""
    plate = read(text)
    if plate.is_trailer:
        raise refuse("BG-002", field="tractor", v=plate.shown)
    return plate


def read_special(text: str) -> Plate:
    """Any plate, as an officer accepts it with the tick "special plate" and a photo. Refusal: BG-001 when empty."""
    norm = normalise(text)
    if not 3 <= len(norm) <= LONGEST or not norm.isalnum():
        raise refuse("BG-001", field="plate", v=text[:LONGEST])
    ordinary = _vietnamese(norm) or _chinese(norm)
    return ordinary or Plate("XX", norm, norm, special=special_kind(norm) or "other")


def read_seen(text: str) -> Plate:
    """What stands on a vehicle before a barrier: a plate, or the temporary plate or VIN of a new vehicle.

    Refusals: BG-001, BG-101.
    """
    norm = normalise(text)
    if VIN.fullmatch(norm):
        return Plate("XX", norm, norm, special="vin")
    return Plate("XX", norm, norm, special="temporary") if special_kind(norm) == "temporary" else read(text)


def special_kind(norm: str) -> str:
    """diplomatic, temporary, army, china_special, lao, thai; empty when the normalised plate is none of them."""
    return next((kind for kind, pattern in SPECIAL if pattern.fullmatch(norm)), "")


def show(norm: str) -> str:
    """How people write a stored plate: 12C-123.45, 桂F·12345; one that is not known is shown as it is."""
    plate = _vietnamese(norm) or _chinese(norm)
    return plate.shown if plate else norm


def is_near(one: str, other: str) -> bool:
    """Whether two plates in normal form differ by one slip: a character wrong, missing, too much, or two swapped."""
    if one == other or abs(len(one) - len(other)) > 1:
        return False
    if len(one) == len(other):
        at = [place for place, pair in enumerate(zip(one, other, strict=True)) if pair[0] != pair[1]]
        return len(at) == 1 or (
            len(at) == 2 and at[1] == at[0] + 1 and one[at[0]] == other[at[1]] and one[at[1]] == other[at[0]]
        )
    short, long = sorted((one, other), key=len)
    return any(long[:place] + long[place + 1 :] == short for place in range(len(long)))


def _vietnamese(norm: str) -> Plate | None:
    found = VIETNAM.fullmatch(norm)
    if not found or found["area"] not in AREAS:
        return None
    digits = found["digits"]
    number = f"{digits[:3]}.{digits[3:]}" if len(digits) == 5 else digits
    shown = f"{found['area']}{found['series']}-{number}"
    return Plate("VN", norm, shown, is_trailer=found["series"] in TRAILER_SERIES)


def _chinese(norm: str) -> Plate | None:
    found = CHINA.fullmatch(norm)
    if not found:
        return None
    return Plate("CN", norm, f"{norm[:2]}·{norm[2:]}", is_trailer=found["trailer"] is not None)
