"""Each wall of `.importlinter` is pushed on purpose, in a small house that is built for the push."""

from __future__ import annotations

import importlib
import itertools
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from importlinter import api
from importlinter.application import use_cases

ROOT = Path(__file__).resolve().parents[2]
WALLS = (ROOT / ".importlinter").read_text()
KERNEL = (
    "demo testing console login web api notices metrics exchange search machines rulebook workflow files "
    "numbering events access organisations identity audit jobs worktime geo modules base"
)
GATE, ACCOUNTS, SIGNING, IOC = "pillars/border/gate", "pillars/economy/accounts", "shared/signing", "roof/ioc"
numbers = itertools.count()

Break = Callable[[dict[str, str]], list[str]]


@pytest.fixture
def broken_walls(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Break]:
    """Build a sound house with some files more, and name the contracts that they break."""
    monkeypatch.syspath_prepend(str(tmp_path))
    house = f"house{next(numbers)}"

    def build(files: dict[str, str]) -> list[str]:
        for file, text in {**sound_house(), **files}.items():
            path = tmp_path / house / file
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text.replace("tinhso", house))
            for folder in itertools.takewhile(lambda folder: folder != tmp_path, path.parents):
                (folder / "__init__.py").touch()
        config = tmp_path / "walls.ini"
        config.write_text(WALLS.replace("tinhso", house))
        importlib.invalidate_caches()
        return names_of_broken(str(config))

    yield build
    sys.modules.pop(house, None)


def sound_house() -> dict[str, str]:
    rooms = {f"kernel/{room}/apps.py": "" for room in KERNEL.split()}
    for room in (GATE, ACCOUNTS, SIGNING, IOC):
        rooms |= {f"{room}/{file}.py": "" for file in ("apps", "flows", "models", "actions", "facade", "metrics")}
        rooms |= {f"{room}/api/routes.py": "import ninja", f"{room}/pages/views.py": "from django import http"}
    return {**rooms, "config/urls.py": "", "cli/up.py": "", f"{GATE}/rules/fees.py": ""}


def names_of_broken(config: str) -> list[str]:
    options = use_cases.read_user_options(config)
    use_cases._register_built_in_contract_types()
    report = use_cases.create_report(options, cache_dir=None)
    ids = {contract["name"]: contract["id"] for contract in api.read_configuration(config)["contracts_options"]}
    return sorted(ids[contract.name] for contract, check in report.get_contracts_and_checks() if not check.kept)


def test_a_sound_house_breaks_nothing(broken_walls: Break) -> None:
    downwards = {
        f"{GATE}/actions.py": "from tinhso.shared.signing import facade\nfrom tinhso.kernel.base import clock",
        "kernel/base/clock.py": "",
        "kernel/events/tests/test_order.py": "from tinhso.kernel.testing import people",
        "kernel/testing/people.py": "from tinhso.kernel.events import apps",
    }

    assert broken_walls(downwards) == []


@pytest.mark.parametrize(
    ("push", "falls"),
    [
        pytest.param(
            {"kernel/web/views.py": "from tinhso.pillars.border.gate.models import Trip"},
            ["doors", "floors"],
            id="the kernel imports a pillar's model",
        ),
        pytest.param(
            {f"{ACCOUNTS}/actions.py": "from tinhso.pillars.border.gate import facade"},
            ["pillars"],
            id="economy imports the border's facade",
        ),
        pytest.param(
            {f"{IOC}/metrics.py": "from tinhso.pillars.border.gate import facade"},
            ["floors"],
            id="the roof reaches into a pillar",
        ),
        pytest.param(
            {f"{GATE}/actions.py": "from tinhso.shared.signing.models import Certificate"},
            ["doors"],
            id="the gate goes past signing's door",
        ),
        pytest.param(
            {f"{GATE}/models.py": "from tinhso.pillars.border.gate import actions"},
            ["rooms"],
            id="models import actions",
        ),
        pytest.param(
            {f"{GATE}/api/routes.py": "from tinhso.pillars.border.gate.pages import views"},
            ["rooms"],
            id="the API imports pages",
        ),
        pytest.param({f"{GATE}/utils.py": ""}, ["rooms"], id="a drawer is opened in a module"),
        pytest.param({f"{GATE}/flows.py": "import ninja"}, ["framework", "web"], id="flows import the HTTP framework"),
        pytest.param(
            {
                f"{GATE}/actions.py": "from tinhso.kernel.api import paging",
                "kernel/api/paging.py": "import ninja",
            },
            ["framework"],
            id="actions reach the HTTP framework by a detour",
        ),
        pytest.param(
            {f"{GATE}/actions.py": "from django.http import (\n    HttpResponse,\n)"},
            ["web"],
            id="an action answers a request",
        ),
        pytest.param(
            {f"{GATE}/queries.py": "from django import shortcuts"},
            ["web"],
            id="a query takes a shortcut",
        ),
        pytest.param(
            {f"{GATE}/rules/fees.py": "from django.db import models"},
            ["rules"],
            id="a rule needs Django",
        ),
        pytest.param(
            {"kernel/workflow/fire.py": "from tinhso.kernel.metrics import apps"},
            ["ground"],
            id="the workflow imports the figures",
        ),
        pytest.param({"kernel/misc/apps.py": ""}, ["ground"], id="a stray room in the kernel"),
        pytest.param({"toolbox.py": ""}, ["floors"], id="a stray file beside the floors"),
        pytest.param(
            {
                "kernel/web/forms.py": "from tinhso.kernel.web import tables",
                "kernel/web/tables.py": "from tinhso.kernel.web import forms",
            },
            ["circles"],
            id="two files import each other",
        ),
        pytest.param(
            {
                "shared/mail/facade.py": "from tinhso.shared.signing import facade",
                f"{SIGNING}/metrics.py": "from tinhso.shared.mail import facade",
            },
            ["circles"],
            id="two systems of one floor use each other's doors",
        ),
        pytest.param(
            {f"{GATE}/tests/test_story.py": "from tinhso.pillars.economy.accounts import facade"},
            ["pillars"],
            id="a test of one pillar looks into another",
        ),
    ],
)
def test_a_pushed_wall_falls(broken_walls: Break, push: dict[str, str], falls: list[str]) -> None:
    broken = broken_walls(push)

    assert set(falls) <= set(broken)
    assert set(broken) - set(falls) <= {"circles"}, "only the circle that an upward import closes may fall beside"
