"""What is peculiar to the architectures that count: losses, cells held back, divergence, floors, what they recover.

`python -m tests.core.architectures.test_counting` prints the loss curves that `golden_counting.json` holds.
"""

import json
import math
import re
from pathlib import Path

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context
from core.counting.training import Counting
from core.data.build import build_corpus
from core.data.options import CorpusOptions
from core.errors import CorpusError, DivergedError
from core.params import validate
from sample_corpora.planted_world import PLANTED, generate
from tests.core.toy import contrast, data_of, two_topics

GOLDEN = Path(__file__).with_name("golden_counting.json")
EVERY_BLOCK = Context(step_seconds=0)
LINES = two_topics(300, words=30, mixed=0.1)
DATA = data_of(LINES, range(0, 300, 25))
COUNTING = [unit for unit in ARCHITECTURES if issubclass(unit, Counting)]
LOSING = [unit for unit in COUNTING if unit.loss_unit]


def train(name, data=DATA, context=EVERY_BLOCK, **settings):
    unit = ARCHITECTURES.get(name)
    model = unit(validate(unit.Params, settings, name))
    return model, list(model.train(data, context))


def curve(unit):
    """The loss of the first and the last Steps that have one, and the held-out loss."""
    name = "dimensions" if "dimensions" in unit.Params.model_fields else "topics"
    _, steps = train(unit.name, **{name: 12})
    losses = [step.loss for step in steps if math.isfinite(step.loss)]
    told = [*losses[:2], *losses[-2:], steps[-1].held_out_loss]
    return [value for value in told if value is not None]


@pytest.mark.parametrize("unit", LOSING, ids=lambda unit: unit.name)
def test_the_loss_curve_is_the_known_one(unit):
    # A change that shall not change what is learned leaves these numbers alone.
    golden = json.loads(GOLDEN.read_text("utf-8"))
    assert unit.name in golden, f"add {curve(unit)} to {GOLDEN.name}"
    np.testing.assert_allclose(curve(unit), golden[unit.name], rtol=1e-4)


def test_glove_holds_back_both_directions_of_a_pair_and_trains_on_neither():
    model, steps = train("glove", epochs=3, dimensions=8)
    cells = model._cells
    held = set(zip(cells.held_back.rows.tolist(), cells.held_back.columns.tolist(), strict=True))
    assert held
    assert held == {(j, i) for i, j in held}
    trained = set()
    for begin, end, owner in zip(cells.begins, cells.ends, cells.owners, strict=True):
        trained |= {(int(owner), int(word)) for word in cells.columns[begin:end]}
    assert not trained & held
    assert steps[-1].examples == 3 * len(trained)
    # Four lines of a hundred are held out, and as large a share of the pairs.
    assert len(held) / (len(held) + len(trained)) == pytest.approx(12 / 300, rel=0.35)


def test_glove_held_out_loss_by_hand():
    model, steps = train("glove", epochs=4, dimensions=8, x_max=5.0, alpha=0.5)
    arrays, _ = model.state()
    held = model._cells.held_back
    total = 0.0
    for i, j, log in zip(held.rows, held.columns, held.logs.tolist(), strict=True):
        score = float(arrays["inputs"][i].astype(float) @ arrays["outputs"][j])
        score += float(arrays["biases"][i, 0]) + float(arrays["biases"][j, 2])
        total += min(1.0, (math.exp(log) / 5) ** 0.5) * (score - log) ** 2
    assert steps[-1].held_out_loss == pytest.approx(total / len(held.rows), rel=1e-5)


def test_glove_loss_is_the_mean_of_its_terms():
    # With steps of next to nothing the loss is that of vectors of next to nothing: the mean of f · log² x.
    model, steps = train("glove", data_of(LINES), epochs=1, dimensions=8, learning_rate=1e-6)
    logs = model._cells.logs.astype(float)
    expected = np.minimum(1, (np.exp(logs) / 10) ** 0.75) * logs**2
    counted = [(step.loss, step.examples) for step in steps if step.examples]
    examples = np.diff([0, *(count for _, count in counted)])
    mean = sum(loss * count for (loss, _), count in zip(counted, examples, strict=True)) / examples.sum()
    assert mean == pytest.approx(expected.mean(), rel=0.02)


def test_glove_sums_both_vectors_or_keeps_one():
    both, _ = train("glove", dimensions=8)
    one, _ = train("glove", dimensions=8, sum_contexts=False)
    arrays, _ = both.state()
    np.testing.assert_array_equal(one.space().vectors, arrays["inputs"])
    np.testing.assert_array_equal(both.space().vectors, arrays["inputs"] + arrays["outputs"])


def test_glove_to_the_left_alone_counts_each_pair_once():
    both, left = (train("glove", data_of(LINES), window=1, epochs=1, symmetric=value)[0] for value in (True, False))
    assert np.exp(both._cells.logs).sum() == pytest.approx(2 * 300 * 9, rel=1e-5)
    assert np.exp(left._cells.logs).sum() == pytest.approx(300 * 9, rel=1e-5)


@pytest.mark.parametrize("threads", [1, 2])
def test_glove_diverges_in_a_sentence(threads):
    with pytest.raises(DivergedError, match=r"block \d+: the mean loss is .* with learning_rate 10; try .* 0\.05\."):
        train("glove", context=Context(step_seconds=0, threads=threads), learning_rate=10.0, epochs=50)


@pytest.mark.parametrize("rate", [0.01, 0.05, 0.2])
@pytest.mark.parametrize(
    "lines",
    [[[0, 1]], [[0, 1, 0, 0]] * 3, [[0] * 90 + [1, 2]] * 40, [[0, 1] * 50] * 40, two_topics(30)],
    ids=["two tokens", "two words", "hardly anything but one word", "two words, often", "two topics"],
)
def test_glove_is_never_nan(lines, rate):
    model, steps = train("glove", data_of(lines), learning_rate=rate, epochs=200)
    assert np.isfinite(model.space().vectors).all()
    assert math.isfinite(steps[-1].loss)


@pytest.mark.parametrize("name", ["glove", "ppmi_svd", "lsa"])
def test_two_threads_learn_as_much(name):
    data = data_of(two_topics(1600, words=40, mixed=0.1))
    one, two = (train(name, data, Context(threads=threads))[0].space() for threads in (1, 2))
    assert contrast(two.vectors) == pytest.approx(contrast(one.vectors), abs=0.05)


def test_ppmi_and_lsa_are_the_same_whatever_the_seed():
    for name in ("ppmi_svd", "lsa"):
        one, other = (train(name, context=Context(seed=seed))[0].space() for seed in (1, 2))
        assert one.vectors.tobytes() == other.vectors.tobytes()


def test_one_hot_by_hand():
    vectors = train("one_hot", dimensions=3)[0].space().vectors
    np.testing.assert_array_equal(vectors[:3], np.eye(3))
    assert not vectors[3:].any()


def test_random_vectors_have_cosines_of_one_over_the_root_of_the_dimensions():
    data = data_of([list(range(2000))])
    unit = train("random", data, dimensions=64)[0].space().unit
    cosines = (unit @ unit.T)[np.triu_indices(2000, 1)]
    assert cosines.mean() == pytest.approx(0, abs=0.002)
    assert cosines.std() == pytest.approx(1 / 8, rel=0.02)


def test_counting_again_tells_no_step_twice():
    unit = ARCHITECTURES.get("glove")
    model = unit(validate(unit.Params, {"dimensions": 8, "epochs": 3}))
    steps = model.train(DATA, Context(step_seconds=0))
    block = [next(steps) for _ in range(6)][-1].block
    arrays, state = model.state()
    again = unit(model.params)
    again.restore({name: array.copy() for name, array in arrays.items()}, state, DATA)
    assert next(again.train(DATA, Context(step_seconds=0))).block == block + 1


# ------------------------------------------------------------------------------------------------- the planted world


@pytest.fixture(scope="module")
def world(tmp_path_factory):
    folder = tmp_path_factory.mktemp("world")
    (folder / "world.txt").write_text(generate(1, 20_000, 0.8), "utf-8")
    corpus = build_corpus(folder / "world.txt", folder / "corpus", CorpusOptions())
    return corpus.training_data(2, None, 0.01, 1), corpus.size(2, 200_000)


def recovered(space):
    """Shares of analogies answered right, and of words among the nearest of their synonyms and fields."""
    unit = space.unit
    right = []
    for a, b, c, d in PLANTED.questions():
        if all(word in space for word in (a, b, c, d)):
            rows = [space.index(word) for word in (a, b, c)]
            scores = unit @ (unit[rows[1]] - unit[rows[0]] + unit[rows[2]])
            scores[rows] = -np.inf
            right.append(scores.argmax() == space.index(d))

    def near(groups):
        hits = []
        for group in groups:
            rows = [space.index(word) for word in group if word in space]
            for row in rows:
                order = np.argsort(-(unit @ unit[row]), kind="stable")
                order = order[order != row][: len(rows) - 1]
                hits.append(np.isin(order, rows).mean())
        return float(np.mean(hits))

    return float(np.mean(right)), near(PLANTED.synonyms), near(PLANTED.fields.values())


# What GloVe leaves unused, the pairs that never stand together, is most of what there is to know of so small a world;
# LSA and TF-IDF see who shares a sentence, which words that stand for one another never do.
LEAST = {
    "ppmi_svd": (0.95, 0.95, 0.95),
    "glove": (0.2, 0.6, 0.5),
    "lsa": (0.5, 0.2, 0.5),
    "tfidf": (0.3, 0.0, 0.01),
    "lda": (0.15, 0.25, 0.45),
    "random": (0.0, 0.0, 0.0),
    "one_hot": (0.0, 0.0, 0.0),
}


@pytest.mark.slow
@pytest.mark.parametrize("unit", COUNTING, ids=lambda unit: unit.name)
def test_the_planted_world(unit, world):
    data, size = world
    model = unit(validate(unit.Params, unit.preset("balanced", size)))
    list(model.train(data, Context()))
    found = recovered(model.space())
    assert all(value >= least for value, least in zip(found, LEAST[unit.name], strict=True)), found
    if not unit.learns:
        assert max(found) < 0.05, found


if __name__ == "__main__":
    print(json.dumps({unit.name: [round(value, 6) for value in curve(unit)] for unit in LOSING}, indent=1))  # noqa: T201


# Words in no order: what is learned of them does not hold for the pairs held back.
CHAOS_LINES = np.random.default_rng(0).integers(0, 40, (300, 20)).tolist()
CHAOS = data_of(CHAOS_LINES, range(0, 300, 5))
STOPPING = {"dimensions": 16, "epochs": 80, "early_stopping": 2, "learning_rate": 0.2}


def test_glove_ends_once_the_held_out_loss_has_not_fallen_and_goes_on_as_if_nothing_had_been():
    glove, context = ARCHITECTURES.get("glove"), Context(step_seconds=0, held_out_seconds=1e9)
    straight, states = glove(validate(glove.Params, STOPPING)), []
    steps = []
    for step in straight.train(CHAOS, context):
        steps.append(step)
        arrays, state = straight.state()
        states.append(({name: array.copy() for name, array in arrays.items()}, state))
    assert re.fullmatch(
        r"It ended early, after epoch (\d+): the held-out loss has not fallen below \S+ for 2 epochs\.",
        straight.ended_early,
    )
    assert steps[-1].fraction < 1
    assert steps[-1].held_out_loss is not None
    for number in (1, len(states) // 2, len(states) - 1):
        again = glove(validate(glove.Params, STOPPING))
        again.restore(*states[number], CHAOS)
        assert [step.block for step in again.train(CHAOS, context)] == [step.block for step in steps[number + 1 :]]
        assert again.space().vectors.tobytes() == straight.space().vectors.tobytes()
        assert again.ended_early == straight.ended_early
    with pytest.raises(CorpusError, match="no pair of words is held back"):
        list(glove(validate(glove.Params, STOPPING)).train(data_of(CHAOS_LINES), context))
