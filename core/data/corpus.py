"""A corpus on disk: tokens as frequency ranks over all types, mapped into memory; never changed once complete.

meta.json           name, source, options, sizes, counts, warnings, sha256
text.txt            the text as it was, UTF-8, one document a line (for evidence)
text_offsets.bin    int64, the byte where each line of text.txt begins, and its end
tokens.bin          uint32, the frequency rank of each word, 0 most frequent
offsets.bin         int64, the token with which each line begins, and the end
vocabulary.json     all words, by rank; ties by first occurrence
counts.bin          int64, occurrences by rank
tokenizer.json      what the tokeniser learned

Only where there is something to say:
labels.bin          uint32, by line, index into meta's label_names
rows.bin            uint32, by line, the document as it was read that it is of, from 0 (steps split documents)
left_out.bin        uint8, by line, 1 where a step left the document out; such a line has no words
phrases.json        for each step that joins phrases what it joined: first, second, word, times, score
metadata.jsonl      the other columns of each document as it was read (`core.data.metadata`)
"""

import hashlib
import json
from functools import cached_property
from pathlib import Path

import numpy as np
import numpy.typing as npt

from core.data.card import Card, card_of, versions_of
from core.data.corpus_lines import TEXT_FILES, CorpusLines
from core.data.doctor import Kept, advice, kept_by
from core.data.line_hashes import line_hashes
from core.data.options import CorpusOptions
from core.data.segments import choose_held_out, segments_of, some_pair
from core.data.training_data import CorpusSize, TrainingData
from core.data.wording import Wording, read_wording
from core.errors import CorpusError, SettingsError
from core.params import validate

__all__ = ["FORMAT", "Corpus", "corpus_id"]

FORMAT = 1


def corpus_id(sha256: str, options: CorpusOptions) -> str:
    """The id of a corpus: a hash of the bytes read and of all that decides what becomes of them."""
    recipe = {"content": sha256, "options": options.model_dump(mode="json"), "versions": versions_of(options)}
    return hashlib.sha256(json.dumps(recipe, sort_keys=True).encode()).hexdigest()[:20]


class Corpus(CorpusLines):
    """A corpus that was read before; make one with `build_corpus`, open one with `Corpus.open`."""

    @classmethod
    def open(cls, folder: Path) -> "Corpus":
        """Open a corpus; nothing is read but its description.

        Raises:
            CorpusError: there is none, it is damaged, or it was made by another version.
        """
        try:
            meta = json.loads((folder / "meta.json").read_text("utf-8"))
        except FileNotFoundError:
            raise CorpusError(f"There is no corpus {folder.name[:80]}; read the file again.") from None
        except (OSError, ValueError, RecursionError):
            meta = None
        if not isinstance(meta, dict):
            raise CorpusError(f"The corpus {folder.name[:80]} is damaged: its meta.json cannot be read; read it again.")
        if meta.get("format") != FORMAT:
            raise CorpusError(f"The corpus {folder.name[:80]} was made by another version; read the file again.")
        for name, size in meta.get("sizes", {}).items():
            path = folder / Path(str(name)).name
            there = path.stat().st_size if path.is_file() else -1
            if there != size and not (there < 0 and path.name in TEXT_FILES):
                raise CorpusError(
                    f"The corpus {folder.name[:80]} is damaged: {path.name} has not its {size:,} bytes; read it again."
                )
        return cls(folder, meta)

    @property
    def name(self) -> str:
        """What people call it."""
        return str(self.meta["name"])

    @property
    def documents(self) -> int:
        """Lines that have words."""
        return int(self.meta["documents"])

    @property
    def tokens_total(self) -> int:
        """Words of the whole corpus."""
        return int(self.meta["tokens"])

    @property
    def types(self) -> int:
        """Different words."""
        return int(self.meta["types"])

    @property
    def warnings(self) -> list[str]:
        """What should be known about how it was read and what it is fit for."""
        return list(self.meta["warnings"])

    @property
    def labels(self) -> dict[str, int]:
        """Documents with words by label, most frequent first; empty without a label column."""
        return dict(self.meta["labels"])

    @property
    def card(self) -> Card:
        """What it was made from, how, with what, and what each step did."""
        return card_of(self.meta)

    @cached_property
    def tokens(self) -> npt.NDArray[np.uint32]:
        """Frequency ranks, shape `(tokens,)`, mapped into memory."""
        return self._map("tokens.bin", np.uint32)

    @cached_property
    def offsets(self) -> npt.NDArray[np.int64]:
        """Line i is `tokens[offsets[i]:offsets[i + 1]]`; shape `(lines + 1,)`, mapped into memory."""
        return self._map("offsets.bin", np.int64)

    @cached_property
    def counts(self) -> npt.NDArray[np.int64]:
        """Occurrences by rank, falling, shape `(types,)`."""
        return self._map("counts.bin", np.int64)

    @cached_property
    def words(self) -> list[str]:
        """All words, by rank."""
        try:
            words = json.loads((self.folder / "vocabulary.json").read_text("utf-8"))
        except (OSError, ValueError):
            words = None
        if not isinstance(words, list) or len(words) != self.types:
            raise CorpusError(f"The corpus {self.id} is damaged: its vocabulary cannot be read; read the file again.")
        return words

    @cached_property
    def _ranks(self) -> dict[str, int]:
        return {word: rank for rank, word in enumerate(self.words)}

    def rank(self, word: str) -> int | None:
        """Rank of a word as it stands in the vocabulary, or None."""
        return self._ranks.get(word)

    @cached_property
    def wording(self) -> Wording:
        """How the corpus writes a text: with the same steps, tokeniser and phrases.

        Raises:
            CorpusError: what the tokeniser has learned, or a setting, cannot be read.
        """
        try:
            return read_wording(self.folder, validate(CorpusOptions, self.meta["options"], "a corpus"))
        except (OSError, ValueError, TypeError, AttributeError, RecursionError, SettingsError):
            raise CorpusError(
                f"The corpus {self.id} is damaged: how it cuts words cannot be read; read the file again."
            ) from None

    def normal(self, text: str) -> tuple[str, ...]:
        """How a typed text would be written here: “Running shoes” is (“run”, “shoe”) after stemming."""
        return tuple(self.wording.words(text))

    def kept(self, min_count: int, max_vocabulary: int | None = None) -> Kept:
        """What is left with a minimum count, and examples of what is dropped."""
        return kept_by(self.counts, self.words, min_count, max_vocabulary)

    def advice(self, min_count: int, max_vocabulary: int | None = None) -> list[str]:
        """Sentences about the cut-offs of a run."""
        return advice(self.counts, self.words, min_count, max_vocabulary)

    def size(self, min_count: int = 1, max_vocabulary: int | None = None) -> CorpusSize:
        """Words, vocabulary, segments and labels with the cut-offs of a run.

        Raises:
            CorpusError: fewer than two words are left.
        """
        vocabulary = self._cut(min_count, max_vocabulary)
        return CorpusSize(
            int(self.counts[:vocabulary].sum()), vocabulary, self._segments, sum(map(bool, self.labels.values()))
        )

    @cached_property
    def _segments(self) -> int:
        return len(segments_of(self.offsets)) - 1

    def _cut(self, min_count: int, max_vocabulary: int | None) -> int:
        counts = self.counts
        vocabulary = int(np.searchsorted(-counts, -min_count, side="right"))
        if self.types < 2:
            raise CorpusError(
                f"This corpus is one word {int(counts[0]):,} times; a vocabulary needs at least two different words."
            )
        if vocabulary < 2:
            raise CorpusError(
                f"A minimum count (min_count) of {min_count:,} leaves {vocabulary} of {self.types:,} words in the "
                f"vocabulary, and training needs two; set it to {int(counts[1]):,} or less."
            )
        return vocabulary if max_vocabulary is None else min(vocabulary, max_vocabulary)

    def training_data(
        self, min_count: int = 1, max_vocabulary: int | None = None, held_out: float = 0.01, seed: int = 1
    ) -> TrainingData:
        """The corpus with the cut-offs of one run.

        Args:
            min_count: words that occur less often are not in the vocabulary.
            max_vocabulary: at most this many words are.
            held_out: share of the segments kept from training, 0 to 0.5.
            seed: chooses which.

        Raises:
            CorpusError: fewer than two words are left, or no line has two of them.
        """
        vocabulary = self._cut(min_count, max_vocabulary)
        segments = segments_of(self.offsets)
        tokens = self.tokens
        held = choose_held_out(line_hashes(tokens, segments), held_out, seed)
        if not some_pair(tokens, segments, held, vocabulary):
            held = np.zeros_like(held)
            if not some_pair(tokens, segments, held, vocabulary):
                raise CorpusError(
                    f"No line has two of the {vocabulary:,} words that a minimum count (min_count) of {min_count:,} "
                    "leaves, so there is no pair to train on; lower it, or give longer lines."
                )
        counts = np.array(self.counts[:vocabulary])
        labels, names = self._segment_labels(segments)
        return TrainingData(self.id, tokens, segments, held, self.words[:vocabulary], counts, labels, names)

    def _segment_labels(self, segments: npt.NDArray[np.int64]) -> tuple[npt.NDArray[np.int32] | None, tuple[str, ...]]:
        """The label of each segment, −1 where it has none, and the names of those that occur."""
        numbers = self.label_numbers
        if numbers is None:
            return None, ()
        # Of lines that begin at the same token all but the last are blank.
        lines = np.searchsorted(self.offsets, segments[:-1], side="right") - 1
        given, names = np.asarray(numbers)[lines].astype(np.int64), list(self.meta["label_names"])
        occur = np.zeros(len(names), np.bool_)
        occur[given] = True
        occur &= np.array([bool(name) for name in names], np.bool_)
        labels = np.where(occur, np.cumsum(occur) - 1, -1).astype(np.int32)[given]
        return labels, tuple(name for name, there in zip(names, occur.tolist(), strict=True) if there)
