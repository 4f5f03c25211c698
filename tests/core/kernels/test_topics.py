"""The sampler of topics: a pass against plain Python, compiled as interpreted, held-out words and documents by hand.

`python -m tests.core.kernels.test_topics FILE` writes what `sample()` draws, compiled or interpreted.
"""

import math
import sys
from types import SimpleNamespace

import numba
import numpy as np
import pytest

from core.kernels.topic_counts import BINS, EXACT, complete_documents, count_documents_with, count_topics, tally
from core.kernels.topics import NONE, topics_kernel
from tests.core.kernels.interpreted import assert_as_interpreted

WORDS = 30
MASK = (1 << 64) - 1


def text(documents=12, seed=3):
    """Documents of very different lengths; the third is held out, words from 28 on are not in the vocabulary."""
    rng = np.random.default_rng(seed)
    lines = [rng.integers(0, WORDS, int(rng.integers(0, 40))).astype(np.uint32) for _ in range(documents)]
    held_out = np.zeros(documents, np.bool_)
    held_out[2] = True
    common = np.zeros(WORDS - 2, np.bool_)
    common[:2] = True
    return np.concatenate(lines), np.cumsum([0, *map(len, lines)], dtype=np.int64), held_out, common


def run(topics, passes=2, soft=False):
    tokens, offsets, held_out, common = text()
    width = -(-topics // 16) * 16
    alpha = np.zeros(width, np.float32)
    alpha[:topics] = np.linspace(0.05, 0.4, topics)
    left = SimpleNamespace(
        assignments=np.full(len(tokens), NONE, np.uint16),
        counts=np.zeros((len(common), width), np.float32),
        totals=np.zeros(width),
        sums=np.zeros((len(common), width), np.float32),
        counted=np.zeros(2),
    )
    smoothing = 0.05 * float((~common).sum())
    for number in range(passes):
        left.counted[:] = 0
        topics_kernel()(
            tokens, offsets, held_out, 0, len(held_out), common, topics, left.assignments, left.counts, left.totals,
            alpha, 0.05, smoothing, np.uint64(99 + number), soft, left.sums, left.counted,
        )  # fmt: skip
    return left


def sample():
    return run(20, passes=3, soft=True)


def uniforms(state):
    while True:
        state = (state + 0x9E3779B97F4A7C15) & MASK
        z = ((state ^ (state >> 30)) * 0xBF58476D1CE4E5B9) & MASK
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & MASK
        yield ((z ^ (z >> 31)) >> 40) / 2**24


def plain(topics, passes):
    """Griffiths and Steyvers's sampler as one writes it down; the topics stand in the kernel's order on the line."""
    tokens, offsets, held_out, common = text()
    alpha, beta = np.linspace(0.05, 0.4, topics).astype(np.float32).astype(float), 0.05
    line = sorted(range(topics), key=lambda topic: (topic % 16, topic))
    given = dict[int, int]()
    words, whole, likely = np.zeros((len(common), topics)), np.zeros(topics), np.zeros((len(common), topics))
    for number in range(passes):
        random, losses = uniforms(99 + number), []
        for document in np.flatnonzero(~held_out):
            places = range(offsets[document], offsets[document + 1])
            taking = [at for at in places if tokens[at] < len(common) and not common[tokens[at]]]
            mine = np.bincount([given[at] for at in taking if at in given], minlength=topics).astype(float)
            for at in taking:
                word = tokens[at]
                if at in given:
                    for table in (mine, words[word], whole):
                        table[given[at]] -= 1
                chances = (mine + alpha) * (words[word] + beta) / (whole + beta * (~common).sum())
                losses.append(-math.log(chances.sum() / (mine.sum() + alpha.sum())))
                likely[word] += chances / chances.sum()
                steps = np.cumsum(chances[line])
                given[at] = line[int(np.searchsorted(steps, next(random) * steps[-1], side="right"))]
                for table in (mine, words[word], whole):
                    table[given[at]] += 1
            for at in places:
                if taking and tokens[at] < len(common) and common[tokens[at]]:
                    likely[tokens[at]] += (mine + alpha) / (mine.sum() + alpha.sum())
    return given, words, likely, losses


@pytest.mark.parametrize("topics", [2, 16, 20, 70])
@pytest.mark.parametrize("passes", [1, 3])
def test_passes_against_plain_python(topics, passes):
    found = run(topics, passes, soft=True)
    given, words, likely, losses = plain(topics, passes)
    drawn = {int(at): int(found.assignments[at]) for at in np.flatnonzero(found.assignments != NONE)}
    assert drawn == given
    np.testing.assert_array_equal(found.counts[:, :topics], words)
    np.testing.assert_array_equal(found.totals[:topics], words.sum(axis=0))
    assert not found.counts[:, topics:].any()
    np.testing.assert_allclose(found.sums[:, :topics], likely, rtol=2e-4, atol=1e-6)
    assert found.counted[1] == len(losses)
    assert found.counted[0] == pytest.approx(sum(losses), rel=1e-5)


def test_what_is_likely_is_only_summed_where_it_is_asked_for():
    hard, soft = run(20), run(20, soft=True)
    np.testing.assert_array_equal(hard.assignments, soft.assignments)
    assert not hard.sums.any()


def test_counts_anew_are_the_counts():
    found = run(20)
    again = np.zeros_like(found.counts)
    count_topics(text()[0], found.assignments, again)
    np.testing.assert_array_equal(again, found.counts)


def test_compiled_as_interpreted(tmp_path):
    file = tmp_path / "interpreted.npz"
    assert_as_interpreted(vars(sample()), file, "tests.core.kernels.test_topics", file, rtol=1e-5, atol=2e-6)


def complete(lines, likely, alpha, common=()):
    tokens = np.concatenate(lines).astype(np.uint32)
    offsets = np.cumsum([0, *map(len, lines)], dtype=np.int64)
    left_out = np.isin(np.arange(len(likely)), common)
    wide = np.zeros((len(likely), 16), np.float32)
    wide[:, : len(alpha)] = likely
    prior = np.zeros(16, np.float32)
    prior[: len(alpha)] = alpha
    return complete_documents(tokens, offsets, np.arange(len(lines)), left_out, wide, prior, 20)


def test_held_out_words_by_hand():
    # Of two topics only the first says word 1. It has then 1 + 1 of the 1 + 2 words that words and prior have, the
    # second 1 of them, and word 0 has the chance 2/3 · .3 + 1/3 · .9 = .5.
    likely = np.array([[0.3, 0.9], [0.5, 0.0], [0.2, 0.1]])
    assert complete([[0, 1]], likely, [1, 1]) == pytest.approx((math.log(2), 1), rel=1e-6)
    # A document of one word is guessed from the prior alone: 3/4 · .3 + 1/4 · .9 = .45; one of none is not asked.
    assert complete([[0], []], likely, [3, 1]) == pytest.approx((-math.log(0.45), 1), rel=1e-6)
    # Unknown and common words are as if they were not there.
    assert complete([[7, 0, 2, 1, 9]], likely, [1, 1], common=[2]) == pytest.approx((math.log(2), 1), rel=1e-6)
    # The third word is guessed too: 2/3 · .2 + 1/3 · .1 = 1/6.
    assert complete([[0, 1, 2]], likely, [1, 1]) == pytest.approx((math.log(2) + math.log(6), 2), rel=1e-6)


def test_the_topics_of_a_held_out_document_reproduce_themselves():
    rng = np.random.default_rng(1)
    likely, alpha = rng.dirichlet(np.ones(9), 5).T, np.array([0.5, 0.1, 0.1, 0.2, 1.0])
    line = rng.integers(0, 9, 21)
    shares = alpha / alpha.sum()
    for _ in range(2000):
        parts = shares * likely[line[1::2]]
        shares = (alpha + (parts / parts.sum(axis=1, keepdims=True)).sum(axis=0)) / (alpha.sum() + 10)
    expected = -np.log(likely[line[::2]] @ shares).sum()
    loss, words = complete([line], likely, alpha)
    assert words == 11
    assert loss == pytest.approx(expected, rel=1e-2)


def test_documents_with_a_word_by_hand():
    tokens = np.array([0, 0, 1, 5, 5, 1, 2, 1], np.uint32)
    offsets = np.array([0, 3, 5, 7, 8], np.int64)  # 0 0 1 | 5 5 | 1 2 | 1, the last held out
    found = np.zeros(4, np.int64)
    assert count_documents_with(tokens, offsets, np.array([False, False, False, True]), found) == 2
    assert found.tolist() == [1, 2, 1, 0]


def test_documents_by_how_often_they_have_a_topic_by_hand():
    assignments = np.array([0, 0, 1, NONE, 1, 1, NONE] + [0] * 300, np.uint16)
    topics, lengths = np.zeros((2, BINS), np.int64), np.zeros(BINS, np.int64)
    tally(np.array([0, 4, 6, 7, 307], np.int64), assignments, topics, lengths)
    above = EXACT + int(16 * math.log2(300 / EXACT))
    assert {(int(t), int(b)): int(topics[t, b]) for t, b in np.argwhere(topics)} == {
        (0, 2): 1, (1, 1): 1, (1, 2): 1, (0, above): 1,
    }  # fmt: skip
    assert {int(b): int(lengths[b]) for b in np.flatnonzero(lengths)} == {3: 1, 2: 1, above: 1}


if __name__ == "__main__":
    print("interpreted" if numba.config.DISABLE_JIT else "compiled")  # noqa: T201
    with np.errstate(over="ignore"):
        np.savez(sys.argv[1], **vars(sample()))
