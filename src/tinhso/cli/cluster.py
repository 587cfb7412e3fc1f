"""A PostgreSQL cluster of our own from the system's programs: its own folder, unix socket only, own port.

It never touches the system's cluster. Root drops to `postgres`, which refuses to run as root.
"""

from __future__ import annotations

import contextlib
import os
import pwd
import secrets
import shutil
import signal
import subprocess
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import psycopg
from psycopg import conninfo

from tinhso.cli import places
from tinhso.cli.steps import Failure, Line, command, explain

OLDEST = 15
PROGRAMS = Path("/usr/lib/postgresql")
EXTENSIONS = Path("/usr/share/postgresql")
START_LIMIT, STOP_LIMIT = 120.0, 60.0  # seconds; recovery after a crash may take a while
LEAST_FREE = 500 * 1024 * 1024  # bytes that a new cluster and its first data need

SETTINGS = {
    "listen_addresses": "",
    "max_connections": "200",
    "jit": "off",
    "password_encryption": "scram-sha-256",
    "max_wal_size": "2GB",
    "min_wal_size": "256MB",
    "checkpoint_timeout": "15min",
    "wal_compression": "on",
    "random_page_cost": "1.1",
    "log_min_duration_statement": "1000",
    "log_parameter_max_length": "0",  # what people typed stays out of the log of slow statements
    "log_line_prefix": "%m [%p] %q%u@%d ",
    "timezone": "UTC",
    "log_timezone": "Asia/Ho_Chi_Minh",
}
DURABLE = {"fsync": "on", "synchronous_commit": "on", "full_page_writes": "on"}
FLEETING = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "autovacuum_naptime": "10min",
    "log_min_duration_statement": "-1",
}


@dataclass(frozen=True)
class Cluster:
    """One cluster: where its data lie, where it listens, and whether its data must outlive a power cut."""

    home: Path
    secret: Path
    log: Path
    port: int = 5432
    durable: bool = True
    memory: str = "256MB"

    @property
    def store(self) -> Path:
        return self.home / "data"

    @property
    def socket(self) -> Path:
        return places.socket_folder(self.home / "socket")

    def dsn(self, name: str = "postgres") -> str:
        """How the cluster's superuser connects to one of its databases."""
        return conninfo.make_conninfo(
            host=str(self.socket), port=self.port, user="postgres", password=self.secret.read_text(), dbname=name
        )

    def url(self, role: str, password: str, name: str) -> str:
        """A database of this cluster as DATABASE_URL tells it."""
        return f"postgresql://{role}:{password}@/{name}?host={self.socket}&port={self.port}"

    def exists(self) -> bool:
        return (self.store / "PG_VERSION").exists()

    # -- making ------------------------------------------------------------------------------------------------

    def make(self) -> None:
        """Make the cluster whole or not at all."""
        programs = newest_programs()
        refuse_a_full_disk(self.home)
        half = self.home / "data.new"
        shutil.rmtree(half, ignore_errors=True)
        _own_folder(self.home)
        _keep_password(self.secret)
        told = self.home / "password"  # for initdb alone, which runs as another user than root
        try:
            told.write_text(self.secret.read_text())
            told.chmod(0o600)
            _give(told)
            args: Line = [programs / "initdb", "-D", half, "-U", "postgres", "-E", "UTF8", "--locale=C.UTF-8"]
            args += ["--data-checksums", "-A", "scram-sha-256", f"--pwfile={told}"]
            args += [] if self.durable else ["--no-sync"]
            command(args, what="Database cluster", **_as_postgres())
            half.rename(self.store)
        except BaseException:
            shutil.rmtree(half, ignore_errors=True)
            raise
        finally:
            told.unlink(missing_ok=True)

    # -- running -----------------------------------------------------------------------------------------------

    def postmaster(self) -> int | None:
        """The process id of this cluster's running server, if it runs."""
        try:
            pid = int((self.store / "postmaster.pid").read_text().split("\n", 1)[0])
            return pid if Path(f"/proc/{pid}/cwd").resolve(strict=True) == self.store.resolve() else None
        except (OSError, ValueError):
            return None

    def start(self) -> None:
        """Start the server and wait until it takes connections; recovers by itself after a crash."""
        if self.postmaster() is not None and self._becomes_ready():
            return
        if self.postmaster() is not None:
            raise Failure(f"Database cluster: not ready after {START_LIMIT:.0f} s (see {self.log})")
        programs = programs_for((self.store / "PG_VERSION").read_text().strip())
        _own_folder(self.socket)
        self._launch([programs / "postgres", "-D", self.store, *self._options()])

    def _options(self) -> Iterator[str]:
        settings = SETTINGS | (DURABLE if self.durable else FLEETING)
        settings |= {"shared_buffers": self.memory}
        settings |= {"unix_socket_directories": str(self.socket), "port": str(self.port)}
        for name, value in settings.items():
            yield from ("-c", f"{name}={value}")

    def _launch(self, args: Line) -> None:
        deadline = time.monotonic() + 30
        while True:
            self._clear_what_was_left()
            if self._becomes_ready(self._process(args)):
                return
            told = self.log.read_text(errors="replace")
            # Backends of a server that was killed are still leaving; they notice within seconds.
            if "shared memory block" not in told or time.monotonic() > deadline:
                raise Failure(explain("Database cluster", told, self.log))
            time.sleep(0.5)

    def _clear_what_was_left(self) -> None:
        """Notes of a server that is gone: their pid may be another process's by now."""
        _reap()
        for path in (self.store / "postmaster.pid", *self.socket.glob(".s.PGSQL.*")):
            path.unlink(missing_ok=True)

    def _process(self, args: Line) -> subprocess.Popen[bytes]:
        """Let the server go its own way: it must outlive this command and heed no Ctrl-C meant for us."""
        self.log.parent.mkdir(parents=True, exist_ok=True)
        with self.log.open("wb") as log:
            process = subprocess.Popen(
                [str(arg) for arg in args],
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
                **_as_postgres(),
            )
        _STARTED.append(process)
        return process

    def _becomes_ready(self, process: subprocess.Popen[bytes] | None = None) -> bool:
        """Wait for the server; False when it has ended or the time is over."""
        deadline = time.monotonic() + START_LIMIT
        while time.monotonic() < deadline:
            if self._is_ready():
                return True
            gone = self.postmaster() is None if process is None else process.poll() is not None
            if gone:
                return False
            time.sleep(0.02)
        return False

    def _is_ready(self) -> bool:
        try:
            lines = (self.store / "postmaster.pid").read_text().splitlines()
        except OSError:
            return False
        return len(lines) > 7 and lines[7].strip() == "ready" and self._answers()

    def _answers(self) -> bool:
        """Whether a connection is taken: a server that is just dying still has its note."""
        try:
            psycopg.connect(self.dsn(), connect_timeout=5).close()
        except psycopg.OperationalError:
            return False
        return self.postmaster() is not None

    def stop(self) -> bool:
        """End the server, its sessions first. Gives False when it did not run."""
        pid = self.postmaster()
        if pid is None:
            return False
        for how, limit in ((signal.SIGINT, STOP_LIMIT), (signal.SIGQUIT, 10.0), (signal.SIGKILL, 10.0)):
            os.kill(pid, how)
            deadline = time.monotonic() + limit
            while time.monotonic() < deadline:
                if self.postmaster() is None:
                    _reap()
                    return True
                time.sleep(0.02)
        return True

    def forget(self) -> None:
        """Stop the server and remove all its data."""
        self.stop()
        shutil.rmtree(self.home, ignore_errors=True)


_STARTED: list[subprocess.Popen[bytes]] = []  # servers that this process started, so that it can reap them


def _reap() -> None:
    """Let go of servers of ours that have ended; one that is just ending is waited for."""
    for process in list(_STARTED):
        with contextlib.suppress(subprocess.TimeoutExpired):
            process.wait(0.5)
            _STARTED.remove(process)


def cluster_home(wanted: Path) -> Path:
    """`wanted`, unless root asks and `postgres` could not go there (a home folder): then beside other data of ours."""
    if os.geteuid() != 0:
        return wanted
    for folder in wanted.absolute().parents:
        if folder.exists() and not folder.stat().st_mode & 0o001:
            return Path("/var/lib/tinhso") / f"cluster-{places.short_digest(str(wanted))}"
    return wanted


def newest_programs() -> Path:
    """The folder of the newest PostgreSQL that has PostGIS. Raises Failure when none will do."""
    found = sorted((int(path.parent.name), path) for path in PROGRAMS.glob("*/bin") if path.parent.name.isdecimal())
    fitting = [path for version, path in found if version >= OLDEST and _has_postgis(version)]
    if fitting:
        return fitting[-1]
    if not found:
        raise Failure("PostgreSQL is missing: ./tinhso up installs it")
    if found[-1][0] < OLDEST:
        raise Failure(f"PostgreSQL {found[-1][0]} is too old: version {OLDEST} or newer is needed")
    raise Failure(f"PostGIS is missing for PostgreSQL {found[-1][0]}: install postgresql-{found[-1][0]}-postgis-3")


def programs_for(version: str) -> Path:
    """The programs that can open data of this version."""
    programs = PROGRAMS / version / "bin"
    if not (programs / "postgres").exists():
        raise Failure(f"the data were made by PostgreSQL {version}, which is no longer installed here")
    return programs


def refuse_a_full_disk(folder: Path) -> None:
    """Raise Failure when there is too little room for a new cluster."""
    place = folder
    while not place.exists():
        place = place.parent
    free = shutil.disk_usage(place).free
    if free < LEAST_FREE:
        raise Failure(f"the disk is full: {place} has {free >> 20} MB free, {LEAST_FREE >> 20} MB are needed")


def _has_postgis(version: int) -> bool:
    return (EXTENSIONS / str(version) / "extension" / "postgis.control").exists()


def _keep_password(secret: Path) -> None:
    """A new password in a file that only its owner reads; an old one stays."""
    if not secret.exists():
        secret.parent.mkdir(parents=True, exist_ok=True)
        new = secret.with_name(secret.name + ".new")
        new.touch(mode=0o600)
        new.write_text(secrets.token_urlsafe(24))
        new.replace(secret)


def _own_folder(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    if folder.is_symlink():  # never hand away what somebody else put in the way
        raise Failure(f"Database cluster: {folder} is a link to another place")
    _give(folder)


def _give(path: Path) -> None:
    """Hand a path to the user that the server runs as."""
    if os.geteuid() == 0:
        postgres = pwd.getpwnam("postgres")
        os.chown(path, postgres.pw_uid, postgres.pw_gid)


def _as_postgres() -> dict[str, Any]:
    """What Popen needs so that the server does not run as root."""
    clean = {"PATH": os.environ.get("PATH", os.defpath), "LC_ALL": "C.UTF-8"}
    if os.geteuid() != 0:
        return {"env": clean, "cwd": "/"}
    return {"env": clean, "user": "postgres", "group": "postgres", "extra_groups": [], "cwd": "/"}
