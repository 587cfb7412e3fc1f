"""Half a line in the anchors' file is named, breaks nothing, and never hides a missing seal."""

from io import StringIO

import psycopg
import pytest
from django.core.management import call_command

from tinhso.kernel.audit import anchors
from tinhso.kernel.audit.anchors import Anchor
from tinhso.kernel.audit.jobs import keep_anchor
from tinhso.kernel.audit.sealer import sealer_dsn
from tinhso.kernel.audit.verify import verify

FIRST, SECOND, THIRD = (
    Anchor(no, f"{no:064x}", f"{no:0128x}", f"2026-11-25T0{no}:00:00.123456+00:00") for no in (1, 2, 3)
)


@pytest.fixture
def file(tmp_path, settings):
    settings.DATA = tmp_path
    return tmp_path / "anchors" / "audit.jsonl"


def cut_off(file, kept):
    """The file as a power cut leaves it after `kept` bytes of its last line."""
    *before, last = file.read_bytes().splitlines(keepends=True)
    file.write_bytes(b"".join(before) + last[:kept])
    return len(last)


def test_a_line_cut_at_any_byte_is_named_and_the_next_anchor_stands_whole(file):
    anchors.append(FIRST)
    anchors.append(SECOND)
    whole = file.read_bytes()
    length = len(whole) - whole.index(b"\n") - 1

    for kept in range(length + 1):
        file.write_bytes(whole)
        cut_off(file, kept)
        is_half = 0 < kept < length - 1
        stands = [FIRST] if kept < length - 1 else [FIRST, SECOND]
        assert anchors.anchored() == stands
        assert [(one.line, one.cut) for one in anchors.broken()] == ([(2, True)] if is_half else [])
        anchors.append(THIRD)
        assert anchors.anchored() == [*stands, THIRD]
        assert [(one.line, one.cut) for one in anchors.broken()] == ([(2, True)] if is_half else [])


def test_the_same_anchor_is_not_written_twice(file):
    anchors.append(FIRST)
    anchors.append(FIRST)

    assert anchors.anchored() == [FIRST]


@pytest.mark.parametrize(
    "line", [b"x", b"[1]", b'{"no": "1"}', b"\xff\xfe", b'{"no": 1, "hash": "zz", "x": "y"}', b"\x00" * 40]
)
def test_what_no_power_cut_leaves_is_not_taken_for_half_a_line(file, line):
    anchors.append(FIRST)
    file.write_bytes(file.read_bytes() + line)

    assert anchors.anchored() == [FIRST]
    assert [one.cut for one in anchors.broken()] == [False]


@pytest.mark.xdist_group("cluster")
def test_the_trail_holds_with_half_a_line_and_says_so(trail):
    trail.write(2)
    trail.seal(2)
    keep_anchor()
    cut_off(anchors.folder() / "audit.jsonl", 40)
    out = StringIO()

    call_command("audit", "verify", stdout=out)
    call_command("audit", "anchor", stdout=out)

    assert "line 1 of the anchors was cut off while it was written" in out.getvalue()
    assert "the trail holds" in out.getvalue()
    assert [anchor.no for anchor in anchors.anchored()] == [1]


@pytest.mark.xdist_group("cluster")
@pytest.mark.parametrize(
    ("half", "finding"),
    [
        (b'{"no": 9, "hash": "ab', "seal 9 missing, but anchored outside (line 1)"),
        (b'{"no": 1, "hash": "xx', "line 1 of the anchors cannot be read"),
        (b"", None),
    ],
)
def test_half_a_line_still_witnesses(trail, half, finding):
    trail.write(2)
    trail.seal(2)
    (anchors.folder() / "audit.jsonl").write_bytes(half)

    with psycopg.connect(sealer_dsn()) as reader:
        findings = verify(reader).findings

    assert findings == ([finding] if finding else [])


@pytest.mark.xdist_group("cluster")
def test_half_a_line_of_another_seal_is_named(trail):
    trail.write(2)
    trail.seal(2)
    digest = anchors.head().hash
    other = "0" if digest[0] != "0" else "1"
    (anchors.folder() / "audit.jsonl").write_bytes(b'{"no": 1, "hash": "' + other.encode())

    with psycopg.connect(sealer_dsn()) as reader:
        findings = verify(reader).findings

    assert findings == ["seal 1 is not the one anchored outside"]
