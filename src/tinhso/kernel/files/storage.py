"""Content on disk, named by its own SHA-256 under MEDIA_ROOT: written aside, made durable, then renamed."""

from __future__ import annotations

import hashlib
import os
import tempfile
from pathlib import Path

from django.conf import settings


def digest_of(content: bytes) -> str:
    return hashlib.sha256(content).hexdigest()


def path_of(digest: str) -> Path:
    """MEDIA_ROOT/ab/cd/abcd…: never more than 256 names in the upper folders."""
    return Path(settings.MEDIA_ROOT) / digest[:2] / digest[2:4] / digest


def put(content: bytes) -> str:
    """Keep the content and return its digest; what is there already is not written again."""
    digest = digest_of(content)
    path = path_of(digest)
    if path.exists() and path.stat().st_size == len(content):
        return digest
    path.parent.mkdir(parents=True, exist_ok=True)
    number, aside = tempfile.mkstemp(dir=path.parent, prefix=".part-")
    try:
        with os.fdopen(number, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        os.chmod(aside, 0o640)
        os.replace(aside, path)
    except BaseException:
        Path(aside).unlink(missing_ok=True)
        raise
    _make_durable(path.parent)
    return digest


def get(digest: str) -> bytes:
    """The content. Raises FileNotFoundError when it is lost, ValueError when it is no longer what it was."""
    content = path_of(digest).read_bytes()
    if digest_of(content) != digest:
        raise ValueError(f"the content {digest} has changed on disk")
    return content


def remove(digest: str) -> None:
    path_of(digest).unlink(missing_ok=True)


def _make_durable(folder: Path) -> None:
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)
