"""The documents of a corpus that was read before, to be cleaned in another way without its file.

The text beside the tokens is what the file held, so the new corpus is the one that reading the file anew would give.
"""

from collections.abc import Iterator, Mapping
from pathlib import Path

from core.data.corpus import Corpus
from core.data.documents import Documents, FileRead
from core.data.options import CorpusOptions
from core.data.reader import Batch
from core.errors import CorpusError

__all__ = ["OF_READING", "KeptDocuments", "why_not"]

#: Options that say how the file was read; they cannot change without it.
OF_READING = ("column", "label_column", "encoding", "sheet", "header", "format")
BATCH = 4_000


def why_not(corpus: Corpus) -> str:
    """What keeps a corpus from being cleaned in another way without its file; empty where nothing does."""
    if not corpus.has_text:
        return "Only the words of this corpus were kept, not its text; read the file again."
    if corpus.lines != int(corpus.meta["rows"]):
        return "The documents of this corpus were split into lines; read the file again."
    return ""


class KeptDocuments(Documents):
    """Reads the kept text of a corpus as if it were its file.

    Args:
        corpus: what was read before.
        options: how to clean and cut it now.

    Raises:
        CorpusError: its text was not kept, its documents were split, or the options would need the file.
    """

    def __init__(self, corpus: Corpus, options: CorpusOptions) -> None:
        self._corpus = corpus
        if reason := why_not(corpus):
            raise CorpusError(reason)
        before = corpus.meta["options"]
        now = options.model_dump(mode="json")
        changed = [name for name in OF_READING if now[name] != before[name]]
        if changed:
            raise CorpusError(f"Another {changed[0].replace('_', ' ')} needs the file itself; read the file again.")
        super().__init__(Path(str(corpus.meta["source"])), options)

    def __post_init__(self) -> None:
        self.bytes_total = int(self._corpus.meta["bytes"])
        self.text_bytes = int(self._corpus.meta["sizes"]["text.txt"])
        self._names: dict[str, int] = {}
        self._characters = 0

    @property
    def sha256(self) -> str:
        """Hash of the file as it was read."""
        return str(self._corpus.meta["sha256"])

    @property
    def bytes_read(self) -> int:
        """The share of the text read so far, in bytes of the file."""
        return round(self.bytes_total * self.lines / max(1, self._corpus.lines))

    def __iter__(self) -> Iterator[Batch]:
        """The documents, some at a time."""
        corpus, labelled = self._corpus, self.options.label_column is not None
        for first in range(0, corpus.lines, BATCH):
            numbers = range(first, min(first + BATCH, corpus.lines))
            text = "".join(f"{corpus.line(number)}\n" for number in numbers)
            labels = [corpus.label(number) for number in numbers] if labelled else None
            batch = Batch(text, labels, self._metadata(numbers))
            self._account(batch)
            yield batch
        self.files.extend(_file(file) for file in corpus.meta["files"])

    def _metadata(self, numbers: range) -> dict[str, list[str]] | None:
        if not self._corpus.fields:
            return None
        rows = [self._corpus.metadata(number) for number in numbers]
        return {name: [row.get(name, "") for row in rows] for name in self._corpus.fields}


def _file(file: Mapping[str, object]) -> FileRead:
    # Of a corpus that came with a run it is not known how its files were read.
    return FileRead(
        name=str(file["name"]),
        reader=str(file.get("reader", "")),
        unit=str(file["unit"]),
        first_line=int(str(file["first_line"])),
        lines=int(str(file["lines"])),
        bytes=int(str(file.get("bytes", 0))),
    )
