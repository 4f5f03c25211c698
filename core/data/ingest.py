"""Read a corpus in a process of its own, with limits: a hostile file can take down no more than that process.

The child is `python -m core.data.ingest_child`. It takes one JSON object on its input and answers with JSON lines: how
far it is, and last the id of the corpus or the sentence that says why there is none.
"""

import contextlib
import hashlib
import json
import signal
import subprocess
import sys
import threading
from collections.abc import Callable
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from core.data.corpus import Corpus, corpus_id
from core.data.options import CorpusOptions
from core.data.source_files import MOST_BYTES, files_of, shown_name, text_size
from core.errors import CorpusError, InputError, StoreError

__all__ = ["Ingestion", "Limits", "ReadingState", "ingest"]

ROOT = Path(__file__).resolve().parents[2]
#: More than the slowest format takes: a PDF of 1 MB has some fifty pages, which take two seconds.
SECONDS_PER_MB = 5


@dataclass(frozen=True, slots=True)
class Limits:
    """What reading one corpus may take.

    Attributes:
        memory: bytes of address space beyond what the interpreter takes; mapped libraries count.
        seconds: of processor time, and three times that of the clock; more is given to larger files.
        bytes: of the source.
    """

    memory: int = 4 << 30
    seconds: int = 120
    bytes: int = MOST_BYTES


@dataclass(frozen=True, slots=True)
class ReadingState:
    """Where a reading stands.

    Attributes:
        fraction: share of the bytes read, 0 to 1.
        words: words so far.
        seconds_left: about how long it will still take.
        corpus: id of the corpus, once it is complete.
        error: why there is none, once that is clear.
    """

    fraction: float = 0.0
    words: int = 0
    seconds_left: float = 0.0
    corpus: str | None = None
    error: str | None = None

    @property
    def done(self) -> bool:
        """Whether nothing more will come."""
        return self.corpus is not None or self.error is not None


class Ingestion:
    """A reading under way; a page keeps it and looks at `state`, a command waits for it.

    Args:
        source: a file or a folder.
        corpora: the folder in which the corpus gets a folder called like its id.
        options: how to read it.
        name: what people call it.
        limits: what it may take.

    Raises:
        CorpusError: there is nothing to read, or too much.
    """

    def __init__(
        self, source: Path, corpora: Path, options: CorpusOptions, name: str | None = None, limits: Limits | None = None
    ) -> None:
        limits = limits or Limits()
        files = files_of(source)
        size = sum(path.stat().st_size for path in files)
        if size > limits.bytes:
            raise CorpusError(
                f"{shown_name(source.name)} has {size / 1e6:,.0f} MB, more than the {limits.bytes / 1e6:,.0f} MB "
                "that may be read; take a part of it."
            )
        text = text_size(files)
        seconds = limits.seconds + max(text, SECONDS_PER_MB * size) // 1_000_000
        request = {
            "source": str(source.resolve()),
            "corpora": str(corpora.resolve()),
            "options": options.model_dump(mode="json"),
            "name": name,
            "bytes": text,
            "memory": limits.memory,
            "seconds": seconds,
        }
        self._corpora = corpora
        self._state = ReadingState()
        self._seconds = seconds
        self._lock = threading.Lock()
        self._child = subprocess.Popen(
            [sys.executable, "-m", "core.data.ingest_child"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            cwd=ROOT,
            encoding="utf-8",
        )
        assert self._child.stdin is not None
        with contextlib.suppress(BrokenPipeError), self._child.stdin as stdin:
            stdin.write(json.dumps(request))
        self._clock = threading.Timer(3 * seconds, self._stop, ["took longer than allowed; take a part of the file"])
        self._clock.daemon = True
        self._clock.start()
        self._follower = threading.Thread(target=self._follow, name="ingest", daemon=True)
        self._follower.start()

    @property
    def state(self) -> ReadingState:
        """Where it stands now."""
        with self._lock:
            return self._state

    def wait(self, seconds: float | None = None) -> ReadingState:
        """Wait until it is done, or for so long."""
        self._follower.join(seconds)
        return self.state

    def cancel(self) -> None:
        """End it; nothing of it stays. Does nothing where it is done."""
        self._stop("was cancelled")
        self._follower.join()

    def _stop(self, reason: str) -> None:
        with self._lock:
            if not self._state.done:
                self._state = ReadingState(error=f"Reading {reason}.")
        self._child.kill()

    def _follow(self) -> None:
        assert self._child.stdout is not None
        with self._child.stdout as lines:
            for line in lines:
                with contextlib.suppress(ValueError, TypeError):
                    self._take(json.loads(line))
        code = self._child.wait()
        self._clock.cancel()
        with self._lock:
            if not self._state.done:
                self._state = ReadingState(error=_why(code))
        # What a killed child leaves half made carries its process id.
        for left in self._corpora.glob(f".*.{self._child.pid}-*.tmp"):
            _remove(left)

    def _take(self, message: dict[str, Any]) -> None:
        with self._lock:
            if not self._state.done:
                self._state = ReadingState(**message)


def ingest(
    source: Path,
    corpora: Path,
    options: CorpusOptions,
    name: str | None = None,
    progress: Callable[[ReadingState], None] | None = None,
    limits: Limits | None = None,
) -> str:
    """Read `source` as a corpus into `corpora/<id>` in a process of its own, and wait for it.

    Args:
        source: a file or a folder.
        corpora: the folder of all corpora.
        options: how to read it.
        name: what people call it; the file's name where it is not given.
        progress: called some times a second; what it raises ends the reading.
        limits: what it may take.

    Returns:
        The id of the corpus; the same bytes read in the same way have the same id, and are kept once.

    Raises:
        CorpusError: the source cannot be used as a corpus.
        StoreError: `corpora` cannot be written.
    """
    known = _known(source, corpora, options)
    if known is not None:
        return known
    under_way = Ingestion(source, corpora, options, name, limits)
    try:
        while not under_way.wait(0.2 if progress is not None else None).done:
            if progress is not None:
                progress(under_way.state)
    finally:
        if not under_way.state.done:
            under_way.cancel()
    state = under_way.state
    if state.corpus is None:
        text = state.error or "Reading ended without an answer; try again."
        raise (StoreError if text.startswith(STORE) else CorpusError)(text.removeprefix(STORE))
    return state.corpus


def _known(source: Path, corpora: Path, options: CorpusOptions) -> str | None:
    """The id of the corpus that these bytes have already become, with its text; hashing takes a second for two GB."""
    if not source.is_file() or not corpora.is_dir():
        return None
    with source.open("rb") as file:
        identity = corpus_id(hashlib.file_digest(file, "sha256").hexdigest(), options)
    try:
        known = Corpus.open(corpora / identity)
    except CorpusError:
        return None
    return known.id if known.has_text else None


#: Marks the errors that are not the file's fault.
STORE = "store: "


def _why(code: int) -> str:
    if code in (-9, 137):  # SIGKILL, which Windows does not know by name
        return "Reading was killed, most likely because memory ran out; take a part of the file."
    if hasattr(signal, "SIGXCPU") and code == -signal.SIGXCPU:
        return "Reading took longer than allowed; take a part of the file."
    return f"Reading ended unexpectedly (code {code}); the file may be damaged, or try again."


def _remove(folder: Path) -> None:
    import shutil

    shutil.rmtree(folder, ignore_errors=True)


def answer(state: ReadingState) -> str:
    """One line of the child's answer."""
    return json.dumps(asdict(state), ensure_ascii=False)


def readable(error: InputError | StoreError) -> str:
    """An error as the child sends it, marked where the store is to blame."""
    return f"{STORE}{error}" if isinstance(error, StoreError) else str(error)
