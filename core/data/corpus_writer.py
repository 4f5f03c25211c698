"""One reading of a source: fills an empty folder with all that makes a corpus.

Two threads share the work: one reads, decodes and cleans, the other, which does not need the interpreter, cuts the
text into words and numbers them. Steps then work on each different word, and numbers become frequency ranks.
"""

import contextlib
import json
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, astuple, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from core.data.card import StepCount, counted, versions_of
from core.data.cleaner import DocumentStep, PhraseStep, TextStep, WordStep, steps_of
from core.data.corpus import FORMAT, corpus_id
from core.data.doctor import warnings_of
from core.data.documents import Documents
from core.data.lines import Lines
from core.data.rewriting import Rewritten
from core.data.settling import Settled, settle_words
from core.data.tokenizer import tokenizer_of
from core.data.word_counter import chunks_of, counter_for
from core.errors import CorpusError
from core.files import write_json

__all__ = ["CorpusWriter", "Progress", "Reading"]

CHUNK = 1 << 22
SHOWN_LABELS = 1_000
FILES = ("tokens.bin", "offsets.bin", "text.txt", "text_offsets.bin")


@dataclass(frozen=True, slots=True)
class Reading:
    """How far the reading of a corpus has come.

    Attributes:
        fraction: share of the bytes read, 0 to 1.
        words: words so far.
        seconds_left: about how long it will still take.
    """

    fraction: float
    words: int
    seconds_left: float


Progress = Callable[[Reading], None]


class CorpusWriter:
    """One reading, and under which id the corpus belongs.

    Args:
        documents: what is read.
        folder: an empty one, which is filled.
        name: what people call the corpus; the source's name where it is not given.
        progress: called some times a second.
    """

    def __init__(self, documents: Documents, folder: Path, name: str | None, progress: Progress | None) -> None:
        options = documents.options
        self.documents, self.folder, self.progress = documents, folder, progress
        self.name = _clean(name or "") or _clean(documents.source.stem) or "corpus"
        self.steps, self.tokenizer = steps_of(options.steps), tokenizer_of(options.tokenizer)
        self.lines = Lines(documents, [step for step in self.steps if isinstance(step, DocumentStep)], folder)
        self.text_steps = [step for step in self.steps if isinstance(step, TextStep)]
        self.characters = [[0, 0] for _ in self.text_steps]
        self.counter = counter_for(self.tokenizer, options.lowercase, documents.text_bytes)
        self.with_words = self.text_bytes = self.last_end = 0
        self.later = sum(isinstance(step, WordStep | PhraseStep) for step in self.steps)
        self.settled = 0
        self.started = self.told = time.monotonic()
        self.files: dict[str, BinaryIO] = {}

    def run(self) -> str:
        """Read everything; returns the id of the corpus."""
        with contextlib.ExitStack() as stack:
            self.files = {name: stack.enter_context((self.folder / name).open("xb")) for name in FILES}
            for name in ("offsets.bin", "text_offsets.bin"):
                self.files[name].write(np.zeros(1, np.int64).data)
            self._read()
        self._refuse_useless()
        read = Rewritten(self.counter.tokens, self.with_words)
        settled = settle_words(
            self.folder, self.counter.words(), self.counter.counts, read, self.steps, self.tokenizer, self._settled
        )
        (self.folder / "counts.bin").write_bytes(np.ascontiguousarray(settled.counts).tobytes())
        self._write_text("vocabulary.json", settled.words)
        if self.tokenizer.state():
            self._write_text("tokenizer.json", self.tokenizer.state())
        if settled.phrases:
            self._write_text("phrases.json", [[astuple(phrase) for phrase in some] for some in settled.phrases])
        labels = self._write_labels()
        meta = self._meta(settled, labels)
        write_json(self.folder / "meta.json", meta)
        self._tell(1.0)
        return str(meta["id"])

    def _read(self) -> None:
        """Hand chunk after chunk to the second thread, always one ahead of it."""
        waiting: Future[None] | None = None
        with ThreadPoolExecutor(1, "words") as pool:
            for chunk in chunks_of(iter(self.lines), CHUNK):
                data = chunk.encode()
                prepared = self.counter.prepare(self._cleaned(self.lines.blanked(chunk)))
                if waiting is not None:
                    waiting.result()
                waiting = pool.submit(self._number, prepared, data, False)
                self._tell()
            if waiting is not None:
                waiting.result()
        self._number(self.counter.prepare(""), b"", True)

    def _cleaned(self, text: str) -> str:
        """A chunk as the text steps leave it."""
        if not self.text_steps:
            return text
        feeds, ended = text.count("\n"), text.endswith("\n")
        for step, characters in zip(self.text_steps, self.characters, strict=True):
            characters[0] += len(text)
            text = step.text(text)
            characters[1] += len(text)
            if text.count("\n") != feeds:
                raise CorpusError(f"The step {step.name} changed the number of lines, a mistake in it; leave it out.")
        # A long line was cut before a blank, which a step may have taken away.
        return text if ended else f"{text} "

    def _number(self, prepared: object, data: bytes, final: bool) -> None:
        """Cut one chunk into words; write its text, its tokens and where its lines begin."""
        tokens, line_ends = self.counter.add(prepared, final)
        self.files["tokens.bin"].write(tokens.data)
        self.files["offsets.bin"].write(line_ends.data)
        feeds = np.flatnonzero(np.frombuffer(data, np.uint8) == 10).astype(np.int64)
        self.files["text.txt"].write(data)
        self.files["text_offsets.bin"].write((feeds + (self.text_bytes + 1)).data)
        self.text_bytes += len(data)
        if line_ends.size:
            self.with_words += int(np.count_nonzero(np.diff(line_ends, prepend=self.last_end)))
            self.last_end = int(line_ends[-1])

    def _refuse_useless(self) -> None:
        name, counter, left_out = _clean(self.documents.source.name), self.counter, self.lines.number_left_out
        if counter.tokens == 0:
            more = f" ({counter.overlong:,} words of more than 100 characters apart)" if counter.overlong else ""
            if left_out or self.text_steps:
                documents = "document was" if left_out == 1 else "documents were"
                more = " that the cleaning steps leave" + (f" ({left_out:,} {documents} left out)" if left_out else "")
            raise CorpusError(f"{name} holds no text with words in it{more}; there is nothing to train on.")
        if counter.tokens == 1:
            raise CorpusError(f"{name} is too small: it holds a single word, and training needs at least two.")

    def _write_text(self, name: str, value: Any) -> None:
        (self.folder / name).write_text(json.dumps(value, ensure_ascii=False), "utf-8")

    def _write_labels(self) -> list[int]:
        """Write the label of each line; returns how many documents with words have each label, as splits count them."""
        if self.documents.options.label_column is None:
            return []
        of_documents = np.concatenate([*self.documents.labels, np.zeros(0, np.uint32)])
        (self.folder / "labels.bin").write_bytes(self.lines.by_line(of_documents).tobytes())
        with_words = of_documents[self.lines.with_words(np.fromfile(self.folder / "offsets.bin", np.int64))]
        return [int(count) for count in np.bincount(with_words, minlength=len(self.documents.label_names))]

    def _meta(self, settled: Settled, by_label: list[int]) -> dict[str, Any]:
        documents, counter = self.documents, self.counter
        names = documents.label_names
        most = sorted(zip(names, by_label, strict=True), key=lambda item: -item[1])[:SHOWN_LABELS] if by_label else []
        text_steps = [
            counted(step, "text", "characters", before, after)
            for step, (before, after) in zip(self.text_steps, self.characters, strict=True)
        ]
        steps: list[StepCount] = [*self.lines.counts, *text_steps, *settled.steps]
        versions = versions_of(documents.options)
        return {
            "format": FORMAT,
            "id": corpus_id(documents.sha256, documents.options),
            "name": self.name,
            "source": _clean(documents.source.name),
            "options": documents.options.model_dump(mode="json"),
            "versions": versions,
            "tokenizer": versions["words"],
            "unicode": versions["unicode"],
            "created": datetime.now(UTC).isoformat(timespec="milliseconds"),
            "sha256": documents.sha256,
            "bytes": documents.bytes_read,
            "steps": [asdict(step) for step in steps],
            "lines": self.lines.count,
            "rows": documents.lines,
            "documents": settled.size.lines,
            "left_out": self.lines.number_left_out,
            "tokens": settled.size.tokens,
            "types": len(settled.words),
            "overlong": counter.overlong,
            "skipped": documents.notes.skipped,
            "warnings": self._warnings(settled),
            "labels": {name: number for name, number in most if name},
            "label_names": names,
            "fields": self.lines.fields,
            "files": [asdict(file) for file in documents.files],
            "has_text": True,
            "sizes": {path.name: path.stat().st_size for path in sorted(self.folder.iterdir())},
        }

    def _warnings(self, settled: Settled) -> list[str]:
        """What there is to say, in the order in which it came up."""
        said = self.documents.notes.sentences(self.documents.files[0].unit)
        of_steps = [note for step in self.steps for note in step.notes()]
        left_out = self.lines.number_left_out
        if left_out and not any(step.notes() for step in self.steps if isinstance(step, DocumentStep)):
            said.append(f"{left_out:,} of {self.lines.count:,} documents were left out.")
        said += of_steps + self.tokenizer.notes()
        return [*said, *warnings_of(settled.words, settled.counts, settled.size.lines, self.counter.overlong)]

    def _settled(self) -> None:
        self.settled += 1
        self._tell()

    def _tell(self, fraction: float | None = None) -> None:
        now = time.monotonic()
        if self.progress is None or (fraction is None and now < self.told + 0.2):
            return
        self.told = now
        if fraction is None:
            read = self.documents.bytes_read / max(1, self.documents.bytes_total)
            # Steps that come when all is read take about a quarter of the time that reading takes.
            after = min(1.0, self.settled / self.later) if self.later else read
            fraction = min(0.99, 0.8 * read + 0.2 * after)
        left = (now - self.started) * (1 - fraction) / fraction if fraction > 0 else 0.0
        self.progress(Reading(fraction, self.counter.tokens, left))


def _clean(name: str) -> str:
    shown = (character if character.isprintable() else " " for character in unicodedata.normalize("NFC", name))
    return " ".join("".join(shown).split())[:120].strip()
