"""Simulators of other systems: repeatable, and as bad as they are told to be."""

import pytest

from tinhso.pillars.border.gate.adapters.customs import SimulatedCustoms
from tinhso.pillars.border.gate.adapters.faults import Faults, Unreachable
from tinhso.pillars.border.gate.adapters.plate_camera import SimulatedCamera
from tinhso.pillars.border.gate.adapters.quarantine import SimulatedQuarantine
from tinhso.pillars.border.gate.adapters.weighbridge import SimulatedWeighbridge
from tinhso.pillars.border.gate.tests.conftest import NOON

ASK = {
    "customs": lambda faults, number: SimulatedCustoms(faults).declaration(f"{number:012d}", at=NOON),
    "weighbridge": lambda faults, number: SimulatedWeighbridge(faults).weigh("HN-1", expected_kg=20_000 + number),
    "plate_camera": lambda faults, number: SimulatedCamera(faults).read("HN-1119-B1/1", standing=f"12C{number:05d}"),
    "quarantine": lambda faults, number: SimulatedQuarantine(faults).certificate(f"KD-2611-{number:04d}"),
}


@pytest.mark.parametrize("system", ASK)
def test_the_same_question_gets_the_same_answer(system):
    faults = Faults(wrong=0.5)

    assert [ASK[system](faults, n) for n in range(50)] == [ASK[system](faults, n) for n in range(50)]


@pytest.mark.parametrize("system", ASK)
def test_a_system_that_is_down_answers_nobody(system):
    with pytest.raises(Unreachable) as refused:
        ASK[system](Faults(down=True), 1)

    assert refused.value.system == system


@pytest.mark.parametrize("system", ASK)
def test_a_share_of_questions_fails_and_a_share_is_slow(system):
    waits = []
    faults = Faults(failing=0.2, slow=0.3, sleep=waits.append)
    failed = 0
    for number in range(400):
        try:
            ASK[system](faults, number)
        except Unreachable:
            failed += 1

    assert 40 < failed < 120
    assert 60 < len(waits) < 140
    assert set(waits) == {faults.slow_seconds}


@pytest.mark.parametrize("system", ["weighbridge", "plate_camera", "customs"])
def test_wrong_answers_are_told_by_the_reading(system):
    right = [ASK[system](Faults(), number) for number in range(50)]
    wrong = [ASK[system](Faults(wrong=1), number) for number in range(50)]

    assert not any(one == other for one, other in zip(right, wrong, strict=True))


def test_a_camera_that_misreads_is_mostly_unsure():
    readings = [ASK["plate_camera"](Faults(wrong=1), number) for number in range(200)]

    assert sum(reading.confidence < 0.9 for reading in readings) > 150
    assert all(ASK["plate_camera"](Faults(), number).confidence >= 0.9 for number in range(200))


def test_customs_do_not_know_what_is_no_number():
    assert not SimulatedCustoms().declaration("12345", at=NOON).known
