"""What every architecture promises, tried on each that is registered."""

import contextlib
import dataclasses
import itertools
import json
import math
import re

import numpy as np
import pytest

from core.architecture import ARCHITECTURES, Context, CorpusSize
from core.errors import CorpusError, TrainingError
from core.params import ANY, describe, validate
from core.runs.settings import RunSettings
from core.space import EmbeddingSpace
from core.tensors import open_tensors, save_tensors
from tests.core.toy import contrast, data_of, two_topics

pytestmark = pytest.mark.parametrize("architecture", list(ARCHITECTURES), ids=lambda unit: unit.name)

EVERY_BLOCK = Context(step_seconds=0, held_out_seconds=1e9)
LINES = two_topics()
TOY = data_of(LINES, held_out=range(7, 400, 40))
LONG = data_of(two_topics(1600, words=40))
# What never stands together tells nothing to those that look at pairs that do.
MIXED = data_of(two_topics(1600, words=40, mixed=0.05))
WANTED = {"dimensions": 16, "epochs": 2}


def make(architecture, **wanted):
    """An untrained one; settings that it does not have are left out."""
    wanted = WANTED | wanted
    wanted = {"topics": wanted["dimensions"]} | wanted  # LDA's name of its dimensions
    known = {name: value for name, value in wanted.items() if name in architecture.Params.model_fields}
    return architecture(validate(architecture.Params, known, architecture.name))


def trained(architecture, data, context=EVERY_BLOCK, **wanted):
    model = make(architecture, **wanted)
    return model, list(model.train(data, context))


def kept(model):
    """A state that stays as it is when training goes on."""
    arrays, state = model.state()
    return {name: array.copy() for name, array in arrays.items()}, state


def passes_over(model):
    """How often a whole training may pass over the corpus: once an epoch, and perhaps once before, to count."""
    epochs = getattr(model.params, "epochs", 0)
    return epochs, epochs + 1


def bytes_of(model):
    arrays, state = model.state()
    return {name: array.tobytes() for name, array in arrays.items()}, state


def test_says_what_it_is(architecture):
    assert architecture.__module__ == f"core.architectures.{architecture.name}"
    assert architecture.title
    assert len(re.findall(r"\.(?=\s|$)", architecture.summary)) == 3
    assert re.search(r"\b(19|20)\d\d\b", architecture.citation)
    assert set(architecture.comparable) <= set(architecture.Params.model_fields)


def test_settings_are_bounded_and_explained(architecture):
    infos = describe(architecture.Params)
    assert not all(info.advanced for info in infos)
    for info in infos:
        assert info.help.endswith("."), info.name
        if info.kind in ("integer", "number"):
            assert info.minimum <= info.default <= info.maximum, info.name
            for bound in (info.minimum, info.maximum):
                value = int(bound) if info.kind == "integer" else float(bound)
                validate(architecture.Params, {info.name: value}, architecture.name)


def test_conditions_name_settings_and_values_that_there_are(architecture):
    own = {info.name for info in describe(architecture.Params)}
    infos = {info.name: info for info in [*describe(RunSettings), *describe(architecture.Params)]}
    for info in infos.values():
        for name, values in info.needs.items():
            assert name != info.name
            assert values, info.name
            for value in values:
                if value != ANY:
                    validate(architecture.Params if name in own else RunSettings, {name: value})
                    assert infos[name].kind != "choice" or len(infos[name].choices) > len(values), info.name


@pytest.mark.parametrize("preset", ["quick", "balanced", "thorough"])
@pytest.mark.parametrize("tokens", [1_000, 30_000, 1_000_000, 100_000_000])
def test_presets_are_valid_and_priced(architecture, preset, tokens):
    size = CorpusSize(tokens, min(tokens // 10, 200_000))
    params = validate(architecture.Params, architecture.preset(preset, size), architecture.name)
    estimate = architecture.estimate(params, size, 1)
    double = architecture.estimate(params, CorpusSize(2 * size.tokens, 2 * size.vocabulary), 1)
    assert 0 < estimate.seconds < double.seconds < math.inf
    assert 0 < estimate.memory < double.memory
    assert 0 < architecture.estimate(params, size, 2).seconds <= estimate.seconds


def test_the_loss_is_said_in_words_and_means_something_else_with_other_settings(architecture):
    params = architecture.Params()
    said = architecture.loss_of(params)
    assert bool(said) == bool(architecture.loss_unit)
    assert architecture.loss_unit in said
    infos = {info.name: info for info in describe(architecture.Params)}
    for name in architecture.comparable if said else ():
        info, value = infos[name], getattr(params, name)
        others = info.choices or [True, False] if info.kind in ("choice", "switch") else [info.minimum, info.maximum]
        other = next(one for one in others if one != value)
        other = {"integer": int, "number": float}.get(info.kind, type(value))(other)
        assert architecture.loss_of(validate(architecture.Params, {name: other})) != said, name


def test_refuses_in_a_sentence_and_takes_what_there_is_enough_of(architecture):
    assert architecture.refuses(CorpusSize(100_000, 5_000, 2_000, 3)) is None
    for size in (CorpusSize(4, 2), CorpusSize(900, 90, 1), CorpusSize(100_000, 5_000, 2_000)):
        reason = architecture.refuses(size)
        assert reason is None or re.fullmatch(r"[A-Z].*;.*\.", reason), "what is wrong; what to do."


def test_constructing_and_asking_for_a_training_do_not_train(architecture):
    model = make(architecture)
    steps = model.train(TOY, EVERY_BLOCK)
    for question in (model.space, model.state):
        with pytest.raises(TrainingError, match="train"):
            question()
    next(steps)
    model.space(), model.state()


def test_steps_tell_the_training(architecture):
    model, steps = trained(architecture, TOY, epochs=3)
    assert len(steps) > 3 or not architecture.learns
    for before, after in itertools.pairwise(steps):
        assert before.block < after.block
        assert before.fraction < after.fraction
        assert before.examples <= after.examples
        assert before.words <= after.words
        assert before.learning_rate >= after.learning_rate
    told = 0
    for step in steps:
        assert 0 < step.fraction <= 1
        assert math.isfinite(step.loss) == (step.examples > told) == (step.examples_per_second > 0)
        assert not math.isfinite(step.loss) or 0 < step.loss < 100
        assert step.words_per_second >= 0
        assert all(type(value) in (int, float, type(None)) for value in dataclasses.asdict(step).values())
        json.dumps(dataclasses.asdict(step) | {"loss": None}, allow_nan=False)
        told = step.examples
    assert steps[-1].fraction == 1
    assert steps[-1].words in [3_900 * passes for passes in passes_over(model)]
    at_last = [True] * (len(steps) - 1) + [not architecture.measures_held_out]
    assert [step.held_out_loss is None for step in steps] == at_last
    losses = [step.loss for step in steps if math.isfinite(step.loss)]
    assert bool(losses) == bool(architecture.loss_unit)
    # A factoring may be through with so small a matrix after its first pass, but for rounding.
    assert not losses or losses[-1] < losses[0] + (0 if architecture.seeded else 1e-6)
    assert model.space().metadata["fraction"] == 1


def test_held_out_loss_falls_whenever_it_is_asked_for(architecture):
    _, steps = trained(architecture, TOY, Context(step_seconds=0, held_out_seconds=0), epochs=20, topics=2)
    losses = [step.held_out_loss for step in steps if step.held_out_loss is not None]
    assert bool(losses) == architecture.measures_held_out
    # Who has found two topics half-way does not find them again.
    assert not losses or losses[-1] < 1.001 * losses[len(losses) // 2] < losses[0]
    # Measuring leaves the training as it was.
    again = trained(architecture, TOY, epochs=20, topics=2)[1]
    np.testing.assert_array_equal([step.loss for step in steps], [step.loss for step in again])


def test_nothing_held_out_nothing_measured(architecture):
    _, steps = trained(architecture, data_of(LINES))
    assert all(step.held_out_loss is None for step in steps)


@pytest.mark.parametrize("dimensions", [2, 17, 100])
def test_space_and_state_from_the_first_step_on(architecture, dimensions):
    model = make(architecture, dimensions=dimensions)
    for count, _ in enumerate(model.train(TOY, EVERY_BLOCK)):
        space = model.space()
        assert isinstance(space, EmbeddingSpace)
        assert space.keys == list(TOY.words)
        assert space.counts.tolist() == TOY.counts.tolist()
        asked = getattr(model.params, "dimensions", getattr(model.params, "topics", space.dimensions))
        assert space.vectors.shape == (TOY.vocabulary, asked)
        assert np.isfinite(space.vectors).all()
        assert space.metadata["architecture"] == architecture.name
        arrays, state = model.state()
        json.dumps([state, space.metadata], allow_nan=False)
        assert arrays
        for name, array in arrays.items():
            if name == "assignments":  # of a topic to each token
                assert array.shape == TOY.tokens.shape
                continue
            assert array.dtype == np.float32
            # The block that finds singular vectors is wider by a few than what is asked for.
            assert asked in array.shape or name == "basis" or "bias" in name, "padding would be saved along"
        if count == 2:
            break


def test_what_is_handed_out_cannot_disturb_the_training(architecture):
    model = make(architecture)
    steps = model.train(TOY, EVERY_BLOCK)
    next(steps)
    before = bytes_of(model)
    arrays, state = model.state()
    for handed_out in (model.space().vectors, *arrays.values()):
        with contextlib.suppress(ValueError):  # a view can be looked at only, a copy may be written to
            handed_out[:] = 9
    assert bytes_of(model) == before
    rest = list(steps)
    assert state == before[1]
    assert (state != model.state()[1]) == bool(rest)


@pytest.mark.parametrize("dimensions", [16, 17])
def test_a_state_goes_through_a_file_row_by_row(architecture, dimensions, tmp_path):
    model, _ = trained(architecture, TOY, dimensions=dimensions)
    arrays, state = model.state()
    save_tensors(tmp_path / "state", arrays)
    again = make(architecture, dimensions=dimensions)
    again.restore(open_tensors(tmp_path / "state")[0], state, TOY)
    assert bytes_of(again) == bytes_of(model)
    # What was saved does not depend on how it lay.
    save_tensors(tmp_path / "copy", {name: np.ascontiguousarray(array) for name, array in arrays.items()})
    assert (tmp_path / "state").read_bytes() == (tmp_path / "copy").read_bytes()


@pytest.mark.parametrize("stop", [1, 2, 7, -2])
def test_stopped_and_resumed_as_straight(architecture, stop):
    straight, steps = trained(architecture, TOY)
    stop = max(1, stop % len(steps))
    stopped = make(architecture)
    begun = stopped.train(TOY, EVERY_BLOCK)
    for _ in range(stop):
        next(begun)
    begun.close()
    arrays, state = kept(stopped)
    resumed = make(architecture)
    # The seed of the record counts, not the one of the process that goes on.
    resumed.restore(arrays, json.loads(json.dumps(state)), TOY)
    assert bytes_of(resumed) == bytes_of(stopped)
    rest = list(resumed.train(TOY, dataclasses.replace(EVERY_BLOCK, seed=99)))
    assert bytes_of(resumed) == bytes_of(straight)
    assert resumed.space().vectors.tobytes() == straight.space().vectors.tobytes()
    told, expected = (
        [(step.block, str(step.loss), step.examples, step.words, step.held_out_loss) for step in some]
        for some in (rest, steps[stop:])
    )
    assert told == expected


def test_resuming_what_is_done_changes_nothing(architecture):
    done, _ = trained(architecture, TOY)
    again = make(architecture)
    again.restore(*done.state(), TOY)
    assert list(again.train(TOY, EVERY_BLOCK)) == []
    assert bytes_of(again) == bytes_of(done)


def test_a_state_of_something_else_is_refused(architecture):
    arrays, state = trained(architecture, TOY)[0].state()
    if "dimensions" in architecture.Params.model_fields:
        with pytest.raises(TrainingError, match="dimensions"):
            make(architecture, dimensions=17).restore(arrays, state, TOY)
    with pytest.raises(TrainingError, match="words"):
        make(architecture).restore(arrays, state, data_of(two_topics(words=12)))
    with pytest.raises(TrainingError, match="corpus"):
        make(architecture).restore(arrays, state, data_of(LINES, corpus="another"))
    for name in arrays:
        with pytest.raises(TrainingError, match=name):
            make(architecture).restore({key: arrays[key] for key in arrays if key != name}, state, TOY)


def test_few_steps_or_many_same_bytes(architecture):
    fine, many = trained(architecture, LONG, epochs=5)
    coarse, few = trained(architecture, LONG, Context(step_seconds=1e9), epochs=5)
    assert len(few) < len(many) or len(few) <= 50  # a Step ends after a fiftieth of the work at the latest
    assert bytes_of(fine) == bytes_of(coarse)


def test_the_seed_decides(architecture):
    one, other = (trained(architecture, TOY, dataclasses.replace(EVERY_BLOCK, seed=seed))[0] for seed in (1, 2))
    again, _ = trained(architecture, TOY)
    assert bytes_of(one) == bytes_of(again)
    same = one.space().vectors.tobytes() == other.space().vectors.tobytes()
    assert same != architecture.seeded
    assert same or not np.allclose(one.space().vectors, other.space().vectors)


@pytest.mark.parametrize("threads", [1, 2])
def test_two_topics_are_learned(architecture, threads):
    context = Context(threads=threads, step_seconds=1e9)
    model, steps = trained(architecture, MIXED, context, epochs=20, subsample=0.0, learning_rate=0.05, topics=2)
    assert steps[-1].fraction == 1
    assert steps[-1].words in [16_000 * passes for passes in passes_over(model)]
    found = contrast(model.space().vectors)
    if not architecture.learns:
        assert abs(found) < 0.05
    else:
        # Counts of a few lines keep by what chance each word differs from the others of its topic.
        assert found > (0.5 if architecture.seeded else 0.1)


ODD_CORPORA = {
    "lines of one token": [[word % 5] for word in range(700)],
    "some lines of one token": [*LINES, *([word % 5] for word in range(700))],
    "empty lines": [line for pair in zip(LINES, [[]] * len(LINES), strict=True) for line in pair] + [[]],
    "one line of 30,000 tokens": [[int(word) for word in np.random.default_rng(0).integers(0, 9, 30_000)], [1, 2]],
    "two words": [[0, 1, 1, 0, 0, 1]] * 30,
    "the same word over and over": [[0] * 40, [1]],
    "one line of two tokens": [[0, 1]],
}


@pytest.mark.parametrize("lines", ODD_CORPORA.values(), ids=ODD_CORPORA)
@pytest.mark.parametrize("threads", [1, 2])
def test_odd_corpora(architecture, lines, threads):
    data = data_of(lines)
    context = dataclasses.replace(EVERY_BLOCK, threads=threads)
    model, steps = trained(architecture, data, context, epochs=2, subsample=0.0)
    assert steps[-1].fraction == 1
    assert steps[-1].words in [len(data.tokens) * passes for passes in passes_over(model)]
    for before, step in zip([0, *(step.examples for step in steps)], steps, strict=False):
        assert math.isfinite(step.loss) == (step.examples > before)
    assert np.isfinite(model.space().vectors).all()


@pytest.mark.parametrize("wanted", [{"window": 50}, {"negatives": 1}, {"negatives": 20}, {"subsample": 1e-5}], ids=str)
def test_settings_far_from_the_usual(architecture, wanted):
    if not wanted.keys() <= architecture.Params.model_fields.keys():
        pytest.skip(f"{architecture.name} has no {', '.join(wanted)}")
    model, steps = trained(architecture, TOY, **wanted)
    assert steps[-1].fraction == 1
    assert np.isfinite(model.space().vectors).all()


@pytest.mark.parametrize(("lines", "withheld"), [([[0] * 50], ()), ([[0, 1]] * 9, range(9)), ([], ())])
def test_nothing_to_learn_from(architecture, lines, withheld):
    with pytest.raises(CorpusError, match="too few to learn from"):
        trained(architecture, data_of(lines, withheld))


def test_words_beyond_the_vocabulary_are_passed_over(architecture):
    rng = np.random.default_rng(5)
    mixed = [
        [at for word in line for at in (*rng.integers(20, 30, rng.integers(0, 3)).tolist(), word)] for line in LINES
    ]
    alone = [[20, 21, 22]] * 300
    plain = {"window": 1, "subsample": 0.0}
    _, known = trained(architecture, data_of(LINES, vocabulary=20), **plain)
    _, passed = trained(architecture, data_of(mixed, vocabulary=20), **plain)
    assert passed[-1].examples == known[-1].examples
    assert (known[-1].examples > 0) == bool(architecture.loss_unit)
    # Lines of nothing else leave no trace, wherever they stand in the corpus.
    _, longer = trained(architecture, data_of(LINES + alone, vocabulary=20), **plain)
    assert longer[-1].examples == known[-1].examples
    assert longer[-1].fraction == 1


def test_held_out_lines_are_not_trained_on(architecture):
    withheld = range(3, 400, 20)
    # Words 20 and 21 stand in lines held out only.
    lines = [[20, 21] * 5 if number in withheld else line for number, line in enumerate(LINES)]
    data = without_common_parts(data_of(lines, withheld))
    model = make(architecture)
    steps = model.train(data, EVERY_BLOCK)
    next(steps)
    first = model.space().vectors.copy()
    list(steps)
    last = model.space().vectors
    assert np.array_equal(first[20:], last[20:])
    assert (first[:20] != last[:20]).any(axis=1).all() or not architecture.learns
    # What stands in those lines does not matter, but for how often words occur.
    shuffled = [line[::-1] for line in (lines[number] for number in withheld)]
    others = [shuffled.pop(0) if number in withheld else line for number, line in enumerate(lines)]
    other = without_common_parts(data_of(others, withheld))
    assert bytes_of(trained(architecture, other)[0])[0] == bytes_of(model)[0]


def without_common_parts(data):
    """The same with words that are spelled by one letter each: what one learns, no other learns with it."""
    return dataclasses.replace(data, words=[chr(ord("A") + rank) for rank in range(data.vocabulary)])


def test_threads_are_offered_where_they_do_something(architecture):
    used = architecture.useful_threads(4, 100_000)
    assert used == (4 if architecture.threaded else 1)
    if not architecture.threaded:
        one, four = (trained(architecture, TOY, Context(threads=threads))[0] for threads in (1, 4))
        assert bytes_of(one) == bytes_of(four)
