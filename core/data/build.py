"""From a file or a folder to a corpus on disk, in one pass and in memory that does not grow with the corpus.

Two threads share the work: one reads, decodes and cleans, the other, which does not need the interpreter, cuts the
text into words and numbers them. Numbers become frequency ranks once the last word is counted.
"""

import contextlib
import json
import time
import unicodedata
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
import numpy.typing as npt

from core.data.corpus import FORMAT, Corpus, corpus_id
from core.data.doctor import warnings_of
from core.data.documents import Documents
from core.data.options import CorpusOptions
from core.data.tokenize import TOKENIZER_VERSION, PlainCounter, WordNumbers
from core.data.word_counter import WordCounter, chunks_of
from core.errors import CorpusError
from core.files import building_folder, commit_folder, explain_write_error, temporary_folder, write_json

__all__ = ["SHORT", "Progress", "Reading", "add_corpus", "build_corpus"]

CHUNK = 1 << 22
#: Texts of fewer bytes are read without the compiled kernel, whose import alone takes longer.
SHORT = 2_000_000
REMAPPED = 1 << 22
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


def build_corpus(
    source: Path, folder: Path, options: CorpusOptions, name: str | None = None, progress: Progress | None = None
) -> Corpus:
    """Read `source` as a corpus into the new folder `folder`, which comes into being whole or not at all.

    Args:
        source: a file, or a folder whose files are read in the order of their paths.
        folder: where the corpus goes; must not exist.
        options: how to read and tokenise.
        name: what people call the corpus; the file's name where it is not given.
        progress: called some times a second.

    Raises:
        CorpusError: the source cannot be used as a corpus.
        StoreError: `folder` cannot be written.
    """
    try:
        with building_folder(folder) as temporary:
            _Build(Documents(source, options), temporary, name, progress).run()
    except OSError as error:
        raise explain_write_error(error, folder.parent) from error
    return Corpus.open(folder)


def add_corpus(
    source: Path, corpora: Path, options: CorpusOptions, name: str | None = None, progress: Progress | None = None
) -> Corpus:
    """Read `source` as a corpus into `corpora/<id>`; what is there already is opened instead.

    Arguments and errors as for `build_corpus`.
    """
    try:
        # The id is known only when every byte has been read: the folder gets it in its last step.
        with temporary_folder(corpora, "corpus") as temporary:
            target = corpora / _Build(Documents(source, options), temporary, name, progress).run()
            if not target.exists():
                with contextlib.suppress(FileExistsError):  # another process was faster
                    commit_folder(temporary, target)
    except OSError as error:
        raise explain_write_error(error, corpora) from error
    return Corpus.open(target)


class _Build:
    """One reading: fills an empty folder with all that makes a corpus, and says under which id it belongs."""

    def __init__(self, documents: Documents, folder: Path, name: str | None, progress: Progress | None) -> None:
        self.documents, self.folder, self.progress = documents, folder, progress
        self.name = _clean(name or "") or _clean(documents.source.stem) or "corpus"
        lowercase = documents.options.lowercase
        self.counter: WordNumbers = PlainCounter(lowercase) if documents.bytes_total < SHORT else WordCounter(lowercase)
        self.with_words = self.text_bytes = self.last_end = 0
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
        order = np.argsort(-self.counter.counts, kind="stable")
        ranks = np.empty(order.size, np.uint32)
        ranks[order] = np.arange(order.size, dtype=np.uint32)
        _remap(self.folder / "tokens.bin", ranks)
        counts = np.ascontiguousarray(self.counter.counts[order])
        (self.folder / "counts.bin").write_bytes(counts.tobytes())
        by_number = self.counter.words()
        words = [by_number[number] for number in order.tolist()]
        (self.folder / "vocabulary.json").write_text(json.dumps(words, ensure_ascii=False), "utf-8")
        labels: npt.NDArray[np.uint32] | None = None
        if self.documents.options.label_column is not None:
            labels = np.concatenate([*self.documents.labels, np.zeros(0, np.uint32)])
            (self.folder / "labels.bin").write_bytes(labels.tobytes())
        meta = self._meta(words, counts, labels)
        write_json(self.folder / "meta.json", meta)
        self._tell(1.0)
        return str(meta["id"])

    def _read(self) -> None:
        """Hand chunk after chunk to the second thread, always one ahead of it."""
        waiting: Future[None] | None = None
        with ThreadPoolExecutor(1, "words") as pool:
            for chunk in chunks_of((batch.text for batch in self.documents), CHUNK):
                data = chunk.encode()
                prepared = self.counter.prepare(chunk)
                if waiting is not None:
                    waiting.result()
                waiting = pool.submit(self._number, prepared, data, False)
                self._tell()
            if waiting is not None:
                waiting.result()
        self._number(self.counter.prepare(""), b"", True)

    def _number(self, prepared: object, data: bytes, final: bool) -> None:
        """Cut one chunk into words; write its text, its tokens and where its lines begin."""
        tokens_before = self.counter.tokens
        tokens, line_ends = self.counter.add(prepared, final)
        self.files["tokens.bin"].write(tokens.data)
        self.files["offsets.bin"].write(line_ends.data)
        feeds = np.flatnonzero(np.frombuffer(data, np.uint8) == 10).astype(np.int64)
        self.files["text.txt"].write(data)
        self.files["text_offsets.bin"].write((feeds + (self.text_bytes + 1)).data)
        self.text_bytes += len(data)
        self._count_lines(line_ends, tokens_before)

    def _count_lines(self, line_ends: npt.NDArray[np.int64], tokens_before: int) -> None:
        if line_ends.size:
            begins = np.concatenate([[self.last_end], line_ends[:-1]])
            self.with_words += int(np.count_nonzero(line_ends > begins))
            self.last_end = int(line_ends[-1])

    def _refuse_useless(self) -> None:
        name, counter = self.documents.source.name[:80], self.counter
        if counter.tokens == 0:
            more = f" ({counter.overlong:,} words of more than 100 characters apart)" if counter.overlong else ""
            raise CorpusError(f"{name} holds no text with words in it{more}; there is nothing to train on.")
        if counter.tokens == 1:
            raise CorpusError(f"{name} is too small: it holds a single word, and training needs at least two.")

    def _meta(
        self, words: list[str], counts: npt.NDArray[np.int64], labels: npt.NDArray[np.uint32] | None
    ) -> dict[str, Any]:
        documents, counter = self.documents, self.counter
        names = documents.label_names
        by_label = np.bincount(labels, minlength=len(names)).tolist() if labels is not None else []
        most = sorted(zip(names, by_label, strict=True), key=lambda item: -item[1])[:SHOWN_LABELS]
        unit = documents.files[0].unit
        return {
            "format": FORMAT,
            "id": corpus_id(documents.sha256, documents.options),
            "name": self.name,
            "source": documents.source.name[:500],
            "options": documents.options.model_dump(mode="json"),
            "tokenizer": TOKENIZER_VERSION,
            "unicode": unicodedata.unidata_version,
            "created": datetime.now(UTC).isoformat(timespec="seconds"),
            "sha256": documents.sha256,
            "bytes": documents.bytes_read,
            "lines": documents.lines,
            "documents": self.with_words,
            "tokens": counter.tokens,
            "types": counter.types,
            "overlong": counter.overlong,
            "skipped": documents.notes.skipped,
            "warnings": [
                *documents.notes.sentences(unit),
                *warnings_of(words, counts, self.with_words, counter.overlong),
            ],
            "labels": {name: number for name, number in most if name},
            "label_names": names,
            "files": [asdict(file) for file in documents.files],
            "has_text": True,
            "sizes": {path.name: path.stat().st_size for path in sorted(self.folder.iterdir())},
        }

    def _tell(self, fraction: float | None = None) -> None:
        now = time.monotonic()
        if self.progress is None or (fraction is None and now < self.told + 0.2):
            return
        self.told = now
        if fraction is None:
            fraction = min(0.99, self.documents.bytes_read / max(1, self.documents.bytes_total))
        left = (now - self.started) * (1 - fraction) / fraction if fraction > 0 else 0.0
        self.progress(Reading(fraction, self.counter.tokens, left))


def _remap(path: Path, ranks: npt.NDArray[np.uint32]) -> None:
    """Put the rank in the place of each word's number, block by block."""
    with path.open("r+b") as file:
        position = 0
        while block := file.read(4 * REMAPPED):
            file.seek(position)
            file.write(ranks[np.frombuffer(block, np.uint32)].data)
            position += len(block)
            file.seek(position)


def _clean(name: str) -> str:
    shown = (character if character.isprintable() else " " for character in unicodedata.normalize("NFC", name))
    return " ".join("".join(shown).split())[:120].strip()
