#!/usr/bin/env python3
"""Check what Tỉnh Số publishes of its audit trail, on any machine, without asking us.

    python3 verify_day_root.py root.json                 is the day's root signed by the key that you know?
    python3 verify_day_root.py root.json proof.json      does each step of a record lie under that root?
    python3 verify_day_root.py root.json --key HEX       the key's 32 bytes as you were told them before

Needs Python 3.9 and the package `cryptography`. Hashing as in RFC 6962, section 2.1. Exit code 1: it does not hold.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import sys
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

PREFIX = b"tinhso day root 1\n"


def is_signed(published: dict[str, Any], key: str) -> bool:
    text = published["statement"].encode()
    try:
        Ed25519PublicKey.from_public_bytes(bytes.fromhex(key)).verify(
            bytes.fromhex(published["signature"]), PREFIX + text
        )
    except (InvalidSignature, ValueError):
        return False
    return True


def root_by_path(leaf: bytes, index: int, count: int, path: list[bytes]) -> bytes | None:
    top, last = hashlib.sha256(b"\x00" + leaf).digest(), count - 1
    for beside in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            top = hashlib.sha256(b"\x01" + beside + top).digest()
            while index and index % 2 == 0:
                index, last = index // 2, last // 2
        else:
            top = hashlib.sha256(b"\x01" + top + beside).digest()
        index, last = index // 2, last // 2
    return top if last == 0 else None


def lies_under(proof: dict[str, Any], said: dict[str, Any]) -> bool:
    path = [bytes.fromhex(one) for one in proof["path"]]
    root = root_by_path(bytes.fromhex(proof["leaf"]), proof["index"], said["entries"], path)
    return root is not None and root.hex() == str(said["root"])


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("root", type=Path)
    parser.add_argument("proof", type=Path, nargs="?")
    parser.add_argument("--key", default="")
    chosen = parser.parse_args()
    published = json.loads(chosen.root.read_text(encoding="utf-8"))
    said = json.loads(published["statement"])
    holds = is_signed(published, chosen.key or published["public_key"])
    print(f"{said['book']} {said['chapter']} {said['day']}: {said['entries']} entries, root {said['root']}")
    print("signature holds" if holds else "SIGNATURE DOES NOT HOLD")
    for proof in json.loads(chosen.proof.read_text(encoding="utf-8"))["proofs"] if chosen.proof else []:
        if proof["root"] != said["root"]:
            print(f"step {proof['version']}: of another day ({proof['day']})")
            continue
        found = lies_under(proof, said)
        holds = holds and found
        print(f"step {proof['version']}: {'lies under the root' if found else 'DOES NOT LIE UNDER THE ROOT'}")
    sys.exit(0 if holds else 1)


if __name__ == "__main__":
    main()
