"""The numbers of a training as it runs: a log that only grows, and a reader that reads only what is new.

After a resume the rows that a dead attempt had already written beyond its checkpoint stand twice. They are not cut
from the file: each attempt opens with a line that says from which block it goes on, and the reader hides what that
supersedes. A line torn by a kill or a full disk is passed over.
"""

import json
import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, TypedDict, TypeGuard

from core.files import append_line
from core.progress import Step

__all__ = ["MetricsWriter", "Row", "last_row", "mend_log", "read_lines", "tail"]

CHUNK = 8_000_000


class Row(TypedDict):
    """One row of metrics.jsonl: plain data, fit to keep between two views of a page.

    `loss` is the mean per example since the row before, in nats, None if no example was counted; `held_out_loss` is
    None where it was not measured; `seconds` counts training time over all attempts; `at` is the wall time.
    """

    attempt: int
    block: int
    fraction: float
    loss: float | None
    held_out_loss: float | None
    examples: int
    words: int
    words_per_second: float
    learning_rate: float
    seconds: float
    at: str


NUMBERS = ("fraction", "words_per_second", "learning_rate", "seconds")
COUNTS = ("attempt", "block", "examples", "words")


class MetricsWriter:
    """Writes rows: dense in the first seconds, then five a second, Steps in between averaged.

    Args:
        path: metrics.jsonl of the run.
        attempt: number of the attempt that writes.
        block: the block that the attempt starts from; later rows of earlier attempts are superseded.
        seconds: training time of earlier attempts up to that block.
        examples: examples counted up to that block.
    """

    def __init__(self, path: Path, attempt: int, block: int = 0, seconds: float = 0.0, examples: int = 0) -> None:
        self.path = path
        self.attempt = attempt
        self.last: Row | None = None
        self._before = seconds
        self._began = self._written = time.monotonic()
        self._steps: list[Step] = []
        self._examples = examples
        mend_log(path)
        append_line(path, json.dumps({"attempt": attempt, "from_block": block}))

    @property
    def seconds(self) -> float:
        """Training time so far, over all attempts."""
        return self._before + time.monotonic() - self._began

    def start_clock(self) -> None:
        """Count training time from now on."""
        self._began = self._written = time.monotonic()

    def add(self, step: Step) -> Row | None:
        """Take in a Step; returns the row if one was written."""
        self._steps.append(step)
        moment = time.monotonic()
        # 20 rows a second at first, so that a training of two seconds still has a curve; 5 a second from 10 s on.
        interval = min(0.2, max(0.05, (moment - self._began) / 50))
        if moment - self._written < interval and step.fraction < 1:
            return None
        return self.flush()

    def flush(self) -> Row | None:
        """Write the row of the Steps that wait for one, if any do."""
        if not self._steps:
            return None
        moment, step = time.monotonic(), self._steps[-1]
        row = self._row(moment)
        append_line(self.path, json.dumps(row))
        self._written, self._examples, self._steps, self.last = moment, step.examples, [], row
        return row

    def _row(self, moment: float) -> Row:
        step, before, total, counted = self._steps[-1], self._examples, 0.0, 0
        for one in self._steps:
            examples = one.examples - before
            before = one.examples
            if examples > 0 and one.loss == one.loss:  # a Step without examples says nan
                total, counted = total + one.loss * examples, counted + examples
        held_out = [one.held_out_loss for one in self._steps if one.held_out_loss is not None]
        spent = [(one.words_per_second, one.words) for one in self._steps if one.words_per_second > 0]
        return Row(
            attempt=self.attempt,
            block=step.block,
            fraction=step.fraction,
            loss=_finite(total / counted) if counted else None,
            held_out_loss=_finite(held_out[-1]) if held_out else None,
            examples=step.examples,
            words=step.words,
            words_per_second=_finite(sum(rate for rate, _ in spent) / len(spent)) or 0.0 if spent else 0.0,
            learning_rate=step.learning_rate,
            seconds=round(self._before + moment - self._began, 4),
            at=datetime.now(UTC).isoformat(timespec="milliseconds"),
        )


def tail(path: Path, offset: int = 0, rows: Iterable[Row] = ()) -> tuple[int, list[Row]]:
    """Read what is new in a metrics log.

    Args:
        path: metrics.jsonl; one that does not exist is empty.
        offset: where the last reading ended.
        rows: what the readings so far gave.

    Returns:
        The new offset and all rows, oldest first, without those that a resume superseded.
    """
    kept = list(rows)
    offset, values = read_lines(path, offset)
    for value in values:
        attempt = value.get("attempt")
        if not _is_count(attempt):
            continue
        start = value.get("from_block")
        if _is_count(start):
            while kept and kept[-1]["attempt"] < attempt and kept[-1]["block"] > start:
                kept.pop()
        elif (row := _checked(value)) is not None:
            kept.append(row)
    return offset, kept


def last_row(path: Path) -> Row | None:
    """The newest row of a log, read from its end alone."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            file.seek(max(0, size - 8192))
            lines = file.read().split(b"\n")[:-1]
    except OSError:
        return None
    for line in reversed(lines):
        value = _parse(line)
        row = _checked(value) if value else None
        if row is not None:
            return row
    return None


def read_lines(path: Path, offset: int = 0) -> tuple[int, list[dict[str, Any]]]:
    """Read the whole lines after `offset` of a log of JSON objects; lines that do not parse are passed over.

    Returns:
        The offset after the last whole line, and the objects.
    """
    found: list[dict[str, Any]] = []
    try:
        with path.open("rb") as file:
            while True:
                file.seek(offset)
                data = file.read(CHUNK)
                end = data.rfind(b"\n") + 1
                if end == 0 and len(data) == CHUNK:  # no line is that long: it is not ours
                    end = CHUNK
                found += [value for line in data[:end].split(b"\n") if (value := _parse(line)) is not None]
                offset += end
                if len(data) < CHUNK:
                    return offset, found
    except OSError:
        return offset, found


def mend_log(path: Path) -> None:
    """End a line that a kill has torn, so that the next one starts on a line of its own."""
    try:
        with path.open("rb") as file:
            size = file.seek(0, os.SEEK_END)
            if size == 0:
                return
            file.seek(size - 1)
            whole = file.read(1) == b"\n"
    except FileNotFoundError:
        return
    if not whole:
        append_line(path, "")


def _parse(line: bytes) -> dict[str, Any] | None:
    try:
        value = json.loads(line)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) else None


def _checked(value: dict[str, Any]) -> Row | None:
    if not all(_is_count(value.get(key)) for key in COUNTS):
        return None
    if any(_number(value.get(key)) is None for key in NUMBERS):
        return None
    return Row(
        attempt=value["attempt"],
        block=value["block"],
        fraction=float(value["fraction"]),
        loss=_number(value.get("loss")),
        held_out_loss=_number(value.get("held_out_loss")),
        examples=value["examples"],
        words=value["words"],
        words_per_second=float(value["words_per_second"]),
        learning_rate=float(value["learning_rate"]),
        seconds=float(value["seconds"]),
        at=str(value.get("at", ""))[:40],
    )


def _is_count(value: Any) -> TypeGuard[int]:
    return isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**62


def _number(value: Any) -> float | None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return _finite(value)


def _finite(value: float) -> float | None:
    try:
        number = float(value)
    except OverflowError:
        return None
    return number if abs(number) < float("inf") else None
