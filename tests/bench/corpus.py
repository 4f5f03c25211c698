"""The text that benchmarks measure on: 11 million words of film reviews, read from beside the checkout, never copied.

Written once to the system's temporary folder, lower-case, one review a line, words parted by single blanks, so that
every program under test reads the same words.
"""

import lzma
import re
import tempfile
from pathlib import Path

SOURCE = Path(__file__).parents[3] / "shared" / "data" / "speed" / "film_reviews_11m_words.txt.xz"
BENCHMARKS = SOURCE.parents[1] / "benchmarks"


def film_reviews(words: int | None = None) -> Path:
    """The text as a file; only its first `words` words where given."""
    target = Path(tempfile.gettempdir()) / f"semascope-bench-{words or 'all'}.txt"
    if target.exists():
        return target
    if not SOURCE.exists():
        raise SystemExit(f"{SOURCE} is not there; benchmarks need it.")
    count, partial = 0, target.with_suffix(".partial")
    with lzma.open(SOURCE, "rt", encoding="utf-8") as lines, partial.open("w", encoding="utf-8") as out:
        for line in lines:
            found = re.findall(r"\w+", line.lower())
            out.write(" ".join(found) + "\n")
            count += len(found)
            if words and count >= words:
                break
    partial.rename(target)
    return target


def sentences_of(path: Path) -> list[list[str]]:
    """Its lines as lists of words, cut at 10,000 as ours are: gensim leaves out what a longer one has more."""
    return [
        words[first : first + 10_000]
        for words in (line.split() for line in path.open(encoding="utf-8"))
        for first in range(0, len(words), 10_000)
    ]
