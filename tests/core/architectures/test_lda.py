"""What is LDA's own: planted topics and priors found again, vectors and held-out loss by hand, words left out."""

import json
import math

import numpy as np
import pytest

from core.architecture import Context, CorpusSize
from core.architectures.lda import LDA, LDAParams
from core.counting.topics import NONE, Priors, Topics, common_words
from core.errors import TrainingError
from core.params import validate
from tests.core.toy import contrast, data_of, two_topics

EVERY_BLOCK = Context(step_seconds=0)
WORDS = 40


def planted(documents=1500, length=60, topics=5, alpha=0.2, seed=1):
    """Documents of a known mixture of known topics: the lines, φ of shape `(topics, words)`, their θ."""
    rng = np.random.default_rng(seed)
    phi = rng.dirichlet(np.full(WORDS, 0.1), topics)
    theta = rng.dirichlet(np.broadcast_to(alpha, topics), documents)
    drawn = [rng.choice(topics, length, p=shares) for shares in theta]
    return [[int(rng.choice(WORDS, p=phi[topic])) for topic in line] for line in drawn], phi, theta


def trained(data, context=EVERY_BLOCK, **settings):
    model = LDA(validate(LDAParams, {"epochs": 100} | settings))
    return model, list(model.train(data, context))


def found_topics(model):
    """φ as learned, shape `(topics, words)`."""
    topics, priors = model._known()
    counts = topics.expected()
    counts[topics.common] = 0
    return ((counts + priors.beta) / (counts + priors.beta).sum(axis=0)).T


@pytest.fixture(scope="module")
def five():
    return planted()


@pytest.mark.parametrize("threads", [1, 2])
def test_five_planted_topics_are_found(five, threads):
    lines, phi, _ = five
    settings = {"topics": 5, "alpha": 1.0, "most_documents": 1.0}  # five times .2, as planted
    model, steps = trained(data_of(lines, range(5, 1500, 50)), Context(threads=threads), **settings)
    found = found_topics(model)
    apart = np.abs(phi[:, None] - found[None]).sum(axis=2) / 2  # total variation
    assert sorted(apart.argmin(axis=1).tolist()) == [0, 1, 2, 3, 4]
    assert apart.min(axis=1).max() < 0.05
    # No model guesses the words better than the one that wrote them, but for chance: it comes close.
    assert steps[-1].held_out_loss < 1.02 * true_loss(five, range(5, 1500, 50))
    # p(topic | word), by Bayes from what was planted with topics equally frequent.
    expected = (phi / phi.sum(axis=0))[apart.argmin(axis=0)].T
    frequent = phi.sum(axis=0) > 0.02
    assert np.abs(model.space().vectors - expected)[frequent].mean() < 0.03


def true_loss(five, held_out):
    """What completing the documents costs who knows φ, and of each document θ."""
    lines, phi, theta = five
    logs = [np.log(theta[document] @ phi[:, lines[document][::2]]) for document in held_out]
    return -float(np.concatenate(logs).mean())


@pytest.mark.parametrize("length", [80, 400])  # up to 127 occurrences are counted one by one, more in classes
def test_alpha_is_learned(length):
    alpha = np.array([0.1, 0.3, 1.0])
    rng = np.random.default_rng(2)
    data = data_of([rng.choice(3, length, p=shares).tolist() for shares in rng.dirichlet(alpha, 3000)])
    # The topics are known, as if each word had its own.
    topics, priors = Topics(data, 3, np.zeros(3, np.bool_), data.tokens.astype(np.uint16)), Priors(np.ones(3), 0.05)
    for _ in range(20):
        priors.learn_alpha(topics)
    np.testing.assert_allclose(priors.alpha, alpha, rtol=0.08)


def test_alpha_stays_where_it_shall():
    data = data_of(two_topics(200))
    kept, learned = (trained(data, topics=4, alpha=2.0, learn_alpha=value)[0].state()[1] for value in (False, True))
    assert kept["alpha"] == [0.5] * 4
    assert learned["alpha"] != kept["alpha"]
    assert kept["beta"] == learned["beta"] == 0.05


def test_vectors_by_hand():
    model = LDA(LDAParams(topics=2, beta=0.5, epochs=100))
    steps = model.train(data_of([[0, 1, 2]] * 30, range(0, 30, 9)), EVERY_BLOCK)
    next(steps)
    assignments = np.array(model._known()[0].assignments)
    drawn = np.bincount(assignments[0:90:3][assignments[0:90:3] != NONE], minlength=2)
    # (n + β) / (n of both + 2β)
    np.testing.assert_allclose(model.space().vectors[0], (drawn + 0.5) / (drawn.sum() + 1), rtol=1e-6)
    # At last it is how often each was likely: the sums, scaled to how often the word stands in the text.
    list(steps)
    sums = model.state()[0]["sums"][0].astype(float)
    expected = (26 * sums / sums.sum() + 0.5) / 27
    np.testing.assert_allclose(model.space().vectors[0], expected, rtol=1e-5)


def test_vectors_are_distributions_of_which_the_facts_tell_the_topics():
    model, _ = trained(data_of(two_topics(300, mixed=0.1)), topics=7, epochs=20)
    space = model.space()
    assert (space.vectors > 0).all()
    np.testing.assert_allclose(space.vectors.sum(axis=1), 1, rtol=1e-5)
    facts = json.loads(json.dumps(space.metadata))["topics"]
    assert len(facts["alpha"]) == len(facts["shares"]) == 7
    assert sum(facts["shares"]) == pytest.approx(1)
    assert facts["beta"] == 0.05


def test_held_out_loss_of_one_topic_is_that_of_the_words_frequencies():
    # Where two topics say the same, θ does not matter: p(word) = (n + β) / (words + 3β) of both together.
    lines = [[0, 1, 0, 2]] * 400
    data = data_of(lines, [7])
    model, steps = trained(data, topics=2, epochs=200, most_documents=1.0, alpha=1000.0, learn_alpha=False, beta=10.0)
    # Words 0 and 0 of the held-out line are guessed; one word of two is a 0.
    assert steps[-1].held_out_loss == pytest.approx(math.log(2), abs=0.1)
    phi, alpha = found_topics(model), np.full(2, 500.0)
    theta = alpha / alpha.sum()
    for _ in range(20):
        parts = theta * phi[:, [1, 2]].T
        theta = (alpha + (parts / parts.sum(axis=1, keepdims=True)).sum(axis=0)) / (alpha.sum() + 2)
    assert steps[-1].held_out_loss == pytest.approx(-math.log(theta @ phi[:, 0]), rel=1e-5)


def test_words_that_stand_everywhere_take_no_part_and_have_the_topics_of_their_documents():
    # Word 0 stands in all documents, word 1 in all of the first topic; both are left out.
    lines = [[0, 1, *(2 + word for word in line)] if line[0] % 2 == 0 else [0, *(2 + word for word in line)]
             for line in two_topics(400)]  # fmt: skip
    data = data_of(lines)
    assert np.flatnonzero(common_words(data, 0.45)).tolist() == [0, 1]
    model, steps = trained(data, topics=2, most_documents=0.45, epochs=40, alpha=1.0)
    assert steps[-1].examples == 40 * 4000
    vectors = model.space().vectors
    first = vectors[2::2].mean(axis=0).argmax()
    assert vectors[1, first] > 0.85
    assert abs(vectors[0, first] - 0.5) < 0.1
    assert contrast(vectors[2:]) > 0.9


def test_where_all_words_stand_everywhere_none_is_left_out():
    data = data_of([[0, 1, 2]] * 20)
    assert not common_words(data, 0.5).any()
    # Lines held out, and lines of unknown words, are no documents.
    data = data_of([[0, 1]] * 3 + [[0, 2]] * 3 + [[1, 2]] * 3 + [[5]] * 90, range(3), vocabulary=3)
    assert np.flatnonzero(common_words(data, 0.6)).tolist() == [2]


def test_a_state_of_other_topics_is_refused():
    data = data_of(two_topics(100))
    arrays, state = trained(data, topics=4, epochs=10)[0].state()
    with pytest.raises(TrainingError, match="topics"):
        LDA(LDAParams(topics=5, epochs=10)).restore(arrays, state, data)
    wrong = {**arrays, "assignments": np.full(len(data.tokens), 4, np.uint16)}
    with pytest.raises(TrainingError, match="assignments are not of 4 topics"):
        LDA(LDAParams(topics=4, epochs=10)).restore(wrong, state, data)


def test_presets_leave_out_what_chance_puts_into_as_many_documents():
    short, long, unknown = (
        LDA.preset("balanced", size)["most_documents"]
        for size in (CorpusSize(100_000, 9_000, 10_000), CorpusSize(230_000, 9_000, 1_000), CorpusSize(100_000, 9_000))
    )
    assert short == 0.05  # 10 words: 1 − e^−.02 = .02, and the least is .05
    assert long == 0.37  # 230 words: 1 − e^−.46
    assert unknown == 0.18


@pytest.mark.parametrize(("segments", "said"), [(1, "only one;"), (9, "only 9;")])
def test_too_few_documents_are_refused(segments, said):
    assert said in LDA.refuses(CorpusSize(9_000, 900, segments))
    assert LDA.refuses(CorpusSize(9_000, 900, 10)) is None
