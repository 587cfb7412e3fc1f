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
    Word("check", "Build", "check", "style, types, walls between rooms, migrations, templates and Vietnamese"),
    Word("messages", "Build", "tools.messages", "bring the texts of every room in step with its sources, compile them"),
    Word("module", "Build", "tools.new_module", "write the folder of a new room: ./tinhso module society/schools"),
    Word("docs", "Build", "tools.house_map", "write the table of rooms in docs/house.md from the rooms themselves"),
    Word("bench", "Measure", "bench.run", "measure against raw PostgreSQL on this machine"),
    Word("soak", "Measure", "soak.run", "run one long scenario and keep its figures"),
    Word("help", "Help", "help", "this list"),
)


@dataclass(frozen=True)
class Setting:
    """One value that is read from the environment: where it comes from when nothing is said, and what it is."""

    name: str
    default: str
    does: str


SETTINGS = (
    Setting("PORT", "8000", "where `up` listens; live updates take the next one"),
    Setting("TINHSO_DATA", "./var", "the folder of all data; root's lies in /var/lib/tinhso"),
    Setting("TINHSO_PYTHON", "python3", "the Python that makes the environment, 3.11 or newer"),
    Setting("TINHSO_PROFILE", "demo", "demo or production"),
    Setting("TINHSO_MODULES", "all", "the rooms above the kernel to install, as labels or dotted names, with commas"),
    Setting("DATABASE_URL", "private", "a database of yours, as role tinhso_app (for `prepare`: as its superuser)"),
    Setting("DATABASE_ADMIN_URL", "", "the same database as role tinhso_migrate"),
    Setting("DATABASE_SEALER_URL", "", "the same database as role tinhso_sealer"),
    Setting("TINHSO_SECRET_KEY", "made", "signs sessions and links; at least 50 characters in production"),
    Setting("TINHSO_PAPER_KEYS", "", "keys of identity papers, with commas: the first encrypts, all decrypt"),
    Setting("TINHSO_HOSTS", "this machine", "the names under which the platform may be called, with commas"),
    Setting("TINHSO_SITE_URL", "http://127.0.0.1:PORT", "what links in text messages and e-mail begin with"),
    Setting("TINHSO_PROXIES", "0", "how many proxies of yours stand before the platform"),
    Setting("TINHSO_LIVE_URL", "next port", "where pages find live updates; /live in production"),
    Setting("TINHSO_ORIGINS", "", "other sites whose pages may listen to live updates, with commas"),
    Setting("TINHSO_CERTIFICATES", "no", "whether the web server passes on programs' certificates, see deploy/nginx"),
    Setting("TINHSO_SHOW_PIECES", "yes in the demo", "whether the page of all building blocks opens"),
    Setting("TINHSO_NOTICES_EMAIL", "simulator", "simulator, smtp or off; smtp in production"),
    Setting("TINHSO_NOTICES_SMS", "simulator", "simulator, http (a gateway) or off; off in production"),
    Setting("TINHSO_NOTICES_PUSH", "simulator", "simulator, webpush or off; off in production"),
    Setting("TINHSO_NOTICES_ZALO", "off", "simulator, zns or off"),
    Setting("TINHSO_SMS_URL", "", "where the text message gateway takes messages, with https://"),
    Setting("TINHSO_SMS_KEY", "", "our key at the gateway"),
    Setting("TINHSO_SMS_HEADER", "Authorization: Bearer {key}", "the header that shows the key"),
    Setting("TINHSO_SMS_BODY", "JSON: to, text, id", "the request with {to} {plus} {local} {text} {id} {key} in it"),
    Setting("TINHSO_SMS_TAKEN", "status 2xx", "what an answer must hold, as CodeResult=100"),
    Setting("TINHSO_SMS_REFERENCE", "id", "where an answer holds the gateway's own number, as data.id"),
    Setting("TINHSO_SMS_SECRETS", "", "secrets by which the gateway signs its receipts, with commas"),
    Setting("TINHSO_PUSH_KEY", "", "the platform's key at push services: 32 bytes as base64url"),
    Setting("TINHSO_PUSH_CONTACT", "the site", "where a push service may complain, as mailto:so@example.vn"),
    Setting("TINHSO_ZALO_APP", "", "the number of the application at Zalo"),
    Setting("TINHSO_ZALO_SECRET", "", "and its secret"),
    Setting("TINHSO_ZALO_REFRESH", "", "the first refresh token; the following ones are kept by the platform"),
    Setting("TINHSO_ZALO_TEMPLATES", "", "kinds of notices and their templates: border_gate.called=123456,…"),
    Setting("TINHSO_HOOKS", "simulator", "how programs of others are told: https or simulator; https in production"),
    Setting("TINHSO_EMAIL_HOST", "localhost", "the mail server"),
    Setting("TINHSO_EMAIL_PORT", "25", "its port"),
    Setting("TINHSO_EMAIL_TLS", "no", "whether it is spoken to with TLS"),
    Setting("TINHSO_EMAIL_USER", "", "who signs in there"),
    Setting("TINHSO_EMAIL_PASSWORD", "", "and the password"),
    Setting("TINHSO_EMAIL_FROM", "tinhso@localhost", "whom letters come from"),
    Setting("TINHSO_BANK_SECRETS", "", "keys by which the bank signs its messages; several during a change"),
    Setting("TINHSO_CLAMD", "Debian's socket", "the malware scanner: a socket's path or host:port"),
    Setting("DJANGO_SETTINGS_MODULE", "…settings.dev", "tinhso.config.settings.production on a server"),
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
