"""One block through a kernel of words that are means of rows, and the same by autograd in double precision.

`python -m tests.core.kernels.one_block_of_parts NAME FILE KIND` writes what `sample(NAME, KIND)` trains, compiled or,
with NUMBA_DISABLE_JIT=1, interpreted.
"""

import sys
from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numba
import numpy as np

from core.kernels.mean_tiles import PAIRS
from core.kernels.noise import alias_table
from core.kernels.sampling import draw_negatives, read_words
from core.kernels.tiles import OUTPUTS
from tests.core.kernels import one_block
from tests.core.kernels.one_block import ALWAYS

Parts = Sequence[Sequence[int]]


def arrays_of(parts: Parts) -> tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]:
    """For each word its rows, itself among them, each with the same share: as a kernel takes it."""
    lengths = np.array([len(rows) for rows in parts])
    rows = np.array([row for rows in parts for row in rows], np.uint32)
    shares = np.repeat(1 / lengths, lengths).astype(np.float32)
    return np.concatenate([[0], np.cumsum(lengths)]), rows, shares, lengths.astype(np.float32)


def run(
    name: str,
    lines: Sequence[Sequence[int]],
    parts: Parts,
    inputs: np.ndarray,
    outputs: np.ndarray,
    noise: np.ndarray,
    frozen: Sequence[bool] | None = None,
    **settings: Any,
) -> SimpleNamespace:
    """As `one_block.run` does."""
    settings.setdefault("keep", np.full(len(outputs), ALWAYS))
    still = np.zeros(0 if frozen is None else len(inputs), np.bool_)
    for word in np.flatnonzero(frozen) if frozen is not None else ():
        still[list(parts[word])] = True
    more = *arrays_of(parts), still
    return one_block.run(f"fasttext_{name}", lines, inputs, outputs, noise, more=more, frozen=frozen, **settings)


def by_autograd(
    name: str,
    line: Sequence[int],
    parts: Parts,
    inputs: np.ndarray,
    outputs: np.ndarray,
    noise: np.ndarray,
    *,
    window: int,
    negatives: int,
    group: int,
    rate: float,
    seed: int,
) -> SimpleNamespace:
    """What `run` shall give for one line of words that are all different: losses and gradients by torch in float64.

    Each row takes the whole step of a mean that it is in. Windows that share negatives read means that were made when
    the line was read, and in CBOW two pairs of them at once; a window alone reads the rows as the window before has
    left them.
    """
    import torch
    from torch.nn.functional import softplus

    count = len(line)
    words, reaches = np.zeros(1024, np.int64), np.zeros(1024, np.int64)
    size = -(-(group + negatives) // OUTPUTS) * OUTPUTS
    targets = np.zeros(1024 * size, np.int64)
    keep = np.full(len(outputs), ALWAYS)
    _, _, state = read_words(
        np.array(line, np.uint32), 0, count, keep, window, window, 1, np.uint64(seed), words, reaches
    )
    draw_negatives(words, count, group, negatives, size, *alias_table(noise), 1, state, targets)
    v, u = torch.tensor(inputs, dtype=torch.float64), torch.tensor(outputs, dtype=torch.float64)
    means = {word: v[list(parts[word])].mean(0) for word in line}
    total, examples = 0.0, 0
    pairs = PAIRS if name == "cbow" and group > 1 else 1
    for number, first in enumerate(range(0, count, group)):
        if group == 1:
            means = {word: v[list(parts[word])].mean(0) for word in line}
        if number % pairs == 0:
            before = {word: mean.clone() for word, mean in means.items()}
        drawn = targets[number * size + group : number * size + group + negatives].tolist()
        u = u.detach().requires_grad_()
        loss = torch.zeros((), dtype=torch.float64)
        hiddens = []
        for centre in range(first, min(first + group, count)):
            near = range(max(0, centre - reaches[centre]), min(count, centre + reaches[centre] + 1))
            contexts = [line[at] for at in near if at != centre]
            groups = [[context] for context in contexts] if name == "skipgram" else [contexts] if contexts else []
            for together in groups:
                weights = [len(parts[word]) for word in together]
                hidden = sum(weight * before[word] for weight, word in zip(weights, together, strict=True))
                hidden = (hidden / sum(weights)).detach().requires_grad_()
                loss = loss + softplus(-(hidden @ u[line[centre]])) + softplus(u[drawn] @ hidden).sum()
                hiddens.append((together, hidden))
        examples += len(hiddens)
        loss.backward()
        total += loss.item()
        with torch.no_grad():
            u = u - rate * u.grad
            for together, hidden in hiddens:
                for word in together:
                    means[word] = means[word] - rate * hidden.grad
                    for row in parts[word]:
                        v[row] -= rate * hidden.grad
    return SimpleNamespace(inputs=v.numpy(), outputs=u.detach().numpy(), loss=total, examples=examples)


def sample(name: str, kind: str = "free") -> SimpleNamespace:
    """A few lines with all there is: shared rows, a row twice, a word twice, one beyond the vocabulary, two tiles."""
    rng = np.random.default_rng(1)
    inputs, outputs = (rng.normal(scale=0.3, size=(rows, 16)).astype(np.float32) for rows in (13, 9))
    parts = [[word, *extra] for word, extra in enumerate([[9, 10], [9], [], [10, 11, 11], [12], [9, 12], [], [11], []])]
    lines = [[0, 3, 0, 99, 5, 2], [1], [6, 1, 0, 7, 2, 3, 5, 1], [], list(range(9)) * 200]
    keep = np.array([2**31, *[2**32 - 1] * 8], np.uint32)
    frozen = [word in (3, 5) for word in range(9)] if kind == "frozen" else None
    settings = {"window": 3, "negatives": 9, "rate": 0.01, "keep": keep, "frozen": frozen}
    return SimpleNamespace(
        **{
            f"{key}_{group}": value
            for group in (1, 2)
            for key, value in vars(
                run(name, lines, parts, inputs, outputs, np.arange(1.0, 10), group=group, **settings)
            ).items()
        }
    )


if __name__ == "__main__":
    print("interpreted" if numba.config.DISABLE_JIT else "compiled")  # noqa: T201
    with np.errstate(over="ignore"):
        np.savez(sys.argv[2], **vars(sample(sys.argv[1], sys.argv[3])))
