"""Threads that train block after block; the kernels hold no lock, neither Python's nor one of their own."""

import threading
import time
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from types import TracebackType
from typing import Self

__all__ = ["FEW_WORDS", "Tally", "Workers", "useful_threads"]

FEW_WORDS = 1_000
"""Words of a vocabulary below which a second thread is of no use to those that move the rows of words as they go.

The threads would be at the same rows all the time, wait for each other's cache lines and undo each other's steps. Of
300,000 words of text two threads take 1.6 times as long as one where there are 100 different words, as long with 500
and 900, and twice the processor; and while the loss is the same, vectors of 40 words of two topics all drift one way:
the mean cosine of words of different topics is .08 with one thread, .45 with two.
"""


def useful_threads(threads: int, vocabulary: int) -> int:
    """How many threads to use of those that there are, where each moves the rows of the words it meets."""
    return max(1, threads) if vocabulary >= FEW_WORDS else 1


class Tally:
    """What the blocks since the last Step have counted; threads add to it, a block at a time."""

    def __init__(self) -> None:
        self.loss = 0.0
        self.examples = 0
        self.blocks = 0
        self._lock = threading.Lock()

    def add(self, loss: float, examples: int) -> None:
        """Count one block: the sum of its losses, and its examples."""
        with self._lock:
            self.loss += loss
            self.examples += examples
            self.blocks += 1


class Workers:
    """Runs blocks, the next one as soon as a thread is free, and waits for all threads only at the end of a Step.

    One thread runs them in order within the caller's own thread, hence always alike.

    Args:
        threads: how many.
        run_block: trains one block and adds what it counted to the tally.
    """

    def __init__(self, threads: int, run_block: Callable[[int, Tally], None]) -> None:
        self._threads = threads
        self._run_block = run_block
        self._pool = ThreadPoolExecutor(threads) if threads > 1 else None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        if self._pool is not None:
            self._pool.shutdown()

    def run(self, first: int, limit: int, deadline: float) -> Tally:
        """Run blocks from `first` on until `limit` or until the clock says `deadline`; at least one."""
        tally, lock = Tally(), threading.Lock()
        following = first

        def work() -> None:
            nonlocal following
            while True:
                with lock:
                    if following >= limit or (following > first and time.perf_counter() >= deadline):
                        return
                    block = following
                    following += 1
                self._run_block(block, tally)

        if self._pool is None:
            work()
        else:
            for done in [self._pool.submit(work) for _ in range(self._threads)]:
                done.result()
        return tally
