"""The sealer's key: a file that the database never sees. Old public keys stay, so that old seals can be read."""

from __future__ import annotations

import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)
from django.conf import settings

PRIVATE = "audit-seal.key"
PREFIX = b"tinhso audit seal 1\n"
TEXT_PREFIX = b"tinhso day root 1\n"


@dataclass(frozen=True, slots=True)
class SealKey:
    """An Ed25519 key with its fingerprint, the first 16 hex digits of the public key's SHA-256."""

    fingerprint: str
    private: Ed25519PrivateKey

    def sign(self, digest: bytes) -> bytes:
        return self.private.sign(PREFIX + digest)

    def sign_text(self, text: str) -> bytes:
        """Sign what is published of a day; no seal's signature can pass for one of these."""
        return self.private.sign(TEXT_PREFIX + text.encode())


def folder() -> Path:
    return Path(settings.DATA) / "keys"


def seal_key() -> SealKey:
    """The key in use; made at first need, readable by its owner only."""
    path = folder() / PRIVATE
    if not path.exists():
        _make(path)
    private = load_pem_private_key(path.read_bytes(), password=None)
    if not isinstance(private, Ed25519PrivateKey):
        raise TypeError(f"{path.name} is not an Ed25519 key")
    return SealKey(_fingerprint(private.public_key()), private)


def public_keys() -> dict[str, Ed25519PublicKey]:
    """Every public key ever used for sealing, by fingerprint."""
    found = {}
    for path in sorted(folder().glob("audit-seal-*.pub")):
        key = load_pem_public_key(path.read_bytes())
        if isinstance(key, Ed25519PublicKey):
            found[_fingerprint(key)] = key
    return found


def is_text_signed(key: Ed25519PublicKey | None, text: str, signature: bytes) -> bool:
    """Whether `signature` over `text` was made by `sign_text` with the private half of `key`."""
    return _is_signed(key, TEXT_PREFIX + text.encode(), signature)


def is_signed(key: Ed25519PublicKey | None, digest: bytes, signature: bytes) -> bool:
    """Whether `signature` over `digest` was made with the private half of `key`."""
    return _is_signed(key, PREFIX + digest, signature)


def _is_signed(key: Ed25519PublicKey | None, said: bytes, signature: bytes) -> bool:
    if key is None:
        return False
    try:
        key.verify(signature, said)
    except InvalidSignature:
        return False
    return True


def _make(path: Path) -> None:
    path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    private = Ed25519PrivateKey.generate()
    public = private.public_key()
    pem = private.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    public_path = path.parent / f"audit-seal-{_fingerprint(public)}.pub"
    public_path.write_bytes(public.public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:  # another process was first; its key counts
        public_path.unlink()
        return
    with os.fdopen(handle, "wb") as file:
        file.write(pem)


def _fingerprint(public: Ed25519PublicKey) -> str:
    return hashlib.sha256(public.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]
