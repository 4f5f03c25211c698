"""A trial on a portion of the lines, where the first seconds of a training tell nothing of the rest.

Two kinds of training are like that: those that count first, and what they do then grows with what they have counted;
and those that look at the clock too seldom, as full softmax over many words does. A portion, drawn at random over all
lines and with the vocabulary of all, is trained on instead, and what that took is carried on to the whole by the
architecture's own estimate, of which only the growth with the size is used.
"""

import dataclasses
import time
from collections.abc import Callable
from typing import Any

import numpy as np

from core.architecture import Architecture, Context, CorpusSize
from core.data.training_data import TrainingData
from core.errors import CorpusError
from core.negative_sampling.blocks import Blocks
from core.params import Params

__all__ = ["Portions", "portion"]

Train = Callable[[Architecture[Any], TrainingData, float], float | None]

FIRST_SECONDS = 0.1
"""Of the first portion that grows, by the estimate; it tells how large the next may be."""
MOST_PORTIONS = 3
FILLED = 0.6
"""Share of the time that is left which the next shall take."""
WORTH_MORE = 0.2
"""By how much it is longer at least, to tell anything."""
LEAST_PACE = 0.2
"""Share of a portion's time that is taken to grow with the size, at least."""
FEWEST_BLOCKS, BLOCKS = 4, 8
"""Blocks that each thread does in the time that there is: of the whole at least, and of a portion."""
ALL = 0.95
"""Share of the whole from which on a portion tells as much."""
MANY_EPOCHS = 100
FEWEST_TOKENS = 200
SHORTEST_PIECE = 100
"""Tokens of a line that are left of it at least: where lines are shorter, words have fewer neighbours."""
PIECES = 8
"""Into which a portion falls at least."""


def portion(data: TrainingData, tokens: int, seed: int) -> TrainingData:
    """Lines drawn at random with about so many tokens; long ones are cut where few tokens are wanted.

    Args:
        data: what is trained on; what is held out stays so.
        tokens: how many, at least some hundred.
        seed: of the drawing.
    """
    lengths = np.minimum(np.diff(data.offsets), max(SHORTEST_PIECE, tokens // PIECES))
    drawn = np.random.default_rng(seed).permutation(data.segments)
    drawn = np.sort(drawn[: int(np.searchsorted(np.cumsum(lengths[drawn]), tokens)) + 1])
    starts = data.offsets[drawn]
    ends = starts + lengths[drawn]
    parts = [data.tokens[start:end] for start, end in zip(starts.tolist(), ends.tolist(), strict=True)]
    return dataclasses.replace(
        data,
        tokens=np.concatenate(parts),
        offsets=np.concatenate(([0], np.cumsum(lengths[drawn]))),
        held_out=np.asarray(data.held_out)[drawn],
        labels=None if data.labels is None else data.labels[drawn],
    )


class Portions:
    """What portions of a text tell of a training on all of it.

    Args:
        unit: the architecture.
        params: its parameters.
        data: all that is trained on.
        context: of the training.
    """

    def __init__(self, unit: type[Architecture[Any]], params: Params, data: TrainingData, context: Context) -> None:
        self.unit, self.params, self.data, self.context = unit, params, data, context
        self.size = CorpusSize(int(data.counts.sum()), data.vocabulary, data.segments, len(data.label_names))

    @property
    def memory(self) -> int:
        """Bytes that the whole takes, by the estimate: a portion takes fewer."""
        return self.unit.estimate(self.params, self.size, self.context.threads).memory

    def wanted(self, seconds: float) -> bool:
        """Whether so many seconds of the whole would tell nothing: it counts first, or its blocks take too long."""
        if not self.unit.steady:
            return self.work(self.size) > seconds / 2
        return self._seconds_of(Blocks.size(len(self.data.tokens))) > seconds / FEWEST_BLOCKS

    def work(self, size: CorpusSize) -> float:
        """Seconds that grow with the size, by the estimate."""
        none = CorpusSize(1, size.vocabulary, 1, size.labels)
        whole, nothing = (self.unit.estimate(self.params, one, self.context.threads).seconds for one in (size, none))
        return max(whole - nothing, 1e-9)

    def foretell(self, until: float, train: Train, clock: Callable[[], float] = time.monotonic) -> float | None:
        """The seconds of a training on all; None where portions tell nothing either.

        Args:
            until: what the clock says when it shall be over.
            train: trains a portion until the clock says so much; the seconds that all of the portion takes, None where
                that cannot be told.
            clock: seconds of the day.
        """
        if self.unit.steady:
            params = self._with(epochs=MANY_EPOCHS)
            block = (until - clock()) / BLOCKS / self._seconds_of(1)
            part = portion(self.data, max(FEWEST_TOKENS, int(block)), self.context.seed)
            whole = train(self.unit(params), part, until)
            passes = getattr(self.params, "epochs", 1) * _trained(self.data) / (MANY_EPOCHS * _trained(part))
            return None if whole is None else whole * passes
        return self._by_growth(until, train, clock)

    # --------------------------------------------------------------- private

    def _by_growth(self, until: float, train: Train, clock: Callable[[], float]) -> float | None:
        """A portion so small that it tells what does not grow with the size, then larger ones while there is time."""
        self._timed(FEWEST_TOKENS, until, train)  # what is done for the first time takes longer, and tells nothing
        none = self._timed(FEWEST_TOKENS, until, train)
        whole, found, tokens, pace = self.work(self.size), None, self._tokens(FIRST_SECONDS), 0.0
        for _ in range(MOST_PORTIONS if none else 0):
            assert none is not None
            larger = self._timed(tokens, until, train)
            if larger is None:
                break
            (work, seconds), found = larger, larger
            pace = max(seconds - none[1], LEAST_PACE * seconds) / max(work - none[0], LEAST_PACE * work)
            left = FILLED * (until - clock()) - seconds
            if left < WORTH_MORE * seconds or work >= ALL * whole:
                break
            tokens = self._tokens(work + left / pace)
        return None if found is None else found[1] + pace * max(0.0, whole - found[0])

    def _timed(self, tokens: int, until: float, train: Train) -> tuple[float, float] | None:
        """The work of a portion, by the estimate, and the seconds that it took."""
        part = portion(self.data, tokens, self.context.seed)
        seconds = train(self.unit(self._with()), part, until)
        return None if seconds is None else (self.work(_size(part)), seconds)

    def _with(self, **changed: int) -> Params:
        """The parameters; a portion may lack held-out lines to stop early by."""
        update = {"early_stopping": 0, **changed}
        return self.params.model_copy(update={key: update[key] for key in update if hasattr(self.params, key)})

    def _tokens(self, seconds: float) -> int:
        """Tokens that are worked on in so many seconds, by the estimate."""
        low, high = FEWEST_TOKENS, max(FEWEST_TOKENS, self.size.tokens)
        while high - low > 1 + low // 50:
            middle = (low + high) // 2
            fits = self.work(dataclasses.replace(self.size, tokens=middle)) <= seconds
            low, high = (middle, high) if fits else (low, middle)
        return low

    def _seconds_of(self, tokens: int) -> float:
        """Seconds in which one thread passes once over so many tokens, by the estimate."""
        passes = getattr(self.params, "epochs", 1) * max(1, self.size.tokens)
        return self.work(self.size) * self.context.threads * tokens / passes


def _trained(data: TrainingData) -> int:
    """Tokens to train on; where all of a portion is held out, none."""
    return int(np.diff(data.offsets)[~np.asarray(data.held_out)].sum())


def _size(data: TrainingData) -> CorpusSize:
    known = int((data.tokens < data.vocabulary).sum())
    if known == 0:
        raise CorpusError("No word of the vocabulary stands in this portion of the text.")
    return CorpusSize(known, data.vocabulary, data.segments, len(data.label_names))
