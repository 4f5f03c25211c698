"""The two files in which a corpus keeps its tokens, written and read plainly."""

import itertools

import numpy as np


def lay_out(folder, *lines):
    folder.mkdir(exist_ok=True)
    tokens = np.array([word for line in lines for word in line], np.uint32)
    (folder / "tokens.bin").write_bytes(tokens.tobytes())
    (folder / "offsets.bin").write_bytes(np.cumsum([0, *map(len, lines)]).astype(np.int64).tobytes())
    return folder


def lines_in(folder):
    tokens = np.fromfile(folder / "tokens.bin", np.uint32)
    offsets = np.fromfile(folder / "offsets.bin", np.int64)
    assert (folder / "tokens.bin").stat().st_size == 4 * offsets[-1]
    return [tokens[first:last].tolist() for first, last in itertools.pairwise(offsets)]
