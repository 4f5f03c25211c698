"""fastText's .bin: a whole model, of which the words, their counts and the input matrix are read.

All numbers are little-endian. The file holds, one after the other:

    magic 793712314, version 12 or 11       2 × int32
    dim … minn maxn lrUpdateRate, t         12 × int32, float64 (`FIELDS` and on)
    entries, words, labels                  3 × int32
    tokens, pruned (-1 for none)            2 × int64
    each entry: word, 0, count, kind        bytes, int8, int64, int8 (0 word, 1 label)
    quantised, rows, columns, input matrix  int8, 2 × int64, float32: a row for each word, then one for each bucket
    the same of the output matrix

The vector of a word is the mean of its own row and those of its character n-grams, as fastText computes it; the rows
of the n-grams are kept, so that unseen words have vectors too. Classifiers (supervised models) and quantised ones
(.ftz) are refused.
"""

import mmap
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path
from typing import Any, ClassVar

import numpy as np
import numpy.typing as npt

from core.errors import FormatError
from core.formats.format import FORMATS, MOST_DIMENSIONS, Format
from core.formats.gathering import LARGEST, Words, first_beyond, space_of
from core.ngrams import LONGEST_NGRAM, NgramEncoder, ngram_rows
from core.space import EmbeddingSpace, FloatMatrix

__all__ = ["FastText"]

MAGIC = (793712314).to_bytes(4, "little")
VERSIONS = (11, 12)
SETTINGS = struct.Struct("<13id")
FIELDS = ("version", "dim", "ws", "epoch", "minCount", "neg", "wordNgrams", "loss", "model", "bucket")
NGRAM_FIELDS = ("minn", "maxn", "lrUpdateRate", "t")
ENTRIES, ENTRY, MATRIX = struct.Struct("<3i2q"), struct.Struct("<qb"), struct.Struct("<b2q")
CBOW, SKIPGRAM, SUPERVISED = 1, 2, 3  # as a model
WORD = 0  # as an entry
END_OF_LINE = b"</s>"  # has no n-grams
LONGEST_WORD = 10_000  # bytes
SMALLEST_ENTRY = 10  # bytes
AT_A_TIME = 500  # words: their n-grams are some 10 MB


@dataclass(frozen=True, slots=True)
class _Model:
    """What of a model is read.

    Attributes:
        dimensions: columns of the matrix.
        min_n: characters in the shortest n-gram.
        max_n: characters in the longest; 0 for a model without n-grams.
        buckets: rows for n-grams.
        words: the words as the file holds them, the most frequent first.
        counts: how often each was read, shape `(words,)`.
        begin: where the input matrix begins, in bytes.
    """

    dimensions: int
    min_n: int
    max_n: int
    buckets: int
    words: list[bytes]
    counts: npt.NDArray[np.int64]
    begin: int


@FORMATS.register
class FastText(Format):
    """A model with subwords."""

    name: ClassVar[str] = "fasttext"
    title: ClassVar[str] = "fastText .bin"
    summary: ClassVar[str] = "A model with its subwords, which give unseen words vectors too. Classifiers are refused."
    endings: ClassVar[tuple[str, ...]] = (".bin",)
    writable: ClassVar[bool] = False
    readable: ClassVar[bool] = True

    @classmethod
    def likeness(cls, head: bytes) -> float:
        """Sure of the magic number."""
        return 1.0 if head.startswith(MAGIC) else 0.0

    def _read(self, path: Path) -> EmbeddingSpace:
        with path.open("rb") as file, mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data:
            model = _Header(data, path.name).model()
        # As bytes, because the matrix begins anywhere, and numpy would copy all of it to an even place.
        shape = (len(model.words) + model.buckets, 4 * model.dimensions)
        rows = np.memmap(path, np.uint8, "r", model.begin, shape)
        words = Words()
        for word in model.words:
            words.add(word)
        space = space_of(path.name, words.words, _vectors(model, rows), model.counts, words.notes())
        if model.max_n:
            ngrams = rows[len(model.words) :].view("<f4")
            bad = first_beyond(ngrams, LARGEST)
            if bad is not None:
                raise FormatError(f"{path.name}: the vector of n-gram {bad + 1:,} is not finite, or too large.")
            space.encoder = NgramEncoder(ngrams, model.min_n, model.max_n)
        return space


def _vectors(model: _Model, rows: npt.NDArray[np.uint8]) -> FloatMatrix:
    """The mean of each word's row and those of its n-grams, shape `(words, dimensions)`, added up as fastText does."""
    vectors = np.empty((len(model.words), model.dimensions), np.float32)
    for start in range(0, len(model.words), AT_A_TIME):
        words = model.words[start : start + AT_A_TIME]
        ngrams, begins = ngram_rows(words, model.min_n, model.max_n, model.buckets)
        if END_OF_LINE in words:
            at = words.index(END_OF_LINE)
            ngrams = np.delete(ngrams, slice(begins[at], begins[at + 1]))
            begins[at + 1 :] -= begins[at + 1] - begins[at]
        picked = np.insert(ngrams + len(model.words), begins[:-1], np.arange(start, start + len(words)))
        values = rows[picked].view("<f4")
        begins += np.arange(len(begins))
        for row, (begin, end) in enumerate(pairwise(begins.tolist()), start):
            with np.errstate(over="ignore", invalid="ignore"):  # what is not finite is refused with its word
                np.multiply(np.add.reduce(values[begin:end], axis=0), np.float32(1 / (end - begin)), out=vectors[row])
    return vectors


class _Header:
    """Reads numbers from the beginning of a model, each compared with what the file can hold."""

    def __init__(self, data: mmap.mmap, name: str) -> None:
        self.data, self.name, self.place = data, name, len(MAGIC)

    def take(self, form: struct.Struct) -> tuple[Any, ...]:
        if self.place + form.size > len(self.data):
            raise self.damaged("it is truncated")
        values = form.unpack_from(self.data, self.place)
        self.place += form.size
        return values

    def damaged(self, what: str) -> FormatError:
        return FormatError(f"{self.name} is damaged: {what}.")

    def model(self) -> _Model:
        """All but the matrices, which are only measured."""
        settings = dict(zip(FIELDS + NGRAM_FIELDS, self.take(SETTINGS), strict=True))
        self.check(settings)
        words, counts = self.dictionary()
        dimensions, buckets = settings["dim"], settings["bucket"]
        begin = self.matrix(len(words) + buckets, dimensions)
        self.matrix(None, dimensions)
        if self.place != len(self.data):
            raise self.damaged(f"{len(self.data) - self.place:,} bytes follow its end")
        max_n = settings["maxn"] if buckets else 0
        return _Model(dimensions, max(1, settings["minn"]), max_n, buckets, words, counts, begin)

    def check(self, settings: Mapping[str, int]) -> None:
        if settings["version"] not in VERSIONS:
            raise FormatError(
                f"{self.name} is of version {settings['version']} of fastText's format, which is not supported; "
                f"versions {VERSIONS[0]} and {VERSIONS[1]} are."
            )
        if settings["model"] == SUPERVISED:
            raise FormatError(
                f"{self.name} is a classifier (a supervised model), whose vectors serve its labels and are not "
                "supported; bring a model trained as skipgram or cbow."
            )
        if settings["model"] not in (CBOW, SKIPGRAM):
            raise self.damaged(f"it is a model of kind {settings['model']:,}, which there is not")
        if not 0 < settings["dim"] <= MOST_DIMENSIONS:
            raise self.damaged(f"it claims {settings['dim']:,} dimensions; there can be 1 to {MOST_DIMENSIONS:,}")
        if settings["bucket"] < 0 or not 0 <= settings["maxn"] <= LONGEST_NGRAM:
            raise self.damaged(f"it has {settings['bucket']:,} buckets for n-grams of {settings['maxn']:,} characters")

    def dictionary(self) -> tuple[list[bytes], npt.NDArray[np.int64]]:
        """The words and how often each was read."""
        entries, count, labels, _, pruned = self.take(ENTRIES)
        if pruned >= 0:
            raise FormatError(f"{self.name} is a quantised model, which is not supported; bring the .bin made before.")
        if entries < 0 or count != entries or labels or entries * SMALLEST_ENTRY > len(self.data) - self.place:
            raise self.damaged(f"it claims {count:,} words and {labels:,} labels in {entries:,} entries")
        words, counts = [], np.empty(entries, np.int64)
        for row in range(entries):
            end = self.data.find(b"\0", self.place, self.place + LONGEST_WORD)
            if end <= self.place:
                raise self.damaged(f"word {row + 1:,} of {entries:,} has no end or no letters")
            words.append(self.data[self.place : end])
            self.place = end + 1
            counts[row], kind = self.take(ENTRY)
            if kind != WORD or counts[row] < 0:
                raise self.damaged(f"entry {row + 1:,} of {entries:,} is no word")
        return words, counts

    def matrix(self, rows: int | None, dimensions: int) -> int:
        """Step over a matrix; returns where its numbers begin."""
        quantised, held, columns = self.take(MATRIX)
        if quantised == 1:
            raise FormatError(f"{self.name} is a quantised model, which is not supported; bring the .bin made before.")
        size = 4 * held * columns
        if quantised or columns != dimensions or held < 0 or (rows is not None and held != rows):
            raise self.damaged(
                f"a matrix claims the size {held:,} × {columns:,}"
                + ("" if rows is None else f", where {rows:,} × {dimensions:,} is due")
            )
        if size > len(self.data) - self.place:
            left = len(self.data) - self.place
            raise self.damaged(f"it is truncated: a matrix claims {size:,} bytes, {left:,} are left")
        begin, self.place = self.place, self.place + size
        return begin
