"""The one table of what `./tinhso` can do by itself; management commands come beside it."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Word:
    """One command: its group in the help, the module that does it, and what it does in one line."""

    name: str
    group: str
    module: str
    does: str


WORDS = (
    Word("up", "Run", "up", "set up all that is missing and run the platform (Ctrl-C ends it)"),
    Word("down", "Run", "down", "end all that `up` started, the private database too"),
    Word("reset", "Run", "reset", "forget all data, after asking"),
    Word("install", "Keep", "install", "make all that `up` would make, start nothing: for a server under systemd"),
    Word("prepare", "Keep", "prepare", "make our roles in the database that DATABASE_URL names as its superuser"),
    Word("backup", "Keep", "backup", "write database, files and keys into one file"),
    Word("restore", "Keep", "restore", "bring back what `backup` wrote, and prove it whole"),
    Word("test", "Build", "test", "run the tests on a database of their own; takes pytest's arguments"),
    Word("check", "Build", "check", "style, types, walls between rooms, migrations and Vietnamese"),
    Word("messages", "Build", "tools.messages", "bring the texts of every room in step with its sources, compile them"),
    Word("module", "Build", "tools.new_module", "write the folder of a new room: ./tinhso module society/schools"),
    Word("docs", "Build", "tools.house_map", "write the table of rooms in docs/house.md from the rooms themselves"),
    Word("bench", "Measure", "bench.run", "measure against raw PostgreSQL on this machine"),
    Word("soak", "Measure", "soak.run", "run one long scenario and keep its figures"),
    Word("help", "Help", "help", "this list"),
)
BY_NAME = {word.name: word for word in WORDS}

# Django's commands whose names are taken by ours.
DJANGO = {"check_django": "check", "help_django": "help", "test_django": "test"}
# Management commands that change the schema, and therefore run as its owner.
AS_OWNER = {"migrate", "makemigrations", "flows", "sqlmigrate", "showmigrations"}
# Management commands that look at code only.
WITHOUT_DATABASE = {
    "makemigrations",
    "flows",
    "check_django",
    "help_django",
    "compilemessages",
    "findstatic",
    "diffsettings",
}
