"""The file that `backup` writes: a tar of the database's dump, files and keys, closed by a manifest of digests."""

from __future__ import annotations

import hashlib
import io
import json
import shutil
import tarfile
from collections.abc import Iterable
from dataclasses import asdict, dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from tinhso.cli.steps import Failure

FORMAT = 1
MANIFEST, DUMP = "manifest.json", "database.dump"
# Under the data folder: what the database does not hold. The roles' passwords are made anew on each machine.
KEPT = ("files", "keys", "anchors", "secrets/secret_key")
BLOCK = 1 << 20


@dataclass
class Manifest:
    """What is in a backup: rows of every table, digests of every member, and where the audit trail ended."""

    made_at: str
    postgres: int
    counts: dict[str, int]
    seal: list[Any] | None = None  # number and hash of the newest seal
    members: dict[str, str] = field(default_factory=dict)  # path -> SHA-256
    format: int = FORMAT


def pack(path: Path, manifest: Manifest, members: Iterable[tuple[str, Path]]) -> Manifest:
    """Write the backup in one piece, readable by its owner only."""
    new = path.with_name(f"{path.name}.new")
    try:
        new.unlink(missing_ok=True)
        new.touch(mode=0o600)
        with tarfile.open(new, "w") as tar:
            for name, source in members:
                manifest.members[name] = _add(tar, name, source)
            content = json.dumps(asdict(manifest), indent=1).encode()
            told = tarfile.TarInfo(MANIFEST)
            told.size = len(content)
            tar.addfile(told, io.BytesIO(content))
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise
    return manifest


def unpack(path: Path, folder: Path) -> Manifest:
    """Take a backup apart into a folder and compare every digest. Raises Failure at the first that differs."""
    found: dict[str, str] = {}
    try:
        with tarfile.open(path, "r") as tar:
            for member in tar:
                found[member.name] = _take(tar, member, folder)
    except (tarfile.TarError, EOFError, OSError) as error:
        raise Failure(f"{path} is no whole backup: {error}") from None
    manifest = _manifest_in(path, folder)
    del found[MANIFEST]
    if wrong := sorted(
        name for name in found.keys() | manifest.members if found.get(name) != manifest.members.get(name)
    ):
        raise Failure(f"{path} was damaged or changed: {wrong[0]} is not what the manifest says")
    return manifest


def _manifest_in(path: Path, folder: Path) -> Manifest:
    try:
        manifest = Manifest(**json.loads((folder / MANIFEST).read_text()))
    except (OSError, ValueError, TypeError):
        raise Failure(f"{path} is no whole backup: it has no manifest") from None
    if manifest.format != FORMAT:
        raise Failure(f"{path} has format {manifest.format}; this version reads format {FORMAT}")
    return manifest


def of_folders(data: Path) -> Iterable[tuple[str, Path]]:
    """Every file beside the database that a backup must hold."""
    for name in KEPT:
        for path in (data / name, *sorted((data / name).rglob("*"))):
            if path.is_file():
                yield str(PurePosixPath(path.relative_to(data))), path


def _add(tar: tarfile.TarFile, name: str, source: Path) -> str:
    told = tarfile.TarInfo(name)
    told.size, told.mtime, told.mode = source.stat().st_size, int(source.stat().st_mtime), 0o600
    with source.open("rb") as file:
        watched = _Hashing(file)
        tar.addfile(told, watched)
    return watched.digest.hexdigest()


def _take(tar: tarfile.TarFile, member: tarfile.TarInfo, folder: Path) -> str:
    """Write one member below the folder: only plain files, never outside of it."""
    name = PurePosixPath(member.name)
    content = tar.extractfile(member) if member.isreg() else None
    if content is None or name.is_absolute() or ".." in name.parts:
        raise Failure(f"the backup holds {member.name}, which no backup of ours does")
    target = folder / name
    target.parent.mkdir(parents=True, exist_ok=True)
    watched = _Hashing(content)
    with target.open("wb") as file:
        target.chmod(0o600)
        shutil.copyfileobj(watched, file, BLOCK)
    return watched.digest.hexdigest()


class _Hashing:
    """A file that is hashed while it is read."""

    def __init__(self, file: IO[bytes]) -> None:
        self.file = file
        self.digest = hashlib.sha256()

    def read(self, size: int = -1) -> bytes:
        block = self.file.read(size)
        self.digest.update(block)
        return block
