"""Where GloVe begins that is given vectors: scale, what is kept, what keeps still, what a checkpoint holds."""

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context
from core.errors import TrainingError
from core.params import validate
from core.space import EmbeddingSpace
from tests.core.toy import data_of, two_topics

GLOVE = ARCHITECTURES.get("glove")
TOY = data_of(two_topics(), held_out=range(7, 400, 40))
VECTORS = np.random.default_rng(2).normal(size=(5, 16)).astype(np.float32)


def begun(vectors=VECTORS, steps=None, **settings):
    """GloVe after so many Steps, all without a number, that began from vectors of the first words."""
    model = GLOVE(validate(GLOVE.Params, {"dimensions": 16, "epochs": 4, **settings}, "glove"))
    start = EmbeddingSpace([f"w{word}" for word in range(len(vectors))], vectors)
    training = model.train(TOY, Context(step_seconds=0, held_out_seconds=1e9, start=start))
    losses = [step.loss for step, _ in zip(training, range(steps or 10**9), strict=False)]
    return model, losses


@pytest.mark.parametrize(("summed", "scale"), [(True, 2.0), (False, 4.0)])
def test_both_vectors_begin_alike_with_a_mean_length_of_one_to_two(summed, scale):
    model, _ = begun(steps=1, sum_contexts=summed)
    arrays, state = model.state()
    assert np.linalg.norm(VECTORS, axis=1).mean() == pytest.approx(4.001, abs=1e-3)
    for name in ("inputs", "outputs"):
        np.testing.assert_array_equal(arrays[name][:5], VECTORS / 4)
    assert state["scale"] == scale
    assert model.space().vectors[:5].tobytes() == VECTORS.tobytes()


@pytest.mark.parametrize("times", [2.0**-20, 2.0**13])
def test_how_long_vectors_are_does_not_matter_and_comes_back(times):
    model, losses = begun()
    other, others = begun(np.float32(times) * VECTORS)
    np.testing.assert_array_equal(others, losses)
    assert (np.float32(times) * model.space().vectors).tobytes() == other.space().vectors.tobytes()


@pytest.mark.parametrize("vectors", [np.zeros((3, 16), np.float32), np.zeros((0, 16), np.float32)], ids=["zero", "no"])
def test_vectors_of_no_length_and_no_vectors_at_all(vectors):
    model, losses = begun(vectors)
    assert np.isfinite(model.space().vectors).all()
    assert model.state()[1]["scale"] == 1
    assert losses[-1] < 0.1


def test_where_vectors_as_neighbours_are_not_kept_they_move_for_words_that_keep_still():
    for summed in (True, False):
        before, after = (begun(steps=steps, frozen="always", sum_contexts=summed)[0] for steps in (1, None))
        assert after.space().vectors[:5].tobytes() == VECTORS.tobytes()
        moved = after.state()[0]["outputs"][:5] != before.state()[0]["outputs"][:5]
        assert moved.any() == (not summed)
        assert (after.state()[0]["biases"][:5, [0, 2]] != 0).all()


def test_what_one_run_has_learned_another_goes_on_with():
    learned, _ = begun(VECTORS[:0], epochs=30)
    _, again = begun(learned.space().vectors, epochs=1)
    assert np.nanmean(again) < 0.6 * np.nanmean(begun(VECTORS[:0], epochs=1)[1])


def test_a_checkpoint_whose_frozen_words_do_not_fit_is_refused():
    model, _ = begun(steps=3, frozen="always")
    arrays, state = model.state()
    for wrong in ({}, {"frozen": arrays["frozen"][:-1]}, {"frozen": arrays["frozen"].astype(np.uint8)}):
        rest = {name: array for name, array in arrays.items() if name != "frozen"}
        with pytest.raises(TrainingError, match="frozen do not fit 20 words"):
            GLOVE(model.params).restore({**rest, **wrong}, state, TOY)


def test_a_checkpoint_of_before_there_were_vectors_to_begin_from_is_read():
    model, _ = begun(VECTORS[:0], steps=3)
    arrays, state = model.state()
    older = {key: value for key, value in state.items() if key not in ("scale", "frozen")}
    again = GLOVE(model.params)
    again.restore({name: array.copy() for name, array in arrays.items()}, older, TOY)
    assert again.space().vectors.tobytes() == model.space().vectors.tobytes()
