"""Events: phases, and the sentence that each event says."""

import pytest

from core.runs.events import EventWriter, compiling_seconds, phase, read_events, sentence


def test_events_are_read_as_they_come(tmp_path):
    path = tmp_path / "events.jsonl"
    EventWriter(path, 1).add("phase", phase="reading")
    offset, first = read_events(path)
    with path.open("a") as file:
        file.write('{"kind": "torn')
    writer = EventWriter(path, 2)
    writer.add("phase", phase="compiling", word="日本")
    _, second = read_events(path, offset)
    assert first == [{"kind": "phase", "attempt": 1, "phase": "reading"}]
    assert second == [{"kind": "phase", "attempt": 2, "phase": "compiling", "word": "日本"}]
    assert phase(tmp_path, 1) == "reading"
    assert phase(tmp_path, 2) == "compiling"
    assert phase(tmp_path, 3) == "starting"


def test_compiling_is_timed_over_all_attempts_that_came_to_train(tmp_path):
    assert compiling_seconds(tmp_path) == 0.0
    for attempt, times in ((1, (0.0, 0.5, 3.0)), (2, (0.0, 0.25, 1.0)), (3, (0.0, 1.0, "x")), (4, (0.0, 2.0))):
        writer = EventWriter(tmp_path / "events.jsonl", attempt)
        for name, at in zip(("reading", "compiling", "training"), times, strict=False):
            writer.add("phase", phase=name, seconds=at)
    assert compiling_seconds(tmp_path) == 2.5 + 0.75


@pytest.mark.parametrize(
    ("event", "says"),
    [
        (
            {"kind": "frame", "fraction": 0.4, "joined": [["king", "queen"], ["a", "b"]]},
            "queen joined the five nearest of king at 40 %",
        ),
        ({"kind": "frame", "fraction": 0.4, "joined": []}, ""),
        ({"kind": "frame", "joined": "x"}, ""),
        ({"kind": "resumed", "fraction": 0.25}, "Resumed at 25 %"),
        ({"kind": "save_failed", "message": "A checkpoint could not be saved."}, "A checkpoint could not be saved."),
        ({"kind": "phase", "phase": "reading"}, ""),
        ({}, ""),
    ],
)
def test_what_an_event_says(event, says):
    assert sentence(event) == says
