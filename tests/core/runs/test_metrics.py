"""The curve: averaging, reading only what is new, torn lines, rows that a resume superseded."""

import json
import math

from core.progress import Step
from core.runs import metrics
from core.runs.metrics import MetricsWriter, last_row, mend_log, tail


def step(block, loss, examples, held_out=None, fraction=0.5):
    return Step(block, fraction, loss, held_out, examples, 10.0, 100 * block, 50.0, 0.01)


def row(block, attempt=1, **changes):
    value = {"attempt": attempt, "block": block, "fraction": 0.1, "loss": 1.0, "held_out_loss": None, "examples": 1}
    return {**value, "words": 1, "words_per_second": 1.0, "learning_rate": 0.1, "seconds": 1.0, "at": "", **changes}


def write(path, *values):
    with path.open("a") as file:
        file.writelines(json.dumps(value) + "\n" for value in values)


def test_steps_between_rows_are_averaged_by_their_examples(tmp_path):
    writer = MetricsWriter(tmp_path / "m.jsonl", 1)
    assert writer.add(step(1, 2.0, 100)) is None
    assert writer.add(step(2, math.nan, 100, held_out=1.5)) is None
    assert writer.add(step(3, 1.0, 400)) is None
    found = writer.flush()
    # (100 · 2 + 300 · 1) / 400
    assert found["loss"] == 1.25
    assert found["held_out_loss"] == 1.5
    assert (found["block"], found["examples"]) == (3, 400)
    assert writer.flush() is None
    assert tail(tmp_path / "m.jsonl")[1] == [found]
    assert writer.add(step(4, 9.0, 500, fraction=1.0))["loss"] == 9.0


def test_a_row_without_examples_or_with_infinity_has_no_loss(tmp_path):
    writer = MetricsWriter(tmp_path / "m.jsonl", 1)
    assert writer.add(step(1, math.nan, 0, fraction=1.0))["loss"] is None
    assert writer.add(step(2, math.inf, 10, held_out=math.nan, fraction=1.0))["loss"] is None
    assert [one["held_out_loss"] for one in tail(tmp_path / "m.jsonl")[1]] == [None, None]


def test_only_new_bytes_are_read(tmp_path):
    path = tmp_path / "m.jsonl"
    assert tail(path) == (0, [])
    write(path, row(1), row(2))
    offset, rows = tail(path)
    assert offset == path.stat().st_size
    write(path, row(3))
    path.write_bytes(b"x" * offset + path.read_bytes()[offset:])
    offset, rows = tail(path, offset, rows)
    assert [one["block"] for one in rows] == [1, 2, 3]
    assert tail(path, offset, rows) == (offset, rows)


def test_a_torn_line_is_read_when_it_is_whole_and_passed_over_when_it_never_is(tmp_path):
    path = tmp_path / "m.jsonl"
    whole = json.dumps(row(2))
    write(path, row(1))
    with path.open("a") as file:
        file.write(whole[:20])
    offset, rows = tail(path)
    assert [one["block"] for one in rows] == [1]
    with path.open("a") as file:
        file.write(whole[20:] + "\n" + whole[:20])
    offset, rows = tail(path, offset, rows)
    assert [one["block"] for one in rows] == [1, 2]
    mend_log(path)
    mend_log(path)
    write(path, row(3))
    assert [one["block"] for one in tail(path, offset, rows)[1]] == [1, 2, 3]


def test_garbage_is_passed_over(tmp_path):
    path = tmp_path / "m.jsonl"
    path.write_bytes(b"\0" * 512 + b"\nnot json\n[1]\n\xff\xfe\n{}\n" + b"[" * 100_000 + b"\n")
    write(path, row(-1), row(True), row(1, fraction="x"), row(1, loss="nan"), row(2), {"attempt": 1})
    with path.open("a") as file:
        file.write('{"attempt": 1, "block": 3, "fraction": NaN}\n')
    assert [(one["block"], one["loss"]) for one in tail(path)[1]] == [(1, None), (2, 1.0)]


def test_rows_beyond_the_checkpoint_are_hidden_after_a_resume(tmp_path):
    path = tmp_path / "m.jsonl"
    write(path, {"attempt": 1, "from_block": 0}, row(1), row(2), row(3))
    offset, rows = tail(path)
    write(path, {"attempt": 2, "from_block": 2}, row(3, 2), row(4, 2))
    expected = [(1, 1), (2, 1), (3, 2), (4, 2)]
    assert [(one["block"], one["attempt"]) for one in tail(path)[1]] == expected
    assert [(one["block"], one["attempt"]) for one in tail(path, offset, rows)[1]] == expected
    write(path, {"attempt": 3, "from_block": 0}, row(1, 3))
    assert [(one["block"], one["attempt"]) for one in tail(path)[1]] == [(1, 3)]


def test_time_goes_on_where_the_checkpoint_was(tmp_path):
    writer = MetricsWriter(tmp_path / "m.jsonl", 2, block=7, seconds=100.0, examples=50)
    writer.start_clock()
    found = writer.add(step(8, 3.0, 60, fraction=1.0))
    assert 100.0 <= found["seconds"] < 101.0
    assert found["loss"] == 3.0


def test_the_newest_row_is_found_from_the_end(tmp_path):
    path = tmp_path / "m.jsonl"
    assert last_row(path) is None
    write(path, *(row(block) for block in range(1, 300)))
    with path.open("a") as file:
        file.write('{"torn')
    assert last_row(path)["block"] == 299


def test_a_log_larger_than_one_reading_is_read_whole(tmp_path, monkeypatch):
    path = tmp_path / "m.jsonl"
    write(path, *(row(block) for block in range(1, 40)))
    monkeypatch.setattr(metrics, "CHUNK", 500)
    assert [one["block"] for one in tail(path)[1]] == list(range(1, 40))
    path.write_bytes(b"x" * 1200 + b"\n" + path.read_bytes())
    offset, rows = tail(path)
    assert [one["block"] for one in rows] == list(range(1, 40))
    assert offset == path.stat().st_size
