"""What is published of the trail: without signing in, and checked by the program that we hand out, alone."""

from __future__ import annotations

import json
import subprocess
import sys
from datetime import timedelta
from pathlib import Path

import pytest
from django.test import Client
from django.urls import reverse

from tinhso.kernel import console
from tinhso.kernel.audit import keys, roots
from tinhso.kernel.audit.models import DayRoot
from tinhso.kernel.audit.tests.conftest import Trail, trail
from tinhso.kernel.audit.tests.test_roots import EAST, WEST, book, steps
from tinhso.kernel.base import clock
from tinhso.kernel.base.ids import uuid7

__all__ = ["book", "trail"]

pytestmark = pytest.mark.xdist_group("cluster")
PROGRAM = Path(console.__file__).parent / "static" / "kernel_console" / "verify_day_root.py"


@pytest.fixture
def published(trail: Trail, book: str) -> DayRoot:
    steps(trail, EAST, 1, 2, 3)
    steps(trail, WEST, 1, 2)
    roots.close_days(trail.connection, keys.seal_key(), until=clock.real() + timedelta(days=1))
    return DayRoot.objects.get(chapter="east")


def run(*files: Path) -> tuple[int, str]:
    done = subprocess.run([sys.executable, PROGRAM, *files], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout


def test_anybody_sees_the_roots_and_takes_them_away(published):
    page = Client().get(reverse("kernel_console:day_roots")).content.decode()
    told = Client().get(reverse("kernel_console:day_root", args=[published.no])).json()

    assert published.shown_root[:16] in page
    assert "Kiểm chứng nhật ký" in page
    assert json.loads(told["statement"])["entries"] == 3
    assert told["public_key"] in page


def test_the_page_takes_few_queries_however_many_roots(published, django_assert_max_num_queries):
    with django_assert_max_num_queries(8):
        Client().get(reverse("kernel_console:day_roots"))


def test_the_program_finds_each_step_under_the_root_and_any_change(published, tmp_path):
    root, proof = tmp_path / "root.json", tmp_path / "proof.json"
    root.write_bytes(Client().get(reverse("kernel_console:day_root", args=[published.no])).content)
    proof.write_bytes(Client().get(reverse("kernel_console:proof", args=[EAST]), {"bang": "json"}).content)
    good = run(root, proof)

    changed = json.loads(proof.read_text())
    changed["proofs"][1]["leaf"] = changed["proofs"][0]["leaf"]
    proof.write_text(json.dumps(changed))
    other_step = run(root, proof)
    said = json.loads(root.read_text())
    said["statement"] = said["statement"].replace('"entries":3', '"entries":2')
    root.write_text(json.dumps(said))
    other_text = run(root)

    assert good[0] == 0
    assert good[1].count("lies under the root") == 3
    assert (other_step[0], other_step[1].count("DOES NOT LIE")) == (1, 1)
    assert (other_text[0], "SIGNATURE DOES NOT HOLD" in other_text[1]) == (1, True)


def test_a_proof_tells_hashes_and_nothing_of_what_was_done(published):
    page = Client().get(reverse("kernel_console:proof", args=[EAST])).content.decode()
    nothing = Client().get(reverse("kernel_console:proof", args=[uuid7()])).content.decode()

    assert page.count("/ 3</td>") == 3
    assert "Bản ghi này chưa có bước nào được công bố" in nothing
    assert Client().get(reverse("kernel_console:day_root", args=[published.no + 999])).status_code == 404
