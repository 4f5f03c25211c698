"""The planted world is what it says it is, and training recovers what was planted."""

import itertools
import json
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context
from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.params import validate
from sample_corpora.planted.grammar import Frame, Grammar, Scene
from sample_corpora.planted.truth import world
from sample_corpora.planted_world import PLANTED, PlantedWorld, cooccurrence, generate, true_space

ROOT = Path(__file__).resolve().parents[2]


# ------------------------------------------------------------------------------------------------------- the grammar


def small() -> Grammar:
    """Two frames: “a {x} {y}” with two scenes, weight 3; “b”, weight 1."""
    scenes = (Scene({"x": ("c", "d"), "y": ("e",)}, 1), Scene({"x": ("f",), "y": ("g", "h")}, 3))
    return Grammar([Frame("A {x} {y}", scenes, 3), Frame("b", (Scene({}),), 1)])


def test_cooccurrence_by_hand():
    words, matrix = small().cooccurrence(2)
    assert words == list("abcdefgh")
    near = {(a, b): matrix[i, j] for (i, a), (j, b) in itertools.product(enumerate(words), repeat=2) if matrix[i, j]}
    # The first scene has a chance of 3/4 · 1/4, the second of 3/4 · 3/4; each choice of two halves it.
    first, second = 3 / 16, 9 / 16
    expected = {
        ("a", "c"): first / 2, ("a", "d"): first / 2, ("a", "e"): first, ("c", "e"): first / 2, ("d", "e"): first / 2,
        ("a", "f"): second, ("a", "g"): second / 2, ("a", "h"): second / 2, ("f", "g"): second / 2,
        ("f", "h"): second / 2,
    }  # fmt: skip
    assert near == pytest.approx(expected | {(b, a): value for (a, b), value in expected.items()})
    assert small().cooccurrence(1)[1][0, 4] == 0, "a and e are two places apart"
    assert small().counts().tolist() == pytest.approx(
        [3 / 4, 1 / 4, first / 2, first / 2, first, second, second / 2, second / 2]
    )


def test_sentences_come_as_often_as_they_should():
    drawn = Counter(small().sentences(40_000, np.random.default_rng(1)))
    assert {text: number / 40_000 for text, number in drawn.items()} == pytest.approx(
        {"B.": 1 / 4, "A c e.": 3 / 32, "A d e.": 3 / 32, "A f g.": 9 / 32, "A f h.": 9 / 32}, abs=0.01
    )


def test_cooccurrence_of_the_world_is_what_its_text_has():
    words, expected = cooccurrence(0.8, window=3)
    index = {word: i for i, word in enumerate(words)}
    counted = np.zeros_like(expected)
    lines = generate(5, 30_000, 0.8).lower().replace(".", "").splitlines()
    for line in lines:
        places = [index[word] for word in line.split()]
        for i, first in enumerate(places):
            for second in places[i + 1 : i + 4]:
                counted[first, second] += 1
                counted[second, first] += 1
    common = expected > 30 / len(lines)
    assert common.sum() > 1000
    error = counted[common] / len(lines) - expected[common]
    # Counts are nearly Poisson: their error in standard deviations is, on average, about one.
    deviations = error / np.sqrt(expected[common] / len(lines))
    assert np.sqrt(np.mean(deviations**2)) == pytest.approx(1, abs=0.15)
    assert counted[expected == 0].sum() == 0


# ------------------------------------------------------------------------------------------------------------ the text


def test_same_arguments_same_text():
    assert generate(3, 200, 0.5) == generate(3, 200, 0.5)
    assert generate(3, 200, 0.5) != generate(4, 200, 0.5)


def test_the_sample_is_as_large_as_it_says(tmp_path):
    path = PlantedWorld.write(tmp_path)
    text = path.read_text("utf-8")
    assert len(text.split()) == pytest.approx(PlantedWorld.words, rel=0.05)
    assert len(text.splitlines()) == 20_000
    assert len(set(text.lower().replace(".", "").split())) > 800


def test_no_slip_of_the_article():
    for places in world(0.5)._places:
        for first, second in itertools.pairwise(places):
            vowels = {word[0].lower() in "aeiou" for word in second}
            assert first != ("a",) or vowels == {False}, second
            assert first != ("an",) or vowels == {True}, second


def test_the_truth_is_about_words_of_the_world():
    words = set(world(0.0).words)
    named = {word for pairs in PLANTED.analogies.values() for pair in pairs for word in pair}
    named |= {word for group in (*PLANTED.synonyms, *PLANTED.fields.values()) for word in group}
    named |= {word for sets in (PLANTED.targets, PLANTED.attributes) for group in sets.values() for word in group}
    named |= set(PLANTED.senses) | set(PlantedWorld.watched)
    assert named <= words
    assert len(list(PLANTED.questions())) == 2 * 26 * 25 + 14 * 13


def test_word_sets_are_those_of_the_world():
    sets = json.loads((ROOT / "core" / "bias" / "word_sets" / "planted_world.json").read_text("utf-8"))
    for test in sets["tests"]:
        assert {label: tuple(words) for label, words in test["targets"].items()} == dict(PLANTED.targets)
    assert {label: tuple(words) for label, words in sets["tests"][0]["attributes"].items()} == dict(PLANTED.attributes)


# ----------------------------------------------------------------------------------------------------------- the truth


def association(space, words):
    """For each word its mean cosine to the male words minus that to the female ones."""
    male, female = (space.unit[space.indices(group)] for group in PLANTED.attributes.values())
    vectors = space.unit[space.indices(words)]
    return (vectors @ male.T).mean(axis=1) - (vectors @ female.T).mean(axis=1)


def effect_size(space):
    """WEAT's d, standard deviation with ddof 0."""
    first, second = (association(space, words) for words in PLANTED.targets.values())
    return (first.mean() - second.mean()) / np.concatenate([first, second]).std()


def analogies_right(space):
    """Share of the planted analogies whose answer is the nearest word, by relation."""
    right = {}
    for relation, pairs in PLANTED.analogies.items():
        questions = [space.indices([a, b, c, d]) for (a, b), (c, d) in itertools.permutations(pairs, 2)]
        a, b, c, d = np.array(questions).T
        scores = (space.unit[b] - space.unit[a] + space.unit[c]) @ space.unit.T
        for given in (a, b, c):
            scores[np.arange(len(d)), given] = -np.inf
        right[relation] = float(np.mean(scores.argmax(axis=1) == d))
    return right


def found_again(space, groups):
    """Mean share of a word's group among its nearest words, as many as the group has others."""
    shares = []
    for group in groups:
        rows = space.indices(group)
        for row in rows:
            scores = space.unit @ space.unit[row]
            scores[row] = -np.inf
            shares.append(np.isin(np.argsort(-scores)[: len(rows) - 1], rows).mean())
    return float(np.mean(shares))


def test_the_truth_holds_in_the_generators_own_distribution():
    space = true_space(0.8)
    assert set(analogies_right(space).values()) == {1.0}
    assert found_again(space, PLANTED.synonyms) == 1.0
    assert found_again(space, PLANTED.fields.values()) > 0.99
    for word, senses in PLANTED.senses.items():
        near = space.unit @ space.unit[space.index(word)]
        everybody = near[space.indices([w for group in PLANTED.fields.values() for w in group])].mean()
        assert all(near[space.indices(group)].mean() > everybody + 0.1 for group in senses), word


def test_the_true_bias_is_zero_at_zero_and_rises_with_the_strength():
    values = [effect_size(true_space(strength)) for strength in PLANTED.strengths]
    assert values[0] == pytest.approx(0, abs=1e-3)
    assert all(later - earlier > 0.1 for earlier, later in itertools.pairwise(values))
    assert effect_size(true_space(-0.5)) == pytest.approx(-values[2], abs=0.05)
    with pytest.raises(ValueError, match="bias_strength"):
        true_space(1.5)


# ----------------------------------------------------------------------------------------------------- what is learned


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    """Trains skip-gram on worlds of a strength."""

    def train(strength, seed):
        folder = tmp_path_factory.mktemp("world")
        (folder / "world.txt").write_text(generate(seed, 20_000, strength), "utf-8")
        corpus = build_corpus(folder / "world.txt", folder / "corpus", CorpusOptions())
        architecture = ARCHITECTURES.get("skipgram")
        settings = {"dimensions": 64, "epochs": 15, "learning_rate": 0.05, "window": 5, "subsample": 1e-3}
        model = architecture(validate(architecture.Params, settings))
        for _ in model.train(corpus.training_data(2, None, 0.01, seed), Context(seed=seed)):
            pass
        return model.space()

    return train


@pytest.mark.slow
def test_training_recovers_what_was_planted(trained):
    space = trained(0.8, 1)
    right = analogies_right(space)
    assert min(right.values()) >= 0.8, right
    assert found_again(space, PLANTED.synonyms) >= 0.7
    assert found_again(space, PLANTED.fields.values()) >= 0.85
    for word, senses in PLANTED.senses.items():
        near = {space.keys[i] for i in np.argsort(-(space.unit @ space.unit[space.index(word)]))[1:26]}
        assert all(near & set(group) for group in senses), word


@pytest.mark.slow
def test_training_recovers_the_bias(trained):
    seeds = (1, 2, 3)
    values = np.array([[effect_size(trained(strength, seed)) for seed in seeds] for strength in PLANTED.strengths])
    means = values.mean(axis=1)
    assert all(later > earlier for earlier, later in itertools.pairwise(means)), "the right order"
    assert np.all(values[1:] > 0), "the right sign"
    # At strength zero d of 8 + 8 words is nearly normal with a deviation of 1/2: two of them are the 95 % interval.
    assert np.all(np.abs(values[0]) < 1)
