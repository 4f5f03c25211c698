"""Training, validation and test: documents, stratified by label, with documents that repeat on one side.

Documents of the same words are one group. Groups are put in order by label, then by size, then by chance, and dealt
out evenly along this order, so that every part gets its share of each label to within one group.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from pydantic import model_validator

from core.data.corpus import Corpus
from core.data.line_hashes import line_hashes
from core.errors import CorpusError
from core.params import Field, Params

__all__ = ["COLUMNS", "NO_PART", "PARTS", "Split", "SplitSettings", "split_corpus", "split_rows"]

PARTS = ("training", "validation", "test")
#: Of lines without words, and of those that cleaning left out.
NO_PART = 255
#: Of the table that says where each line went.
COLUMNS = ("line", "file", "row", "label", "part")

Numbers = npt.NDArray[np.int64]


class SplitSettings(Params):
    """How many documents go into which part."""

    validation: float = Field(
        0.1, ge=0.0, le=0.5, description="Share of the documents that settings are chosen by; 0.1 is usual."
    )
    test: float = Field(
        0.1, ge=0.0, le=0.5, description="Share of the documents that are looked at once, at the end; 0.1 is usual."
    )
    seed: int = Field(1, ge=0, le=2**32 - 1, description="Chooses which; the same seed, the same parts.")

    @model_validator(mode="after")
    def _something_to_train_on(self) -> "SplitSettings":
        if self.validation + self.test > 0.9:
            raise ValueError("validation and test together must leave a tenth of the documents to train on")
        return self


@dataclass(frozen=True, slots=True)
class Split:
    """Which part each line is in.

    Attributes:
        parts: by line, 0 training, 1 validation, 2 test, 255 none (it has no words), shape `(lines,)`.
        documents: how many documents are in each part, in the order of `PARTS`.
        by_label: the same for each label, in the order of meta's `label_names`; empty without labels. A document
            without a label counts under the empty text.
        repeated: documents that have the same words as an earlier one; they are in its part.
    """

    parts: npt.NDArray[np.uint8]
    documents: tuple[int, int, int]
    by_label: dict[str, tuple[int, int, int]]
    repeated: int


def split_corpus(corpus: Corpus, settings: SplitSettings) -> Split:
    """Split the documents of a corpus; sentences of one document stay together.

    Raises:
        CorpusError: fewer than three different documents.
    """
    # The first line of each document, and the end.
    rows = np.arange(corpus.lines) if corpus.rows is None else np.asarray(corpus.rows, np.int64)
    firsts = np.append(np.flatnonzero(np.diff(rows, prepend=-1)), corpus.lines)
    offsets = np.asarray(corpus.offsets)[firsts]
    filled = np.flatnonzero(np.diff(offsets))
    hashes = line_hashes(corpus.tokens, offsets)[filled]
    _, first, group, sizes = np.unique(hashes, return_index=True, return_inverse=True, return_counts=True)
    if len(sizes) < len(PARTS):
        raise CorpusError(f"There are {len(sizes)} different documents, too few for training, validation and test.")
    numbers = corpus.label_numbers
    labels = np.zeros(len(filled), np.int64) if numbers is None else np.asarray(numbers)[firsts[filled]].astype(int)
    dealt = _deal(labels[first], sizes, settings)[group]
    parts = np.full(len(firsts) - 1, NO_PART, np.uint8)
    parts[filled] = dealt
    names = [] if numbers is None else list(corpus.meta["label_names"])
    by_line = np.repeat(parts, np.diff(firsts))
    by_line[np.diff(corpus.offsets) == 0] = NO_PART
    return Split(
        parts=by_line,
        documents=_counts(dealt),
        by_label={name: _counts(dealt[labels == number]) for number, name in enumerate(names)},
        repeated=len(filled) - len(sizes),
    )


def split_rows(corpus: Corpus, split: Split) -> Iterator[tuple[int, str, int, str, str]]:
    """For each line that is in a part: its number from 1, file, row in it from 1, label, and the part's name."""
    for line in np.flatnonzero(split.parts != NO_PART).tolist():
        name, _, row = corpus.origin(line)
        yield line + 1, name, row, corpus.label(line), PARTS[split.parts[line]]


def _deal(labels: Numbers, sizes: Numbers, settings: SplitSettings) -> npt.NDArray[np.uint8]:
    """The part of each group, given its label and how many documents it has, shape `(groups,)`."""
    rng = np.random.default_rng(settings.seed)
    order = np.lexsort((rng.permutation(len(sizes)), sizes, labels))
    share = settings.validation + settings.test
    parts = np.zeros(len(sizes), np.uint8)
    if share:
        held = order[_every(len(order), share, rng.random())]
        test = _every(len(held), settings.test / share, rng.random())
        parts[held] = 1
        parts[held[test]] = 2
    return parts


def _every(number: int, share: float, begin: float) -> npt.NDArray[np.bool_]:
    """Flags that are set evenly, `share` of them; where a stretch of them begins is `begin`, 0 to 1."""
    steps = np.floor(np.arange(number + 1) * share + begin)
    flags: npt.NDArray[np.bool_] = np.diff(steps) > 0
    return flags


def _counts(parts: npt.NDArray[np.uint8]) -> tuple[int, int, int]:
    training, validation, test = (int(np.count_nonzero(parts == part)) for part in range(len(PARTS)))
    return training, validation, test
