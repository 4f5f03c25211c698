"""How fast each format of documents is read: `python -m tests.bench.bench_formats [FORMAT…]`.

The same film reviews (../shared/data/speed), as each format holds them, read by its reader alone: megabytes of the file
and millions of words a second of processor time, and how many times as long plain text takes.
"""

import argparse
import lzma
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable
from html import escape
from pathlib import Path

from core.data.notes import Notes
from core.data.options import CorpusOptions
from core.data.reader import reader_for
from core.data.source import Source
from tests.core.data.readers.making import docx, odt, pdf

SPEED = Path(__file__).resolve().parents[3] / "shared" / "data" / "speed" / "film_reviews_11m_words.txt.xz"


def _html(lines: list[str]) -> bytes:
    body = "".join(f'<div class="review"><p id="r{n}">{_bold(line)}</p></div>\n' for n, line in enumerate(lines))
    return f"<!doctype html><html><head><title>Reviews</title></head><body>{body}</body></html>".encode()


def _bold(line: str) -> str:
    """Some mark-up inside: each tenth word is bold."""
    words = escape(line).split(" ")
    words[::10] = [f"<b>{word}</b>" for word in words[::10]]
    return " ".join(words)


def _docx(lines: list[str]) -> bytes:
    properties = "<w:pPr><w:pStyle w:val='Normal'/><w:spacing w:after='120'/></w:pPr>"
    runs = "<w:r><w:rPr><w:lang w:val='en-GB'/></w:rPr><w:t xml:space='preserve'>{}</w:t></w:r>"
    return docx("".join(f"<w:p>{properties}{_runs(line, runs)}</w:p>" for line in lines))


def _odt(lines: list[str]) -> bytes:
    return odt(
        "".join(f"<text:p text:style-name='P1'>{_runs(line, '<text:span>{}</text:span>')}</text:p>" for line in lines)
    )


def _runs(line: str, run: str) -> str:
    """A run for every ten words."""
    words = escape(line).split(" ")
    return "".join(run.format(" ".join(words[start : start + 10]) + " ") for start in range(0, len(words), 10))


def _markdown(lines: list[str]) -> bytes:
    return "\n\n".join(_bold(line).replace("<b>", "**").replace("</b>", "**") for line in lines).encode()


def _pdf(lines: list[str]) -> bytes:
    text = "\n".join(lines).encode("cp1252", "replace").decode("cp1252")
    broken = [part for line in text.split("\n") for part in textwrap.wrap(line, 90)]
    return pdf(*("\n".join(broken[start : start + 45]) for start in range(0, len(broken), 45)))


#: How a format holds the text, and how much of it is enough.
FORMATS: dict[str, tuple[Callable[[list[str]], bytes], int]] = {
    "text": (lambda lines: "\n".join(lines).encode(), 20_000_000),
    "markdown": (_markdown, 10_000_000),
    "html": (_html, 10_000_000),
    "docx": (_docx, 10_000_000),
    "odt": (_odt, 10_000_000),
    "pdf": (_pdf, 1_000_000),
}


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("format", nargs="*", choices=[[], *FORMATS], default=[])
    parser.add_argument("--repeats", type=int, default=3)
    wanted = parser.parse_args()
    if not SPEED.exists():
        sys.exit(f"{SPEED} is not there")
    text = lzma.decompress(SPEED.read_bytes()).decode()
    best: dict[str, float] = {}
    print(f"processor time, best of {wanted.repeats}")
    print(f"{'':10}{'MB of file':>12}{'MB/s':>8}{'M words/s':>11}{'times text':>12}")
    with tempfile.TemporaryDirectory(prefix="semascope-bench-") as scratch:
        for name in ["text", *(wanted.format or [name for name in FORMATS if name != "text"])]:
            make, size = FORMATS[name]
            lines = text[:size].split("\n")[:-1]
            path = Path(scratch) / "file.md" if name == "markdown" else Path(scratch) / f"file-{name}"
            path.write_bytes(make(lines))
            words = sum(len(line.split()) for line in lines)
            seconds = []
            for _ in range(wanted.repeats):
                started = time.process_time()
                source = Source(path, CorpusOptions(), Notes())
                reader = reader_for(source)
                read = sum(batch.text.count("\n") for batch in reader.read(source))
                seconds.append(time.process_time() - started)
            assert (reader.name, read > 0) == (name, True)
            best[name] = min(seconds) / words
            megabytes = path.stat().st_size / 1e6
            speed = (megabytes / min(seconds), words / min(seconds) / 1e6, best[name] / best["text"])
            print(f"{name:10}{megabytes:12.1f}{speed[0]:8.1f}{speed[1]:11.2f}{speed[2]:12.0f}")


if __name__ == "__main__":
    main()
