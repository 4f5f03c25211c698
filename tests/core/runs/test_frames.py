"""The moving map's frames: steady, thinned by halving, cheap, and read one by one."""

import numpy as np
import pytest

from core.errors import RunError
from core.progress import Step
from core.runs import frame_writer
from core.runs.events import EventWriter, read_events, sentence
from core.runs.frame_writer import FrameWriter
from core.runs.frames import MAX_FRAMES, frame_path, frame_words, list_frames
from core.space import EmbeddingSpace


def step(block, total=1000):
    return Step(block, block / total, 1.0, None, block, 1.0, block, 1.0, 0.1)


def space(turn=0.0, words=30):
    vectors = np.random.default_rng(2).normal(size=(words, 6)) * np.array([5, 3, 1, 0.3, 0.2, 0.1])
    c, s = np.cos(turn), np.sin(turn)
    vectors[:, :2] = vectors[:, :2] @ np.array([[c, -s], [s, c]])
    return EmbeddingSpace([f"w{i}" for i in range(words)], vectors.astype(np.float32))


@pytest.fixture
def writer(tmp_path):
    return FrameWriter(tmp_path, EventWriter(tmp_path / "events.jsonl", 1), ["w3"])


def test_the_map_stands_still_when_only_the_axes_turn(writer, tmp_path):
    for number, turn in enumerate((0.0, 0.7, 1.9, 3.0), start=1):
        writer.draw(space(turn), step(number), number)
    positions = [frame.positions() for frame in list_frames(tmp_path)]
    assert len(positions) == 4
    for one in positions[1:]:
        assert np.allclose(one, positions[0], atol=1e-4)


def test_never_more_than_sixty_and_always_the_newest(writer, tmp_path):
    for block in range(1, 200):
        writer.draw(space(words=5), step(block), block)
        frames = list_frames(tmp_path)
        assert len(frames) <= MAX_FRAMES
        assert frames[-1].block == block
    assert writer._spacing > 0
    assert not writer.due(step(199))
    numbers = [frame.number for frame in frames]
    assert numbers == sorted(set(numbers))


def test_the_same_moment_is_drawn_once(writer, tmp_path):
    writer.draw(space(), step(3), 1.0)
    writer.draw(space(), step(3), 1.0)
    assert len(list_frames(tmp_path)) == 1


def test_frames_keep_within_their_share_of_the_time(writer, monkeypatch):
    moment = [writer._began]
    monkeypatch.setattr(frame_writer.time, "monotonic", lambda: moment[0])
    real = frame_writer.save_tensors

    def slow(*arguments):
        moment[0] += 0.0625
        real(*arguments)

    monkeypatch.setattr(frame_writer, "save_tensors", slow)
    spent = []
    for number in range(1, 801):
        moment[0] += 0.125
        if writer.due(step(number, 10**6)):
            writer.draw(space(), step(number, 10**6), moment[0])
            spent.append(0.0625)
        # All frames but the first were due when they fitted in; the allowance of so early a moment is nothing.
        assert sum(spent[1:]) <= 0.02 * (moment[0] - writer._began) + 1e-3
    # Of 102 seconds.
    assert sum(spent) == pytest.approx(2, abs=0.1)


def test_short_trainings_have_a_quarter_of_a_second_for_frames_from_beginning_to_end(writer, monkeypatch):
    monkeypatch.setattr(frame_writer.time, "monotonic", lambda: writer._began)
    writer._cost = 1 / 64
    due = []
    for number in range(1, 101):
        if writer.due(step(number, 100)):
            writer._spent += 1 / 64
            due.append(number)
    # By hand: one whenever another sixteenth of the training is done.
    assert due == [7, 13, 19, 25, 32, 38, 44, 50, 57, 63, 69, 75, 82, 88, 94, 100]


def test_neighbours_that_joined_are_told(writer, tmp_path):
    first = space()
    writer.draw(first, step(1), 1.0)
    near = [i for i in np.argsort(-(first.unit @ first.unit[3])) if i != 3]
    vectors = first.vectors.copy()
    vectors[near[-1]] = vectors[3] * 2
    writer.draw(EmbeddingSpace(first.keys, vectors), step(400), 2.0)
    events = [event for event in read_events(tmp_path / "events.jsonl")[1] if event["kind"] == "frame"]
    assert events[0]["joined"] == []
    assert [word for word, _ in events[0]["neighbours"]["w3"]] == [f"w{i}" for i in near[:5]]
    assert events[1]["neighbours"]["w3"][0] == [f"w{near[-1]}", 1.0]
    assert events[1]["joined"] == [["w3", f"w{near[-1]}"]]
    assert sentence(events[1]) == f"w{near[-1]} joined the five nearest of w3 at 40 %"


def test_watched_words_beyond_the_most_frequent_are_on_the_map(tmp_path, monkeypatch):
    monkeypatch.setattr(frame_writer, "WORDS", 10)
    writer = FrameWriter(tmp_path, EventWriter(tmp_path / "events.jsonl", 1), ["W3", "w20", "absent"])
    writer.draw(space(), step(1), 1.0)
    words, ranks = frame_words(tmp_path)
    assert words == [f"w{i}" for i in range(10)] + ["w20"]
    assert ranks == [*range(10), 20]
    assert list_frames(tmp_path)[0].vectors().shape == (11, 6)
    assert any("absent" in sentence(event) for event in read_events(tmp_path / "events.jsonl")[1])


def test_a_resume_goes_on_from_the_last_frame_and_drops_what_came_after(writer, tmp_path):
    for block in (100, 200, 300):
        writer.draw(space(), step(block), block)
    again = FrameWriter(tmp_path, EventWriter(tmp_path / "events.jsonl", 2), ["w3"], block=200)
    assert [frame.block for frame in list_frames(tmp_path)] == [100, 200]
    again.draw(space(2.0), step(250), 250)
    frames = list_frames(tmp_path)
    assert [(frame.block, frame.attempt) for frame in frames] == [(100, 1), (200, 1), (250, 2)]
    assert np.allclose(frames[2].positions(), frames[1].positions(), atol=1e-4)


def test_damaged_frames_are_passed_over(writer, tmp_path):
    for block in (1, 2, 3):
        writer.draw(space(), step(block), block)
    path = frame_path(tmp_path, 1)
    path.write_bytes(path.read_bytes()[:100])
    frames = list_frames(tmp_path)
    assert [frame.number for frame in frames] == [0, 2]
    frames[0].path.unlink()
    with pytest.raises(RunError, match="Frame 0"):
        frames[0].positions()
    (tmp_path / "frames" / "words.json").write_text('{"words": 3}')
    assert frame_words(tmp_path) == ([], [])


def test_two_words_and_zero_vectors_do_no_harm(tmp_path):
    writer = FrameWriter(tmp_path, EventWriter(tmp_path / "events.jsonl", 1), ["a"])
    writer.draw(EmbeddingSpace(["a", "b"], np.zeros((2, 4), np.float32)), step(1), 1.0)
    writer.draw(EmbeddingSpace(["a", "b"], np.full((2, 4), 900, np.float32)), step(2), 1.0)
    assert [frame.positions().shape for frame in list_frames(tmp_path)] == [(2, 2), (2, 2)]
