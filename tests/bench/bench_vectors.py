"""How long reading vectors takes, against gensim on the same files: `python -m tests.bench.bench_vectors [--words N]`.

Seconds are of the processor, since other programs do not change them, and medians of interleaved rounds; what either
side compiles is compiled before. Ours also checks every number; gensim takes nan, `1_0` and full-width digits.
"""

import argparse
import statistics
import struct
import tempfile
import time
import warnings
from collections.abc import Callable
from pathlib import Path

import numpy as np

from core.formats.fasttext import FastText
from core.formats.number_lines import read_number_lines
from core.formats.word2vec_binary import Word2vecBinary
from core.formats.word2vec_text import Word2vecText
from core.space import EmbeddingSpace

DIMENSIONS, BUCKETS = 300, 100_000


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--words", type=int, default=20_000)
    parser.add_argument("--rounds", type=int, default=3)
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    from gensim.models import KeyedVectors
    from gensim.models.fasttext import load_facebook_vectors

    with tempfile.TemporaryDirectory() as folder:
        text, binary, model = files(Path(folder), args.words)
        load = KeyedVectors.load_word2vec_format
        compare("text", args.rounds, lambda: read_number_lines(text, True, True), lambda: load(str(text)))
        compare("binary", args.rounds, lambda: Word2vecBinary().read(binary), lambda: load(str(binary), binary=True))
        compare("fasttext", args.rounds, lambda: FastText().read(model), lambda: load_facebook_vectors(str(model)))


def files(folder: Path, words: int) -> tuple[Path, Path, Path]:
    rng = np.random.default_rng(0)
    keys = [f"{''.join(map(chr, rng.integers(97, 123, rng.integers(2, 10))))}{row}" for row in range(words)]
    vectors = (rng.normal(size=(words, DIMENSIONS)) * 0.3).astype(np.float32)
    space = EmbeddingSpace(keys, vectors)
    Word2vecText().write(space, folder / "x.vec")
    Word2vecBinary().write(space, folder / "x.bin")
    entries = b"".join(key.encode() + b"\0" + struct.pack("<qb", words - row, 0) for row, key in enumerate(keys))
    with (folder / "model.bin").open("wb") as file:
        file.write(struct.pack("<14id", 793712314, 12, DIMENSIONS, 5, 5, 1, 5, 1, 2, 2, BUCKETS, 3, 6, 100, 1e-4))
        file.write(struct.pack("<3i2q", words, words, 0, words, -1) + entries)
        file.write(struct.pack("<b2q", 0, words + BUCKETS, DIMENSIONS) + vectors.tobytes())
        file.write((rng.normal(size=(BUCKETS, DIMENSIONS)) * 0.3).astype(np.float32).tobytes())
        file.write(struct.pack("<b2q", 0, words, DIMENSIONS) + vectors.tobytes())
    return folder / "x.vec", folder / "x.bin", folder / "model.bin"


def compare(name: str, rounds: int, ours: Callable[[], object], theirs: Callable[[], object]) -> None:
    spent: dict[str, list[float]] = {"ours": [], "gensim": []}
    ours()
    for _ in range(rounds):
        for who, read in (("ours", ours), ("gensim", theirs)):
            started = time.process_time()
            read()
            spent[who].append(time.process_time() - started)
    mine, other = (statistics.median(seconds) for seconds in spent.values())
    print(f"{name:10} ours {mine:6.2f} s   gensim {other:6.2f} s   × {other / mine:.1f}", flush=True)


if __name__ == "__main__":
    main()
