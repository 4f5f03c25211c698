"""Which curves mean the same, and the sentence where they do not."""

import pytest

from core.runs.comparing import comparable, held_out_apart, loss_meaning, why_apart
from core.runs.settings import RunSettings
from core.runs.spec import IMPORTED, Spec, make_spec

CORPUS = "a-corpus"


def spec(architecture="skipgram", corpus=CORPUS, min_count=5, max_vocabulary=1000, **params):
    settings = {"corpus": corpus, "min_count": min_count, "max_vocabulary": max_vocabulary}
    return make_spec(architecture, params, settings)


def test_the_meaning_names_architecture_unit_and_settings():
    assert loss_meaning(spec(negatives=7, window=3)) == "Skip-gram, nats per example (negatives 7, window 3)"
    assert loss_meaning(spec("random")) == ""
    assert loss_meaning(Spec(IMPORTED, None, RunSettings(corpus=CORPUS))) == ""


@pytest.mark.parametrize(
    "other",
    [{}, {"dimensions": 16}, {"epochs": 50}, {"learning_rate": 0.5}, {"subsample": 1e-5}],
)
def test_what_is_on_the_way_may_differ(other):
    assert comparable(spec(), spec(**other))
    assert why_apart([spec(), spec(**other), spec()]) == ""


@pytest.mark.parametrize(
    ("other", "said"),
    [
        (
            {"negatives": 9},
            "do not mean the same: Skip-gram, nats per example (negatives 5, window 5); Skip-gram, nats",
        ),
        ({"window": 2}, "(negatives 5, window 2)"),
        ({"noise_exponent": 0.0}, "(negatives 5, window 5, noise_exponent 0.0)"),
        ({"architecture": "cbow"}, "CBOW, nats per example"),
        ({"architecture": "glove"}, "GloVe, weighted squared error per pair"),
        ({"architecture": "random"}, "no loss to compare for Random vectors"),
        ({"min_count": 1}, "different words, which makes losses differ by itself: min_count 5"),
        ({"max_vocabulary": 10}, "max_vocabulary 10."),
        ({"corpus": "another"}, "different texts"),
    ],
)
def test_what_the_loss_depends_on_may_not(other, said):
    assert not comparable(spec(), spec(**other))
    assert not comparable(spec(**other), spec())
    assert said in why_apart([spec(), spec(**other)])


def test_runs_without_a_loss_are_not_even_like_themselves():
    assert not comparable(spec("random"), spec("random"))
    assert "for Random vectors and One-hot." in why_apart([spec("random"), spec("one_hot"), spec()])


def test_imported_vectors_have_none():
    brought = Spec(IMPORTED, None, RunSettings(corpus=CORPUS))
    assert not comparable(brought, spec())
    assert "for Imported vectors." in why_apart([spec(), brought])


def held(seed=1, held_out=0.01, corpus=CORPUS, architecture="skipgram"):
    return make_spec(architecture, {}, {"corpus": corpus, "seed": seed, "held_out": held_out})


@pytest.mark.parametrize(
    ("specs", "said"),
    [
        ([held(), held(), held(architecture="cbow")], ""),
        ([held(), held(2, 0.0)], ""),
        ([held(1, 0.0), held(2, 0.0)], ""),
        ([held(), held(2, corpus="another")], ""),
        ([held(), Spec(IMPORTED, None, RunSettings(corpus=CORPUS, seed=2))], ""),
        ([held(), held(2), held(2)], "(seeds 1 and 2)"),
        ([held(), held(1, 0.05)], "(seed 1 with held_out 0.01 and seed 1 with held_out 0.05)"),
        ([held(seed) for seed in range(9)], "(seeds 0, 1, 2, 3, 4 and 4 more)"),
    ],
)
def test_numbers_on_different_held_out_lines_are_said_to_be(specs, said):
    found = held_out_apart(specs)
    assert said in found
    assert bool(found) == bool(said)
