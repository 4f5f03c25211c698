"""Hashes seen so far: against a dictionary of lists."""

import numpy as np

from core.data.hash_index import HashIndex


def test_against_a_dictionary():
    rng = np.random.default_rng(1)
    index, known = HashIndex(), {}
    for _ in range(60):
        hashes = rng.integers(0, 500, rng.integers(0, 40)).astype(np.uint64)
        numbers = rng.integers(0, 1000, len(hashes)).astype(np.uint32)
        index.add(hashes, numbers)
        for key, number in zip(hashes.tolist(), numbers.tolist(), strict=True):
            known.setdefault(key, []).append(number)
        asked = rng.integers(0, 600, 30).astype(np.uint64)
        which, found = index.find(asked, 1000)
        got = {}
        for place, number in zip(which.tolist(), found.tolist(), strict=True):
            got.setdefault(place, []).append(number)
        wanted = {place: sorted(known[key]) for place, key in enumerate(asked.tolist()) if key in known}
        assert {place: sorted(numbers) for place, numbers in got.items()} == wanted
    assert index.size == sum(map(len, known.values()))
    assert len(index._runs) < 12


def test_the_first_entries_are_found():
    index = HashIndex()
    index.add(np.full(10, 7, np.uint64), np.arange(10, dtype=np.uint32))
    which, numbers = index.find(np.array([1, 7], np.uint64), 3)
    assert which.tolist() == [1, 1, 1]
    assert numbers.tolist() == [0, 1, 2]
    assert index.find(np.zeros(0, np.uint64), 3)[0].size == 0
