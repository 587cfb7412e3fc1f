"""Merkle trees: the published test vectors of certificate transparency, and every way of every small tree."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given
from hypothesis import strategies as some

from tinhso.kernel.audit import merkle

# Leaves and roots of the reference tests of RFC 6962 implementations.
LEAVES = ["", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"]
ROOTS = {
    1: "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    2: "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    3: "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    8: "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
}


def leaves(count: int) -> list[bytes]:
    return [hashlib.sha256(str(number).encode()).digest() for number in range(count)]


@pytest.mark.parametrize("count", ROOTS)
def test_roots_are_those_of_the_reference(count):
    assert merkle.root_of([bytes.fromhex(leaf) for leaf in LEAVES[:count]]).hex() == ROOTS[count]


def test_no_leaves_have_the_hash_of_nothing():
    assert merkle.root_of([]) == hashlib.sha256(b"").digest()


@given(some.integers(1, 70), some.data())
def test_each_leaf_has_a_way_to_the_root_and_no_other_leaf_has_it(count, data):
    index = data.draw(some.integers(0, count - 1))
    kept = leaves(count)
    root, path = merkle.root_of(kept), merkle.path_of(kept, index)

    assert merkle.root_by_path(kept[index], index, count, path) == root
    assert merkle.root_by_path(b"another", index, count, path) != root
    assert merkle.root_by_path(kept[index], index, count, [*path, root]) != root
    assert merkle.root_by_path(kept[index], count, count, path) is None
    if path:
        assert merkle.root_by_path(kept[index], index, count, path[:-1]) != root
