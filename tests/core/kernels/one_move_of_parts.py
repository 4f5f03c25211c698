"""One line through fastText's kernel for any optimiser, and the same by autograd and torch's own optimisers.

`python -m tests.core.kernels.one_move_of_parts NAME FILE` writes what `sample(NAME)` trains, compiled or, with
NUMBA_DISABLE_JIT=1, interpreted; a name is a model and an optimiser.
"""

import sys
from collections.abc import Sequence
from types import SimpleNamespace

import numba
import numpy as np

from core.kernels.fasttext_moves import fasttext_moves_kernel
from core.kernels.moves import OPTIMISERS
from core.kernels.noise import alias_table
from core.kernels.sampling import SINKS, draw_negatives, read_words
from tests.core.kernels.one_block_of_parts import arrays_of
from tests.core.kernels.one_layer import ALWAYS, LINE, NOISE, SIZE, arguments, loss_of

PARTS = [[word, *extra] for word, extra in enumerate([[9, 10], [9], [], [10, 11, 11], [12], [9, 12], [], [11], []])]
"""Rows of each word: some of several words, one twice in a word."""
ROWS = 13


def start(width: int = 16, scale: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and outputs at random."""
    rng = np.random.default_rng(2)
    return tuple(rng.normal(scale=scale, size=(rows, width)).astype(np.float32) for rows in (ROWS, SIZE))


def run(
    model: str,
    optimiser: str,
    lines: Sequence[Sequence[int]] = (LINE,),
    parts: Sequence[Sequence[int]] = PARTS,
    *,
    window: int,
    negatives: int,
    rate: float,
    seed: int,
    l1: float = 0.0,
    l2: float = 0.0,
    clip: float = 0.0,
    frozen: Sequence[int] = (),
    before: int = 0,
    held_out: Sequence[bool] | None = None,
) -> SimpleNamespace:
    """Both matrices after all lines, the sum of the losses, and the number of examples."""
    inputs, outputs = start()
    inputs = np.vstack([inputs, np.zeros((SINKS, 16), np.float32)])
    memory = [np.zeros_like(matrix) for matrix in (inputs, inputs, outputs, outputs)]
    still, counted = np.zeros(ROWS if len(frozen) else 0, np.bool_), np.zeros(2)
    for word in frozen:
        still[list(parts[word])] = True
    fasttext_moves_kernel(16, model == "skipgram")(
        *arguments(lines, held_out), inputs, outputs, np.full(SIZE, ALWAYS), *alias_table(NOISE),
        np.zeros((0, 1), np.uint32), np.isin(np.arange(SIZE), frozen), window, window, negatives, 1, rate,
        np.uint64(seed), counted, *arrays_of(parts), still, *memory, before, OPTIMISERS[optimiser], l1, l2, clip,
    )  # fmt: skip
    return SimpleNamespace(inputs=inputs[:ROWS], outputs=outputs, loss=counted[0], examples=counted[1])


def by_autograd(
    model: str,
    optimiser: str,
    *,
    window: int,
    negatives: int,
    rate: float,
    seed: int,
    l1: float = 0.0,
    l2: float = 0.0,
    clip: float = 0.0,
) -> SimpleNamespace:
    """What `run` shall give for `LINE`: windows and noise as drawn, losses and gradients by torch in float64.

    Each row takes the whole gradient of a mean that it is in: as if the mean were their sum.
    """
    import torch

    count = len(LINE)
    words, reaches = np.zeros(1024, np.int64), np.zeros(1024, np.int64)
    _, _, state = read_words(
        np.array(LINE, np.uint32), 0, count, np.full(SIZE, ALWAYS), window, window, 1, np.uint64(seed), words, reaches
    )
    size = -(-(1 + negatives) // 8) * 8
    drawn = np.zeros(count * size, np.int64)
    draw_negatives(words, count, 1, negatives, size, *alias_table(NOISE), 1, state, drawn)
    v, u = (torch.nn.Parameter(torch.tensor(matrix, dtype=torch.float64)) for matrix in start())
    kinds = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad, "adam": torch.optim.SparseAdam}
    steps = kinds[optimiser]([v, u], lr=rate)
    total, examples = 0.0, 0
    for centre in range(count):
        near = range(max(0, centre - reaches[centre]), min(count, centre + reaches[centre] + 1))
        contexts = [LINE[at] for at in near if at != centre]
        groups = [PARTS[word] for word in contexts]
        if model == "cbow":
            groups = [[row for rows in groups for row in rows]]
        hidden = torch.stack([v[rows].sum(0) - (v[rows].sum(0) - v[rows].mean(0)).detach() for rows in groups])
        noise = drawn[centre * size + 1 : centre * size + 1 + negatives].tolist()
        loss, outs = loss_of("negative_sampling", hidden, u, LINE[centre], noise)
        total += loss.item()
        examples += len(hidden)
        touched = sorted({row for word in contexts for row in PARTS[word]}), sorted(set(outs))
        for matrix, some in ((v, touched[0]), (u, touched[1])):
            loss = loss + l1 * matrix[some].abs().sum() + l2 / 2 * (matrix[some] ** 2).sum()
        steps.zero_grad()
        loss.backward()
        for matrix, some in ((v, touched[0]), (u, touched[1])):
            gradient = matrix.grad[some]
            if clip:
                gradient = gradient * torch.clamp(clip / gradient.norm(dim=1, keepdim=True), max=1)
            matrix.grad = torch.sparse_coo_tensor([some], gradient, matrix.shape, check_invariants=True)
        with torch.sparse.check_sparse_tensor_invariants(enable=True):
            steps.step()
    return SimpleNamespace(inputs=v.detach().numpy(), outputs=u.detach().numpy(), loss=total, examples=examples)


def sample(name: str) -> SimpleNamespace:
    """Some lines with all there is: a word twice, one beyond the vocabulary, a held-out line, an empty one."""
    lines, held_out = [LINE, [0, 99, 5], [1], [4, 4, 4], [], LINE[::-1]], [False, False, False, True, False, False]
    settings = {"window": 3, "negatives": 9, "rate": 0.05, "seed": 11, "l1": 0.01, "l2": 0.02, "clip": 0.4}
    return run(*name.split(), lines, **settings, frozen=[3, 5], held_out=held_out, before=5)


if __name__ == "__main__":
    print("interpreted" if numba.config.DISABLE_JIT else "compiled")  # noqa: T201
    with np.errstate(over="ignore"):
        np.savez(sys.argv[2], **vars(sample(sys.argv[1])))
