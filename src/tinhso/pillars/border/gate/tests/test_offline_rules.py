"""The browser's rules and Python's are one: both are asked the same generated cases."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from tinhso.pillars.border.gate.flows.states import LIVE
from tinhso.pillars.border.gate.queries.offline import initials, step_table
from tinhso.pillars.border.gate.rules import offline, plates, qr

SCRIPT = Path(__file__).parents[1] / "static" / "border_gate" / "offline_rules.js"
NODE = shutil.which("node")
NOW = int(datetime(2026, 6, 10, 5, tzinfo=UTC).timestamp())
ASK = """
const rules = require(process.argv[1]);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
const answers = asked.map(([name, ...more]) => globalThis.borderGateRules[name](...more));
process.stdout.write(JSON.stringify(answers, (key, value) => value instanceof Uint8Array ? [...value] : value));
"""
TABLE = step_table()
needs_node = pytest.mark.skipif(NODE is None, reason="needs node, which set-up brings along")


def moment(dice: random.Random, spread: int) -> int:
    return dice.choice((0, NOW + dice.randint(-spread, spread)))


def one_entry(dice: random.Random) -> dict[str, object]:
    return {
        "s": dice.choice(LIVE),
        "k": dice.choice(("EXP_VN", "EXP_VN", "EXP_XFER", "IMP_CN", "IMP_CN", "CN_EMPTY_IN", "TRANSIT", "NEW_VEHICLE")),
        "d": dice.choice("XXNTO"),
        "g": dice.choice((1, 2)),
        "n": dice.choice(("aa", "aa", "bb")),
        "ci": dice.choice((0, 1)),
        "ac": moment(dice, 360_000),
        "sb": moment(dice, 7_200),
        "rx": moment(dice, 50_000),
        "m": dice.choice(([], [], [], [[NOW - 3_600, NOW + 1_800]])),
        "u": [dice.choice((0, 0, 1)), 0, 0, 0],
        "dp": dice.choice(("", "-", "2026-06-09", "2026-06-10", "2030-01-01")),
    }


def one_situation(dice: random.Random) -> offline.Situation:
    always = [[NOW - 90_000, NOW + 90_000, 0]]
    windows = [[moment(dice, 9_000), moment(dice, 9_000), moment(dice, 360_000)] for _ in range(dice.randint(0, 2))]
    used = [(dice.choice(("B1", "x")), dice.choice(offline.ALLOWED), dice.choice((1, 2)), NOW - dice.randint(0, 9_000))]
    return offline.Situation(
        barrier="B1",
        kind=dice.choice(("buffer", "entry", "yard", "line", "line", "line", "yard_desk")),
        at=NOW + dice.randint(-7_200, 7_200),
        list_at=dice.choice((NOW - dice.randint(0, 7_200), NOW + dice.randint(0, 7_200), NOW - 80 * 3_600)),
        table=TABLE,
        hours={name: dice.choice((always, always, windows)) for name in "XNTO"},
        direct=dice.random() < 0.3,
        slot=dice.choice(([1_800, 3_600], [0, 900])),
        by_buffer=dice.random() < 0.6,
        steps=[step for step in offline.ALLOWED if dice.random() < 0.85],
        radio=dice.random() < 0.5,
        by_code=dice.random() < 0.5,
        nonce="aa",
        used=dice.choice(([], used)),
    )


def browser(asked: list[list[object]]) -> list[object]:
    done = subprocess.run(
        [str(NODE), "-e", ASK, str(SCRIPT)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


@needs_node
def test_browser_and_python_decide_alike_and_every_answer_is_met():
    dice = random.Random(8)
    cases = [(one_entry(dice) if dice.random() < 0.97 else None, one_situation(dice)) for _ in range(24_000)]

    told = browser([["decide", entry, asdict(here)] for entry, here in cases])

    assert told == [asdict(offline.decide(entry, here)) for entry, here in cases]
    assert {answer["code"] for answer in told} == {
        "", "BG-007", "BG-015", "BG-016", "BG-020", "BG-022", "BG-023", "BG-024", "BG-026", "BG-205", "BG-209",
        "BG-210", "BG-295", "BG-330", "BG-332", "BG-336", "BG-339",
    }  # fmt: skip


@needs_node
def test_the_browser_reads_a_code_as_python_does():
    key = Ed25519PrivateKey.generate()
    until = datetime(2026, 6, 11, 5, tzinfo=UTC)
    text = qr.sign(trip_code="HNX26112200012353", tractor=plates.read("12C-123.45"), not_after=until,
                   nonce=bytes(range(8)), key=key, key_id=b"\x01\x02\x03\xff")  # fmt: skip

    (read, none, short) = browser([["readToken", text], ["readToken", "không phải mã"], ["readToken", text[:-3]]])

    token = qr.from_base45(text)
    assert (none, short) == (None, None)
    assert bytes(read["body"]) + bytes(read["signature"]) == token
    assert (read["key"], read["trip"], read["nonce"]) == ("010203ff", "HNX26112200012353", "0001020304050607")
    assert read["until"] == int(until.timestamp())


@needs_node
def test_plates_are_brought_to_one_form_alike():
    dice = random.Random(9)
    letters = "12C-123.45 桂F·１２Ｃđ挂АВЕКМНО_–"
    typed = ["".join(dice.choices(letters, k=dice.randint(0, 14))) for _ in range(2_000)]

    told = browser([["normalise", one] for one in typed])

    assert told == [plates.normalise(one) for one in typed]


@needs_node
def test_plates_are_shown_alike():
    norms = ["12C12345", "12C1234", "29LD12345", "桂F12345", "51R01234", "XYZ"]

    assert browser([["showPlate", one] for one in norms]) == [plates.show(one) for one in norms]


def test_of_a_name_only_the_first_letters_go_out():
    assert initials("Nguyễn Văn A") == "NVA"
    assert initials("陈超 (DEMO)") == "陈"


@pytest.mark.parametrize(
    ("kind", "direction", "been", "step"),
    [
        ("CN_EMPTY_IN", "X", False, "cross_in"),
        ("CN_EMPTY_IN", "X", True, "cross_out"),
        ("EXP_VN", "X", False, "cross_out"),
        ("IMP_CN", "N", False, "cross_in"),
        ("IMP_CN", "N", True, "cross_out"),
    ],
)
def test_the_line_lets_in_whoever_comes_from_abroad_loaded_or_empty(kind, direction, been, step):
    assert offline.step_at("line", "accepted", direction, been, trip_kind=kind) == step
