"""The process that reads a corpus: see `core.data.ingest`. It limits itself before it touches the file."""

import json
import os
import sys
import tempfile
from pathlib import Path
from typing import TextIO

from core.data.build import add_corpus
from core.data.corpus_writer import Reading
from core.data.ingest import ReadingState, answer, readable
from core.data.options import CorpusOptions
from core.data.word_counter import SHORT
from core.errors import InputError, SettingsError, StoreError
from core.params import validate


def main() -> None:
    """Take a request from the standard input, answer on the standard output."""
    # Whatever a library prints must not get into the answers.
    answers = os.fdopen(os.dup(1), "w", encoding="utf-8", buffering=1)
    os.dup2(2, 1)
    request = json.loads(sys.stdin.read())

    def tell(reading: Reading) -> None:
        _say(answers, ReadingState(reading.fraction, reading.words, reading.seconds_left))

    try:
        if request["bytes"] >= SHORT:
            _warm_up()
        limit(request["memory"], request["seconds"])
        corpora = Path(request["corpora"])
        # Archives are unpacked where the corpus goes: the usual place for temporary files may be memory.
        tempfile.tempdir = str(next(place for place in (corpora, *corpora.parents) if place.is_dir()))
        options = validate(CorpusOptions, request["options"], "a corpus")
        corpus = add_corpus(Path(request["source"]), corpora, options, request["name"], tell)
        _say(answers, ReadingState(1.0, corpus.tokens_total, corpus=corpus.id))
    except (InputError, StoreError) as error:
        _say(answers, ReadingState(error=readable(error)))
    except SettingsError as error:
        _say(answers, ReadingState(error=str(error)))
    except MemoryError:
        gigabytes = request["memory"] / (1 << 30)
        _say(
            answers,
            ReadingState(error=f"Reading needs more than the {gigabytes:.1f} GB of memory allowed; take a part of it."),
        )


def limit(memory: int, seconds: int) -> None:
    """Bound what this process may take from now on, as far as the system can."""
    try:
        import resource
    except ImportError:  # Windows
        return
    import psutil

    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    if hard == resource.RLIM_INFINITY or seconds < hard:
        resource.setrlimit(resource.RLIMIT_CPU, (seconds, hard))
    if sys.platform == "linux":
        address_space = psutil.Process().memory_info().vms + memory
        _, hard = resource.getrlimit(resource.RLIMIT_AS)
        if hard == resource.RLIM_INFINITY or address_space < hard:
            resource.setrlimit(resource.RLIMIT_AS, (address_space, hard))


def _warm_up() -> None:
    """Load numba and the kernel before the limits: they take address space of their own."""
    from core.data.word_counter import WordCounter

    counter = WordCounter()
    counter.add(counter.prepare("warm up\n"), True)


def _say(answers: TextIO, state: ReadingState) -> None:
    answers.write(answer(state) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
