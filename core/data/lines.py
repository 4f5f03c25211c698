"""The lines of a corpus: its documents, after steps that split them or leave some out.

A document that is left out keeps its line, so that its text can be shown struck out; only its words do not count.
"""

import contextlib
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt

from core.data.card import StepCount, counted
from core.data.cleaner import DocumentStep
from core.data.documents import MOST_LINES, Documents
from core.data.metadata import MetadataWriter
from core.errors import CorpusError

__all__ = ["LEFT_OUT", "ROWS", "Lines"]

ROWS, LEFT_OUT = "rows.bin", "left_out.bin"


class Lines:
    """Reads documents, has them split and sorted out, and writes down what belongs to a line beside its text.

    Args:
        documents: what to read.
        steps: what splits documents and leaves some out.
        folder: where the corpus is built.

    Attributes:
        count: lines given out so far.
        left_out: for each of them whether its document was left out.
    """

    def __init__(self, documents: Documents, steps: Sequence[DocumentStep[Any]], folder: Path) -> None:
        self._documents, self._steps, self._folder = documents, steps, folder
        self.count = self._blanked = 0
        self.left_out = bytearray()
        self._counts = [[0, 0] for _ in steps]
        self._metadata = MetadataWriter(folder, documents.notes)

    @property
    def fields(self) -> list[str]:
        """Names of the columns kept beside the text, in the order of their first occurrence."""
        return self._metadata.fields

    @property
    def number_left_out(self) -> int:
        """How many lines were left out so far."""
        return self.left_out.count(1)

    @property
    def counts(self) -> list[StepCount]:
        """Documents before and after each step, so far."""
        return [
            counted(step, "documents", "documents", before, after)
            for step, (before, after) in zip(self._steps, self._counts, strict=True)
        ]

    def __iter__(self) -> Iterator[str]:
        """The text of the lines, some at a time, each ended by a line feed."""
        with contextlib.ExitStack() as files:
            rows = files.enter_context((self._folder / ROWS).open("xb")) if self._steps else None
            files.enter_context(self._metadata)
            first = 0
            for batch in self._documents:
                read = self._documents.lines - first
                self._metadata.add(batch.metadata, read)
                text = batch.text
                if rows is not None:
                    texts, of = self._split(text.split("\n")[:-1])
                    rows.write((np.array(of, np.uint32) + np.uint32(first)).data)
                    text = "\n".join([*texts, ""])
                    read = len(texts)
                self.count += read
                if self.count > MOST_LINES:
                    raise CorpusError(f"There are more than {MOST_LINES:,} lines; take a part of the file.")
                first = self._documents.lines
                yield text
        self._finish()

    def blanked(self, text: str) -> str:
        """The next chunk of the text without the lines that were left out; its first and last line may be parts."""
        if not self._steps:
            return text
        first, feeds = self._blanked, text.count("\n")
        self._blanked += feeds
        out = self.left_out[first : first + feeds + 1]
        if 1 not in out:
            return text
        lines = text.split("\n")
        for number in (number for number, left_out in enumerate(out) if left_out):
            lines[number] = ""
        return "\n".join(lines)

    def by_line(self, by_row: npt.NDArray[np.uint32]) -> npt.NDArray[np.uint32]:
        """Something that is known of each document as it was read, for each line."""
        path = self._folder / ROWS
        return by_row[np.fromfile(path, np.uint32)] if path.exists() else by_row

    def with_words(self, offsets: npt.NDArray[np.int64]) -> npt.NDArray[np.bool_]:
        """Whether each document as it was read has words in the corpus, shape `(rows,)`.

        Args:
            offsets: where the words of each line begin, and the end.
        """
        found = np.zeros(self._documents.lines, np.bool_)
        found[self.by_line(np.arange(len(found), dtype=np.uint32))[np.diff(offsets) > 0]] = True
        return found

    def _split(self, texts: list[str]) -> tuple[list[str], list[int]]:
        """What documents become, and for each line which of the documents it is of."""
        of = list(range(len(texts)))
        # Blank lines, such as those between paragraphs, are no documents to a step.
        live = [bool(text.strip()) for text in texts]
        out = bytearray(len(texts))
        for step, counts in zip(self._steps, self._counts, strict=True):
            asked = [text for text, alive in zip(texts, live, strict=True) if alive]
            answers = step.documents(asked)
            if len(answers) != len(asked):
                raise CorpusError(
                    f"The step {step.name} was given {len(asked):,} documents and answered for {len(answers):,}, "
                    "which is a mistake in it; leave it out."
                )
            answered = iter(answers)
            lines: list[tuple[str, int, bool, int]] = []
            for text, row, alive, gone in zip(texts, of, live, out, strict=True):
                parts = next(answered) if alive else None
                if parts:
                    lines += [(part, row, bool(part.strip()), 0) for part in parts]
                else:
                    lines.append((text, row, False, 1 if alive else gone))
            texts = [line[0] for line in lines]
            if any("\n" in text for text in texts):
                raise CorpusError(f"The step {step.name} put a line feed into a document, a mistake; leave it out.")
            of, live, out = (
                [line[1] for line in lines],
                [line[2] for line in lines],
                bytearray(line[3] for line in lines),
            )
            counts[0] += len(asked)
            counts[1] += sum(live)
        self.left_out += out
        return texts, of

    def _finish(self) -> None:
        """What says nothing is not kept."""
        if self._steps:
            if self.count == self._documents.lines:
                (self._folder / ROWS).unlink()
            if 1 in self.left_out:
                (self._folder / LEFT_OUT).write_bytes(self.left_out)
