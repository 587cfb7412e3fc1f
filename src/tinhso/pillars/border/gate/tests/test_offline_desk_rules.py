"""The browser's rules for forces and yards and Python's are one: both are asked the same generated cases."""

from __future__ import annotations

import json
import random
import shutil
import subprocess
from dataclasses import asdict
from pathlib import Path
from typing import Any

import pytest

from tinhso.pillars.border.gate.rules import offline_desks as rules
from tinhso.pillars.border.gate.rules.transfers import TAKERS
from tinhso.pillars.border.gate.tests.test_offline_rules import NOW

FOLDER = Path(__file__).parents[1] / "static" / "border_gate"
SCRIPTS = [str(FOLDER / name) for name in ("offline_rules.js", "offline_desk_rules.js")]
NODE = shutil.which("node")
ASK = """
for (const script of JSON.parse(process.argv[1])) require(script);
const asked = JSON.parse(require("fs").readFileSync(0, "utf8"));
process.stdout.write(JSON.stringify(asked.map(([name, ...more]) => globalThis.borderGateRules[name](...more))));
"""
pytestmark = pytest.mark.skipif(NODE is None, reason="needs node, which set-up brings along")
RESULTS = {
    "PLANT_Q": ["PASS", "RETURN"],
    "PERSON": ["PASS", "FAIL"],
    "CUSTOMS_DOC": ["PASS"],
    "TAX": [],
    "CUSTOMS_INSPECT": ["PASS"],
}
REASONS = {"HOLD": ["DOC_MISMATCH", "WANTED"], "RETURN": ["QUARANTINE_FAIL"]}
SAID = ("", " ", "ngắn", "chín chữ ạ", "Chứng từ không khớp", "  123456789  ")
BAYS = [["A01", "export"], ["A02", "export"], ["N01", "import"], ["R01", "reefer"], ["T01", "empty"]]


def browser(asked: list[list[Any]]) -> list[Any]:
    done = subprocess.run(
        [str(NODE), "-e", ASK, json.dumps(SCRIPTS)], input=json.dumps(asked), capture_output=True, text=True, check=True
    )
    return json.loads(done.stdout)


def one_entry(dice: random.Random) -> dict[str, Any]:
    kinds = dice.sample(sorted(RESULTS), dice.randint(0, 3))
    states = ("open", "open", "in_progress", "passed", "failed", "treating")
    return {
        "n": dice.choice(("aa", "aa", "bb")),
        "cn": dice.choice((0, 1)),
        "ts": [[f"t{place}", kind, "EXIT", dice.choice(states), 0] for place, kind in enumerate(kinds)],
        "sm": dice.choice(({}, {"t0": ["", 2]}, {"t0": ["CLEAN", 2]}, {"t0": ["FOUND", 1], "t1": ["", 1]})),
        "sl": dice.choice(([], ["t0"], ["t0", "t1", "t2"])),
        "s": dice.choice(("in_yard", "in_yard", "in_yard", "in_yard", "arrived")),
        "k": dice.choice(("IMP_CN", "IMP_CN", "EXP_XFER", "TRANSIT", "AGV", "IMP_VN_PICKUP", "CN_EMPTY_IN", "EXP_VN")),
        "u": [dice.choice((0, 0, 0, 0, 1))],
        "st": dice.choice((0, 0, 0, 1)),
        "tw": dice.choice((0, 1)),
        "kg": dice.choice((20_000, 18_600)),
        "un": dice.choice((0, 0, 4_000)),
        "tol": dice.choice((0, 2, 5)),
        "b": dice.choice(("", "A02", "N01", "T01")),
        "bk": dice.choice((["export"], ["import"], ["reefer", "export"], ["empty"])),
    }


def one_desk(dice: random.Random) -> rules.Desk:
    return rules.Desk(
        at=NOW,
        list_at=dice.choice((NOW, NOW - 60, NOW - 80 * 3_600)) if dice.random() < 0.1 else NOW,
        deeds=[one for one in (*rules.OF_FORCE, rules.TRANSFER) if dice.random() < 0.9],
        results=RESULTS,
        reasons=REASONS,
        takers={giver: sorted(takers) for giver, takers in TAKERS.items()},
        by_code=dice.random() < 0.3,
        nonce="aa",
    )


def one_deed(dice: random.Random) -> rules.Deed:
    return rules.Deed(
        dice.choice(rules.OF_FORCE),
        task=dice.choice(("t0", "t0", "t1", "t9")),
        result=dice.choice(("FAIL", "RETURN", "PASS", "DESTROY", "CLEAN", "FOUND")),
        reason=dice.choice(SAID),
        reason_code=dice.choice(("DOC_MISMATCH", "QUARANTINE_FAIL", "NONE")),
        photo=dice.random() < 0.7,
        seal_no=dice.choice(("", "", "", " ", "HQ 123-45", "x", "niêm", "ＨＱ１２３")),
        seal_intact=dice.random() < 0.3,
    )


def test_browser_and_python_decide_alike_on_checks_and_holds():
    dice = random.Random(21)
    cases = [(one_entry(dice) if dice.random() < 0.97 else None, one_deed(dice), one_desk(dice)) for _ in range(6_000)]

    told = browser([["decideDesk", entry, asdict(deed), asdict(here)] for entry, deed, here in cases])

    assert told == [rules.decide(entry, deed, here) for entry, deed, here in cases]
    assert set(told) == {
        "", "BG-020", "BG-023", "BG-024", "BG-038", "BG-209", "BG-251", "BG-330", "BG-336", "BG-339", "BG-380",
        "BG-313", "BG-393", "BG-440", "BG-571", "BG-572", "BG-573", "BG-670", "BG-671",
    }  # fmt: skip


def test_browser_and_python_offer_and_refuse_the_same_bays():
    dice = random.Random(22)
    cases = [
        (dice.choice(("", "A01", "N01", "T01", "Z99")), one_entry(dice), dice.sample([b[0] for b in BAYS], 3))
        for _ in range(500)
    ]

    free = browser([["freeBays", entry, BAYS, taken] for _chosen, entry, taken in cases])
    told = browser([["bay", chosen, entry, BAYS, taken] for chosen, entry, taken in cases])

    assert free == [rules.free_bays(entry, BAYS, taken) for _chosen, entry, taken in cases]
    assert told == [rules.bay(chosen, entry, BAYS, taken) for chosen, entry, taken in cases]
    assert set(told) == {"", "BG-030", "BG-293"}


def one_line(dice: random.Random) -> rules.Line:
    taker = one_entry(dice) if dice.random() < 0.6 else None
    kg = dice.choice((20_000, 10_000, 18_600, 14_600, 9_800, 1_000, 0, -5))
    return rules.Line(kg, taker, dice.choice(("", " ", "CN-77")))


def test_browser_and_python_decide_alike_on_weights():
    dice = random.Random(23)
    cases = [
        (
            one_entry(dice) if dice.random() < 0.97 else None,
            [one_line(dice) for _ in range(dice.choice((0, 1, 1, 1, 2)))],
            one_desk(dice),
            dice.random() < 0.4,
        )
        for _ in range(9_000)
    ]

    told = browser(
        [
            ["transfer", entry, [asdict(line) for line in lines], asdict(here), part]
            for entry, lines, here, part in cases
        ]
    )

    assert told == [rules.transfer(entry, lines, here, partial=part) for entry, lines, here, part in cases]
    assert set(told) == {
        "", "BG-009", "BG-020", "BG-024", "BG-026", "BG-031", "BG-209", "BG-290", "BG-291", "BG-292", "BG-297",
        "BG-336", "BG-339",
    }  # fmt: skip
