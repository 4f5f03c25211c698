"""How fast each cleaning step is: `python -m tests.bench.bench_cleaning [STEP…]`.

Steps on documents and on text: megabytes of UTF-8 a second of processor time, on film reviews with addresses, tags and
numbers put in, and on German law, Finnish and Chinese, which stand there several times over, so that most documents
are copies. Steps on words see each different word once.
"""

import argparse
import lzma
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from core.data.cleaner import CLEANING_STEPS, Pairs, PhraseStep, TextStep, WordStep, steps_of
from core.data.cleaning_preview import pairs_of
from core.data.tokenize import words_of

DATA = Path(__file__).resolve().parents[3] / "shared" / "data"
SIZE = 3_000_000
VARIANTS = (
    "markup kind=markdown", "markup kind=bbcode", "markup kind=wiki", "punctuation inside=true", "unicode form=NFC",
    r"regex pattern='\b\d+\b' replacement=_number_", "phrases method=log_likelihood", "lemmas language=de",
    "stemming language=de", "stop_words language=de",
)  # fmt: skip
ADDED = (
    " See https://example.org/a/b?c=1&d=2. or www.foo.com, cdc.gov/flu; mail john.doe@mail.example.com or @someone"
    " #HashTag <b>bold</b> café “naïve” &amp; 12,3 …"
)


def texts() -> dict[str, str]:
    """The texts by name, each of about three megabytes."""
    film = DATA / "speed" / "film_reviews_11m_words.txt.xz"
    with lzma.open(film, "rt", encoding="utf-8") as file:
        lines = file.read(SIZE).split("\n")
    found = {"film": "\n".join(line + ADDED * (number % 5 == 0) for number, line in enumerate(lines)) + "\n"}
    for name, path in {
        "German": "german_law_gg_bgb",
        "Finnish": "finnish_ud_tdt",
        "Chinese": "chinese_recipes",
    }.items():
        text = (DATA / "text" / f"{path}.txt").read_text("utf-8")
        found[name] = (text * (1 + SIZE // len(text)))[:SIZE] + "\n"
    return found


def speed(amount: float, prepare: Callable[[], Callable[[], object]], repeats: int) -> float:
    """Amount a second of processor time, the best of some tries; `prepare` makes what is timed."""
    times = []
    for _ in range(repeats):
        work = prepare()
        started = time.process_time()
        work()
        times.append(time.process_time() - started)
    return amount / min(times)


def row_of(text: str, found: dict[str, str], words: list[str], pairs: Pairs, repeats: int) -> tuple[list[float], str]:
    """The speeds of one step, and their unit."""

    def fresh() -> Any:
        return steps_of([text])[0]

    step = fresh()
    if isinstance(step, WordStep):
        step.words(words[:10])
        return [speed(len(words) / 1e3, lambda: partial(step.words, words), repeats)], "thousand words/s"
    if isinstance(step, PhraseStep):
        return [speed(len(pairs.first) / 1e3, lambda: partial(step.scores, pairs), repeats)], "thousand pairs/s"
    row = []
    for whole in found.values():
        size, lines = len(whole.encode()) / 1e6, whole.split("\n")[:-1]
        if isinstance(step, TextStep):
            row.append(speed(size, lambda whole=whole: partial(fresh().text, whole), repeats))
        else:
            row.append(speed(size, lambda lines=lines: partial(fresh().documents, lines), repeats))
    return row, "MB/s"


def main() -> None:
    """Print the table."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("steps", nargs="*", default=[*CLEANING_STEPS.names(), *VARIANTS])
    parser.add_argument("--repeats", type=int, default=3)
    args = parser.parse_args()
    found = texts()
    cut = [tuple(words_of(line)) for line in found["film"].split("\n")]
    pairs = pairs_of(cut, 2)
    words = list(pairs.words)
    print(f"{len(words):,} different words, {len(pairs.first):,} pairs; best of {args.repeats}")
    print(f"{'':48}" + "".join(f"{name:>9}" for name in found))
    for text in args.steps:
        row, unit = row_of(text, found, words, pairs, args.repeats)
        print(f"{text:48}" + "".join(f"{number:9.0f}" for number in row).ljust(9 * len(found)) + f"  {unit}")


if __name__ == "__main__":
    main()
