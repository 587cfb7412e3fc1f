"""Words of rooms: what is asked for, what is missing, what `messages` writes."""

from __future__ import annotations

from pathlib import Path

import polib
import pytest

from tinhso.kernel.modules.messages import compile_catalogues
from tools import check_vietnamese, messages
from tools.words import catalogue, held, wanted

GATE, LAND = "pillars/border/gate", "pillars/government/land"
VIEWS = """
from django.utils.translation import gettext as _, ngettext, pgettext
_("open the barrier")
ngettext("%(count)s truck", "%(count)s trucks", 3)
pgettext("of a court", "clerk")
"""


@pytest.fixture
def package(tmp_path: Path) -> Path:
    """A house of two rooms; the first has phrases in Python and in a template."""
    write(tmp_path / GATE / "apps.py", "")
    write(tmp_path / GATE / "pages/views.py", VIEWS)
    write(
        tmp_path / GATE / "templates/border_gate/board.html",
        '{% load i18n %}<c-head title="{% translate "trucks waiting" %}" />'
        "{% blocktranslate %}held by {{ force }}{% endblocktranslate %}",
    )
    write(tmp_path / GATE / "tests/test_views.py", "_('never shown')")
    write(tmp_path / LAND / "apps.py", "")
    return tmp_path


def write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def say(package: Path, room: str, text: str, language: str = "vi") -> None:
    write(
        catalogue(package, room, language), f'msgid ""\nmsgstr "Content-Type: text/plain; charset=UTF-8\\n"\n\n{text}'
    )


def faults(package: Path, foreign: list[Path] | None = None) -> str:
    return "\n".join(check_vietnamese.check(package, foreign or []))


def one_phrase(package: Path, room: str, phrase: str) -> None:
    for path in [*(package / room).rglob("*.py"), *(package / room).rglob("*.html")]:
        path.write_text("", encoding="utf-8")
    write(package / room / "apps.py", f'_("{phrase}")')


def test_phrases_of_python_and_templates_belong_to_their_room(package: Path) -> None:
    asked = wanted(package)

    assert set(asked[GATE]) == {
        ("", "open the barrier"),
        ("", "%(count)s truck"),
        ("of a court", "clerk"),
        ("", "trucks waiting"),
        ("", "held by %(force)s"),
    }
    assert asked[GATE][("", "trucks waiting")].occurrences == [("templates/border_gate/board.html", "")]
    assert asked[LAND] == {}


def test_a_phrase_without_text_is_a_fault(package: Path) -> None:
    found = faults(package)

    assert "'trucks waiting' has no text" in found
    assert len(found.splitlines()) == 5


@pytest.mark.parametrize(
    ("entry", "fault"),
    [
        ('msgid "wait"\nmsgstr ""\n', "has no text"),
        ('#, fuzzy\nmsgid "wait"\nmsgstr "chờ"\n', "doubtful"),
        ('msgid "wait"\nmsgstr "Chờ!"\n', "shouts"),
        ('msgid "wait"\nmsgstr "Đã lưu thành công"\n', "shouts"),
        ('msgid "wait"\nmsgstr "chờ {minutes} phút"\n', "placeholders: {minutes}"),
        ('msgid "wait"\nmsgstr "Chờ"\n', ""),
    ],
)
def test_a_text_is_sound(package: Path, entry: str, fault: str) -> None:
    one_phrase(package, GATE, "wait")
    say(package, GATE, entry)

    found = faults(package)

    assert fault in found
    assert bool(found) == bool(fault)


def test_one_phrase_has_one_meaning_in_the_whole_house(package: Path) -> None:
    one_phrase(package, GATE, "state")
    one_phrase(package, LAND, "state")
    say(package, GATE, 'msgid "state"\nmsgstr "Trạng thái"\n')
    say(package, LAND, 'msgid "state"\nmsgstr "Nhà nước"\n')

    assert "'state' is 'Nhà nước' here but 'Trạng thái' in" in faults(package)


def test_a_meaning_installed_before_ours_is_seen(package: Path, tmp_path: Path) -> None:
    one_phrase(package, GATE, "state")
    say(package, GATE, 'msgid "state"\nmsgstr "Trạng thái"\n')
    write(tmp_path / "outside.po", 'msgid "state"\nmsgstr "Bang"\n')

    assert "'Bang' in" in faults(package, [tmp_path / "outside.po"])


def test_chinese_is_whole_where_it_is_kept(package: Path) -> None:
    one_phrase(package, GATE, "wait")
    say(package, GATE, 'msgid "wait"\nmsgstr "Chờ"\n')
    say(package, GATE, "", language="zh_Hans")

    assert "zh_Hans" in faults(package)


def test_messages_keeps_texts_drops_the_dead_and_adds_the_new(package: Path) -> None:
    say(
        package,
        GATE,
        '# the barrier is a pole\nmsgid "open the barrier"\nmsgstr "Mở barie"\n\nmsgid "gone"\nmsgstr "Hết"\n',
    )

    changed = messages.update(package)

    path = catalogue(package, GATE, "vi")
    assert changed == {path: 4}
    kept = {entry.msgid: entry for entry in held(path)}
    assert kept["open the barrier"].msgstr == "Mở barie"
    assert kept["open the barrier"].tcomment == "the barrier is a pole"
    assert "gone" not in kept
    assert messages.update(package) == {}


def test_catalogues_are_compiled_when_they_change(package: Path) -> None:
    say(package, GATE, 'msgid "wait"\nmsgstr "Chờ"\n')

    assert compile_catalogues(package) == 1
    assert compile_catalogues(package) == 0
    compiled = catalogue(package, GATE, "vi").with_suffix(".mo")
    assert [entry.msgstr for entry in polib.mofile(str(compiled))] == ["Chờ"]
