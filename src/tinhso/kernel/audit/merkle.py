"""Merkle trees as in RFC 6962 (section 2.1): one root over many leaves, and the way from a leaf up to it.

A leaf and a node are hashed with different first bytes, so that none can pass for the other.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence

EMPTY = hashlib.sha256(b"").digest()


class Tree:
    """Takes leaves one by one and keeps only the roots of whole subtrees: 30 of them for a thousand million."""

    def __init__(self) -> None:
        self.count = 0
        self._whole: list[tuple[int, bytes]] = []  # (leaves beneath, hash), each more than the one after

    def add(self, leaf: bytes) -> None:
        size, top = 1, of_leaf(leaf)
        while self._whole and self._whole[-1][0] == size:
            top = of_pair(self._whole.pop()[1], top)
            size *= 2
        self._whole.append((size, top))
        self.count += 1

    def root(self) -> bytes:
        if not self._whole:
            return EMPTY
        top = self._whole[-1][1]
        for _size, left in reversed(self._whole[:-1]):
            top = of_pair(left, top)
        return top


def of_leaf(leaf: bytes) -> bytes:
    return hashlib.sha256(b"\x00" + leaf).digest()


def of_pair(left: bytes, right: bytes) -> bytes:
    return hashlib.sha256(b"\x01" + left + right).digest()


def root_of(leaves: Sequence[bytes]) -> bytes:
    tree = Tree()
    for leaf in leaves:
        tree.add(leaf)
    return tree.root()


def path_of(leaves: Sequence[bytes], index: int) -> list[bytes]:
    """The hashes beside the way from a leaf to the root, lowest first."""
    if len(leaves) == 1:
        return []
    half = _half(len(leaves))
    if index < half:
        return [*path_of(leaves[:half], index), root_of(leaves[half:])]
    return [*path_of(leaves[half:], index - half), root_of(leaves[:half])]


def root_by_path(leaf: bytes, index: int, count: int, path: Sequence[bytes]) -> bytes | None:
    """The root that follows from a leaf and its way (RFC 9162, 2.1.3.2); None when no such tree has that way."""
    if not 0 <= index < count:
        return None
    top, last = of_leaf(leaf), count - 1
    for beside in path:
        if last == 0:
            return None
        if index % 2 or index == last:
            top = of_pair(beside, top)
            while index and index % 2 == 0:  # alone on the right: it rises without a partner
                index, last = index // 2, last // 2
        else:
            top = of_pair(top, beside)
        index, last = index // 2, last // 2
    return top if last == 0 else None


def _half(count: int) -> int:
    """The largest power of two that is smaller."""
    return 1 << (count - 1).bit_length() - 1
