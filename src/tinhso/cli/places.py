"""Where things lie: the checkout, and the folder that holds all that running makes.

Standard library only: this is read before the environment exists.
"""

from __future__ import annotations

import hashlib
import os
from pathlib import Path

from tinhso.cli.steps import Failure

ROOT = Path(__file__).resolve().parents[3]
SOURCE = ROOT / "src"
PACKAGE = SOURCE / "tinhso"
ENVIRONMENT = ROOT / ".venv"
SOCKET_LIMIT = 90  # a unix socket's path may have 107 bytes; the file's own name takes the rest


def data_folder() -> Path:
    """TINHSO_DATA, or ./var in the checkout; root's is outside its home, where `postgres` may go."""
    if given := os.environ.get("TINHSO_DATA"):
        return Path(given).expanduser().absolute()
    if os.geteuid() == 0:
        return Path("/var/lib/tinhso") / f"{ROOT.name}-{short_digest(str(ROOT))}"
    return ROOT / "var"


def short_digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()[:8]


def make_private(folder: Path) -> Path:
    """A folder that only its owner may enter. Raises Failure where it cannot be made."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
    except (FileNotFoundError, NotADirectoryError, PermissionError) as error:
        raise Failure(f"{folder} cannot be made ({error.strerror}): name another place, TINHSO_DATA=…") from None
    return folder


def socket_folder(wanted: Path) -> Path:
    """`wanted`, or a short stand-in for it when the path is too long for a unix socket."""
    if len(os.fsencode(wanted)) <= SOCKET_LIMIT:
        return wanted
    rooms = (os.environ.get("XDG_RUNTIME_DIR", "/tmp"), "/run")  # noqa: S108 (named by owner and path)
    return Path(rooms[os.geteuid() == 0]) / f"tinhso-{os.geteuid()}-{short_digest(str(wanted))}"


def secrets() -> Path:
    return data_folder() / "secrets"


def logs() -> Path:
    return data_folder() / "logs"


def run() -> Path:
    return data_folder() / "run"


def stamps() -> Path:
    return data_folder() / "stamps"


def port() -> int:
    """PORT, else 8000. Raises Failure when it is not a number between 1 and 65534 (live updates take the next)."""
    given = os.environ.get("PORT", "8000")
    if not given.isdecimal() or not 0 < int(given) < 65535:
        raise Failure(f"PORT must be a number between 1 and 65534, not {given!r}")
    return int(given)
