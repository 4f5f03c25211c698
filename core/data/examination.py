"""The corpus doctor's findings: all that is counted once about a corpus, kept beside it as `examination.json`.

It takes a second or two, so a page starts it as a process of its own, `python -m core.data.examination FOLDER`, and
looks whether it has ended. The file is derived: without it, it is counted again.
"""

import json
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from core.data.corpus import Corpus
from core.data.languages import Unknown, languages_of, sample, unknown_in_english
from core.data.laws import PowerLaw, coverage, growth, heaps, zipf, zipf_points
from core.data.line_hashes import line_hashes, repeats
from core.errors import CorpusError
from core.files import write_json

__all__ = ["FILE", "Examination", "Lines", "examination_of", "examine", "start_examination"]

FILE = "examination.json"
VERSION = 1
ROOT = Path(__file__).resolve().parents[2]
SAMPLED_LINES = 300
SHOWN = 5


@dataclass(frozen=True, slots=True)
class Lines:
    """The lines of a corpus that have words.

    Attributes:
        count: how many.
        median: words of the middle one.
        longest: the longest ones: line number from 0, words.
        repeated: lines that have the same words as an earlier one.
        repeats: the first of them: line number, and that of the earlier line.
    """

    count: int
    median: float
    longest: tuple[tuple[int, int], ...]
    repeated: int
    repeats: tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Examination:
    """What there is to know about a corpus before training on it; curves are pairs of equally long lists.

    Attributes:
        growth: words read, and different words among them.
        heaps: Heaps' law fitted to the growth.
        zipf_points: ranks, and occurrences of the word of that rank.
        zipf: Zipf's law fitted to them.
        coverage: sizes of a vocabulary, and share of the text that it covers, 0 to 1.
        lines: about its lines.
        languages: share of each language, by ISO 639-1 code, the most frequent first.
        languages_of: lines that these shares were estimated from.
        unknown: what general English does not know; None where there are no words of letters.
        sampled: lines that were looked at for languages, markup and addresses.
        markup: share of the sampled lines with HTML tags or entities, 0 to 1.
        addresses: share of the sampled lines with a web or mail address, 0 to 1.
    """

    growth: tuple[tuple[int, ...], tuple[int, ...]]
    heaps: PowerLaw | None
    zipf_points: tuple[tuple[int, ...], tuple[int, ...]]
    zipf: PowerLaw | None
    coverage: tuple[tuple[int, ...], tuple[float, ...]]
    lines: Lines
    languages: dict[str, float]
    languages_of: int
    unknown: Unknown | None
    sampled: int
    markup: float
    addresses: float


def examine(corpus: Corpus) -> Examination:
    """Count everything; takes a second or two for a corpus of ten million words."""
    after, met = growth(corpus.tokens, corpus.types)
    ranks, occurrences = zipf_points(corpus.counts)
    sizes, shares = coverage(corpus.counts)
    texts = _sampled(corpus)
    languages, judged = languages_of(texts)
    return Examination(
        growth=(_whole(after), _whole(met)),
        heaps=heaps(after, met),
        zipf_points=(_whole(ranks), _whole(occurrences)),
        zipf=zipf(corpus.counts),
        coverage=(_whole(sizes), tuple(round(share, 6) for share in shares.tolist())),
        lines=_lines(corpus),
        languages=languages,
        languages_of=judged,
        unknown=unknown_in_english(corpus.words, corpus.counts),
        sampled=len(texts),
        markup=_share(texts, _has_markup),
        addresses=_share(texts, _has_address),
    )


def examination_of(corpus: Corpus) -> Examination | None:
    """The findings kept beside a corpus, or None where there are none yet."""
    try:
        kept = json.loads((corpus.folder / FILE).read_text("utf-8"))
        if kept["version"] != VERSION:
            return None
        return _from_json(kept["found"])
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        return None


def start_examination(corpus: Corpus) -> "subprocess.Popen[bytes]":
    """Begin to count in a process of its own; `examination_of` finds the result when it has ended."""
    child = subprocess.Popen(
        [sys.executable, "-m", "core.data.examination", str(corpus.folder.resolve())],
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
        cwd=ROOT,
    )
    # Whoever asked may be gone when it ends: somebody has to take note of that.
    threading.Thread(target=child.wait, name="examination", daemon=True).start()
    return child


def keep(corpus: Corpus) -> Examination:
    """Examine a corpus and keep what was found beside it."""
    found = examine(corpus)
    write_json(corpus.folder / FILE, {"version": VERSION, "found": asdict(found)}, indent=None)
    return found


def _lines(corpus: Corpus) -> Lines:
    lengths = np.diff(corpus.offsets)
    filled = lengths[lengths > 0]
    order = np.argsort(-lengths, kind="stable")[:SHOWN]
    same = repeats(line_hashes(corpus.tokens, corpus.offsets))
    again = np.flatnonzero(same >= 0)
    return Lines(
        count=len(filled),
        median=float(np.median(filled)) if len(filled) else 0.0,
        longest=tuple((int(line), int(lengths[line])) for line in order if lengths[line]),
        repeated=len(again),
        repeats=tuple((int(line), int(same[line])) for line in again[:SHOWN]),
    )


def _sampled(corpus: Corpus) -> list[str]:
    if not corpus.has_text:
        return []
    lines = (corpus.line(number)[:2000] for number in sample(corpus.lines, SAMPLED_LINES))
    return [line for line in lines if line.strip()]


def _has_markup(text: str) -> bool:
    begin = text.find("<")
    tag = begin >= 0 and text[begin + 1 : begin + 2].replace("/", "a").isalpha() and ">" in text[begin:]
    return tag or any(entity in text for entity in ("&amp;", "&lt;", "&gt;", "&nbsp;", "&quot;", "&#"))


def _has_address(text: str) -> bool:
    if "http://" in text or "https://" in text or "www." in text:
        return True
    return any(0 < word.find("@") < word.rfind(".") < len(word) - 1 for word in text.split() if "@" in word)


def _share(texts: list[str], holds: Any) -> float:
    return sum(map(holds, texts)) / len(texts) if texts else 0.0


def _whole(values: Any) -> tuple[int, ...]:
    return tuple(values.tolist())


def _from_json(found: Mapping[str, Any]) -> Examination:
    def law(value: Any) -> PowerLaw | None:
        return None if value is None else PowerLaw(**value)

    def curve(value: Any) -> Any:
        x, y = value
        return tuple(x), tuple(y)

    def pairs(value: Any) -> Any:
        return tuple((int(a), int(b)) for a, b in value)

    lines, unknown = found["lines"], found["unknown"]
    return Examination(
        growth=curve(found["growth"]),
        heaps=law(found["heaps"]),
        zipf_points=curve(found["zipf_points"]),
        zipf=law(found["zipf"]),
        coverage=curve(found["coverage"]),
        lines=Lines(
            int(lines["count"]),
            float(lines["median"]),
            pairs(lines["longest"]),
            int(lines["repeated"]),
            pairs(lines["repeats"]),
        ),
        languages={str(code): float(share) for code, share in found["languages"].items()},
        languages_of=int(found["languages_of"]),
        unknown=None if unknown is None else Unknown(**{**unknown, "examples": tuple(unknown["examples"])}),
        sampled=int(found["sampled"]),
        markup=float(found["markup"]),
        addresses=float(found["addresses"]),
    )


def main(folder: str) -> None:
    """Examine the corpus in a folder, if it is not yet."""
    try:
        corpus = Corpus.open(Path(folder))
        if examination_of(corpus) is None:
            keep(corpus)
    except (CorpusError, OSError):
        sys.exit(1)


if __name__ == "__main__":
    main(sys.argv[1])
