from __future__ import annotations

import os
import re
import signal
import socket
import sys
import time

import pytest

from tinhso.cli import addresses, database, help, holder, places, setup, supervisor, surroundings, table, up
from tinhso.cli.steps import Failure
from tinhso.cli.supervisor import Program, Supervisor
from tinhso.kernel.notices.models import Delivery


@pytest.fixture
def own_folder(tmp_path, monkeypatch):
    monkeypatch.setenv("TINHSO_DATA", str(tmp_path))
    places.logs().mkdir()
    return tmp_path


def test_a_taken_port_is_named_before_anything_is_made():
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        with pytest.raises(Failure, match=f"port {port} is taken by another program"):
            supervisor.refuse_a_taken_port("127.0.0.1", port)


def test_an_address_of_another_machine_is_refused():
    with pytest.raises(Failure, match=r"cannot listen on 203\.0\.113\.7"):
        supervisor.refuse_a_taken_port("203.0.113.7", 8000)


@pytest.mark.parametrize("given", ["", "x", "-1", "0", "65535", "99999"])
def test_a_port_that_is_none_is_refused(monkeypatch, given):
    monkeypatch.setenv("PORT", given)

    with pytest.raises(Failure, match="PORT must be a number"):
        places.port()


def test_the_platform_listens_on_this_machine_only_unless_told_otherwise():
    assert up.parse([]).host == "127.0.0.1"
    assert up.parse(["--host", "0.0.0.0"]).host == "0.0.0.0"
    assert setup.hosts("127.0.0.1") == ["127.0.0.1", "localhost", "[::1]"]
    assert socket.gethostname() in setup.hosts("0.0.0.0")


def test_links_in_messages_begin_with_the_address_that_up_listens_on():
    assert setup.site_address("127.0.0.1", 8000) == "http://127.0.0.1:8000"
    assert setup.site_address("0.0.0.0", 8010) == "http://127.0.0.1:8010"
    assert setup.site_address("fd00::1", 8000) == "http://[fd00::1]:8000"


def test_profile_paper_keys_and_modules_given_once_hold_for_later_commands(own_folder, monkeypatch):
    given = {"TINHSO_PROFILE": "province", "TINHSO_PAPER_KEYS": "new,old", "TINHSO_MODULES": "kernel,border_gate"}
    for name, value in given.items():
        monkeypatch.setenv(name, value)

    setup.values({}, "127.0.0.1", 8000)
    for name in given:
        monkeypatch.delenv(name)
    again = setup.values({}, "127.0.0.1", 8000)

    assert given.items() <= surroundings.read().items()
    assert given.items() <= again.items()


def test_keys_given_anew_take_the_place_of_those_kept(own_folder, monkeypatch):
    monkeypatch.setenv("TINHSO_PAPER_KEYS_FILE", "/etc/keys")
    setup.values({}, "127.0.0.1", 8000)
    monkeypatch.delenv("TINHSO_PAPER_KEYS_FILE")
    monkeypatch.setenv("TINHSO_PAPER_KEYS", "mine")

    kept = setup.values({}, "127.0.0.1", 8000)

    assert kept["TINHSO_PAPER_KEYS"] == "mine"
    assert "TINHSO_PAPER_KEYS_FILE" not in kept


def test_the_border_is_left_out_or_hastened_when_asked(monkeypatch):
    monkeypatch.setattr(setup, "has_command", lambda name: True)

    names = [program.name for program in up.programs(up.parse(["--no-border"]), 8000)]
    fast = list(up.programs(up.parse(["--speed", "20"]), 8000))[-1]

    assert "border" not in names
    assert fast.args[-2:] == ["--speed", "20"]


def test_a_second_up_sees_the_first_and_a_dead_one_holds_nothing(own_folder):
    with holder.hold() as first, holder.hold() as second:
        assert first
        assert not second
        assert holder.found().pid == os.getpid()

    with holder.hold() as third:
        assert third


def test_a_child_that_dies_is_started_again_after_a_pause_that_grows(own_folder):
    watch = Supervisor([Program("brief", [sys.executable, "-c", ""], None, pause=0.05)], dict(os.environ), None)
    watch.start()
    brief = watch.programs[0]
    begun = time.monotonic()
    while brief.deaths < 3 and time.monotonic() - begun < 20:
        watch.watch()
        time.sleep(0.01)

    watch.end()

    assert brief.deaths == 3
    assert brief.pause == pytest.approx(0.4)


def test_a_program_that_will_not_start_is_named_with_its_last_words(own_folder):
    words = [sys.executable, "-c", "raise SystemExit('no such table')"]
    watch = Supervisor([Program("web", words, lambda: False, pause=0.01)], dict(os.environ), None)
    watch.start()

    with pytest.raises(Failure, match="web does not start: no such table"):
        watch.wait_until_ready()
    watch.end()


def test_the_end_leaves_nothing_running(own_folder):
    watch = Supervisor([Program("long", ["sleep", "60"])], dict(os.environ), None)
    watch.start()
    process = watch.programs[0].process

    watch.end()

    assert process.returncode == -signal.SIGTERM
    assert not list((places.run() / "pids").glob("*"))


def test_kept_values_come_back_as_they_were_and_only_for_their_owner(own_folder):
    values = {"DATABASE_URL": "postgresql://a:p'w d@/x?host=/s&port=1", "PORT": "8000"}

    surroundings.write(values)

    assert surroundings.read() == values
    assert surroundings.file().stat().st_mode & 0o777 == 0o600


def test_a_command_without_a_running_platform_says_so(own_folder, monkeypatch):
    for name in surroundings.DATABASES:
        monkeypatch.setenv(name, "")
        monkeypatch.delenv(name)

    with pytest.raises(Failure, match="the platform does not run"):
        surroundings.enter()


def test_later_commands_use_the_settings_that_up_was_started_with(own_folder, monkeypatch):
    surroundings.write({"DJANGO_SETTINGS_MODULE": "tinhso.config.settings.production"})
    monkeypatch.setenv("DJANGO_SETTINGS_MODULE", "")
    monkeypatch.delenv("DJANGO_SETTINGS_MODULE")

    surroundings.enter(database=False)

    assert os.environ["DJANGO_SETTINGS_MODULE"] == "tinhso.config.settings.production"


def test_another_login_of_the_same_database():
    url = "postgresql://postgres:old@db.example:5433/province?sslmode=require"

    assert addresses.as_role(url, "tinhso_app", "n/w") == (
        "postgresql://tinhso_app:n%2Fw@db.example:5433/province?sslmode=require"
    )
    assert addresses.as_role("postgresql://a:b@/x?host=/s", "c", "d") == "postgresql://c:d@/x?host=/s"


def test_a_database_that_does_not_answer_is_told_in_one_line():
    with pytest.raises(Failure, match=r"^DATABASE_URL: [^\n]*refused[^\n]*$"):
        addresses.of_given("postgresql://a:b@127.0.0.1:1/x")


def test_a_server_without_postgis_is_told_in_one_line(monkeypatch):
    monkeypatch.setattr(database, "EXTENSIONS", ("postgis_of_nowhere",))

    with pytest.raises(Failure, match="lacks the extension postgis_of_nowhere"):
        database.prepare(os.environ["TINHSO_TEST_CLUSTER"])


def test_secrets_are_made_once_and_only_for_their_owner(own_folder):
    first = addresses.secret("tinhso_app")

    assert addresses.secret("tinhso_app") == first
    assert len(first) > 32
    assert (places.secrets() / "tinhso_app").stat().st_mode & 0o777 == 0o600


def test_the_help_names_every_command_and_every_command_has_its_file():
    told = "\n".join(help.lines())

    assert len(table.BY_NAME) == len(table.WORDS)
    for word in table.WORDS:
        assert f"  {word.name} " in told
        where = places.ROOT if word.module.startswith("tools.") else places.PACKAGE / "cli"
        assert (where / (word.module.replace(".", "/") + ".py")).exists(), word.module


# Set by one of our own programs for another, or by the tests: nobody gives them.
OWN = {"TINHSO_ROLE", "TINHSO_HOST", "TINHSO_CALLED_FROM"}
READ = re.compile(
    r"""(?:env\.\w+|environ\.get|connection|database)\(\s*f?"((?:TINHSO|DATABASE)_[A-Z_]+|PORT)["{]|environ\["(TINHSO_[A-Z_]+)"\]"""
)


def read_in_sources():
    """The names of all values that our programs read from the environment."""
    sources = [path for path in places.PACKAGE.rglob("*.py") if not {"tests", "testing"} & set(path.parts)]
    found = {next(filter(None, names)) for path in sources for names in READ.findall(path.read_text())}
    shell = re.findall(r"\$\{(TINHSO_\w+)", (places.ROOT / "tinhso").read_text())
    given = re.findall(r"^(?:# )?([A-Z_]+)=", (places.ROOT / "deploy" / "env.example").read_text(), re.MULTILINE)
    return {name.removesuffix("_FILE") for name in {*found, *shell, *given}} - OWN


def test_the_help_names_every_value_that_is_read_from_the_environment():
    named = {setting.name for setting in table.SETTINGS}
    channels = {name for name in named if name.startswith("TINHSO_NOTICES_")}

    read = read_in_sources()

    assert "TINHSO_NOTICES_" in read  # one for each channel
    assert named - channels == read - {"TINHSO_NOTICES_"} - channels
    assert channels == {
        f"TINHSO_NOTICES_{channel.upper()}" for channel, _ in Delivery._meta.get_field("channel").choices
    }
    told = "\n".join(help.lines())
    assert all(f"  {name} " in told for name in named)


def test_the_help_of_a_management_command_is_read_without_running_it():
    assert help.says('class Command(Base):\n    help = "Prove the trail."\n') == "Prove the trail."
    assert help.says("x = 1\n") == ""
