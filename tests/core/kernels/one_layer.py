"""One line through the kernels of the output layers, and the same by autograd and torch's own optimisers.

`python -m tests.core.kernels.one_layer NAME FILE` writes what `sample(NAME)` trains, compiled or, with
NUMBA_DISABLE_JIT=1, interpreted; a name is a model, an output layer and an optimiser, or a model and “paths”.
"""

import importlib
import sys
from collections.abc import Sequence
from types import SimpleNamespace

import numba
import numpy as np

from core.kernels.huffman import huffman_paths
from core.kernels.layers import layers_kernel
from core.kernels.moves import OPTIMISERS
from core.kernels.noise import alias_table
from core.kernels.paths import BUSY
from core.kernels.sampling import draw_negatives, read_words

ALWAYS = np.uint32(2**32 - 1)
SIZE = 9
"""Words of the vocabulary: with the nodes between them, two tiles."""
DIMENSIONS = 12
COUNTS = np.array([40, 25, 12, 9, 6, 5, 3, 2, 1])
NOISE = COUNTS**0.75
LINE = [0, 3, 1, 0, 5, 2, 0, 0, 8, 7, 1, 6, 4, 0, 2, 3]
SETTINGS = {"window": 3, "negatives": 9, "rate": 0.05, "seed": 11}


def start(output: str = "negative_sampling", width: int = 16, scale: float = 0.4) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and outputs at random; what is beyond the dimensions is zero, but for NCE's biases."""
    rng = np.random.default_rng(2)
    nodes = SIZE - (output == "hierarchical_softmax")
    inputs, outputs = np.zeros((SIZE, width), np.float32), np.zeros((nodes, width), np.float32)
    inputs[:, :DIMENSIONS] = rng.normal(scale=scale, size=(SIZE, DIMENSIONS))
    outputs[:, :DIMENSIONS] = rng.normal(scale=scale, size=(nodes, DIMENSIONS))
    if output == "nce":
        outputs[:, DIMENSIONS] = rng.normal(scale=scale, size=nodes)
    return inputs, outputs


def tables(output: str) -> tuple[np.ndarray, np.ndarray]:
    """Paths or noise."""
    return huffman_paths(COUNTS) if output == "hierarchical_softmax" else alias_table(NOISE)


def arguments(lines: Sequence[Sequence[int]], held_out: Sequence[bool] | None = None) -> tuple:
    """The corpus as a kernel takes it."""
    return (
        np.array([word for line in lines for word in line], np.uint32),
        np.cumsum([0, *map(len, lines)], dtype=np.int64),
        np.zeros(len(lines), np.bool_) if held_out is None else np.array(held_out),
        0,
        len(lines),
    )


def run(
    model: str,
    output: str,
    optimiser: str,
    lines: Sequence[Sequence[int]] = (LINE,),
    *,
    window: int,
    negatives: int,
    rate: float,
    seed: int,
    l1: float = 0.0,
    l2: float = 0.0,
    clip: float = 0.0,
    frozen: Sequence[int] = (),
    summing: bool = False,
    before: int = 0,
    held_out: Sequence[bool] | None = None,
) -> SimpleNamespace:
    """All matrices after all lines, the sum of the losses, and the number of examples."""
    inputs, outputs = start(output)
    memory = [np.zeros_like(matrix) for matrix in (inputs, inputs, outputs, outputs)]
    still, counted = np.zeros(SIZE if len(frozen) else 0, np.bool_), np.zeros(2)
    still[list(frozen)] = True
    layers_kernel(16, model == "skipgram", output)(
        *arguments(lines, held_out), inputs, outputs, np.full(SIZE, ALWAYS), *tables(output),
        np.zeros((0, 1), np.uint32), still, window, window, negatives, 1, rate, np.uint64(seed), counted,
        *memory, DIMENSIONS, len(outputs), before, OPTIMISERS[optimiser], summing, l1, l2, clip,
    )  # fmt: skip
    return SimpleNamespace(inputs=inputs, outputs=outputs, loss=counted[0], examples=counted[1])


def run_paths(
    model: str,
    lines: Sequence[Sequence[int]] = (LINE,),
    *,
    window: int,
    rate: float,
    seed: int,
    negatives: int = 0,
    summing: bool = False,
    copies: int = 1,
    copy: int = 0,
    held_out: Sequence[bool] | None = None,
) -> SimpleNamespace:
    """The same through the kernel for hierarchical softmax alone."""
    make = getattr(importlib.import_module(f"core.kernels.{model}_paths"), f"{model}_paths_kernel")
    kernel = make(16, summing) if summing else make(16)
    inputs, nodes = start("hierarchical_softmax")
    outputs = np.vstack([nodes, np.full((copies * BUSY if copies > 1 else 0, 16), np.nan, np.float32)])
    counted = np.zeros(2)
    kernel(
        *arguments(lines, held_out), inputs, outputs, np.full(SIZE, ALWAYS), *tables("hierarchical_softmax"),
        np.zeros((0, 1), np.uint32), np.zeros(0, np.bool_), window, window, copies, copy, rate,
        np.uint64(seed), counted,
    )  # fmt: skip
    return SimpleNamespace(inputs=inputs, outputs=outputs[: SIZE - 1], loss=counted[0], examples=counted[1])


def by_autograd(
    model: str,
    output: str,
    optimiser: str,
    *,
    window: int,
    negatives: int,
    rate: float,
    seed: int,
    l1: float = 0.0,
    l2: float = 0.0,
    clip: float = 0.0,
    frozen: Sequence[int] = (),
    summing: bool = False,
) -> SimpleNamespace:
    """What `run` shall give for `LINE`: windows and noise as drawn, losses and gradients by torch in float64."""
    import torch

    count = len(LINE)
    words, reaches = np.zeros(1024, np.int64), np.zeros(1024, np.int64)
    state = np.uint64(seed)
    _, _, state = read_words(
        np.array(LINE, np.uint32), 0, count, np.full(SIZE, ALWAYS), window, window, 1, state, words, reaches
    )
    size = -(-(1 + negatives) // 8) * 8
    drawn = np.zeros(count * size, np.int64)
    if output in ("negative_sampling", "nce"):
        true = words if output == "negative_sampling" else np.full(1024, -1)
        draw_negatives(true, count, 1, negatives, size, *alias_table(NOISE), 1, state, drawn)
    begun = [torch.tensor(matrix, dtype=torch.float64) for matrix in start(output)]
    v, u = (torch.nn.Parameter(matrix) for matrix in begun)
    kinds = {"sgd": torch.optim.SGD, "adagrad": torch.optim.Adagrad, "adam": torch.optim.SparseAdam}
    steps = kinds[optimiser]([v, u], lr=rate)
    total, examples = 0.0, 0
    for centre in range(count):
        near = range(max(0, centre - reaches[centre]), min(count, centre + reaches[centre] + 1))
        contexts = [LINE[at] for at in near if at != centre]
        rows = v[contexts]
        if model == "cbow":
            # Each context takes the whole error of the mean, as in word2vec.c: as if the mean were their sum.
            rows = rows.sum(0, keepdim=True) if summing else rows.sum(0, keepdim=True) * 1.0
            if not summing:
                rows = rows - rows.detach() + rows.detach() / len(contexts)
        noise = drawn[centre * size + 1 : centre * size + 1 + negatives].tolist()
        loss, outs = loss_of(output, rows, u, LINE[centre], noise)
        total += loss.item()
        examples += len(rows)
        touched = sorted(set(contexts)), sorted(set(outs))
        for matrix, some in ((v, touched[0]), (u, touched[1])):
            counted = matrix[some][:, :DIMENSIONS]
            loss = loss + l1 * counted.abs().sum() + l2 / 2 * (counted**2).sum()
        steps.zero_grad()
        loss.backward()
        for matrix, some in ((v, [word for word in touched[0] if word not in frozen]), (u, touched[1])):
            gradient = matrix.grad[some]
            if matrix is v:
                gradient[:, DIMENSIONS:] = 0
            if clip:
                gradient = gradient * torch.clamp(clip / gradient.norm(dim=1, keepdim=True), max=1)
            matrix.grad = torch.sparse_coo_tensor([some], gradient, matrix.shape, check_invariants=True)
        with torch.sparse.check_sparse_tensor_invariants(enable=True):
            steps.step()
    return SimpleNamespace(inputs=v.detach().numpy(), outputs=u.detach().numpy(), loss=total, examples=examples)


def loss_of(output: str, rows, u, word: int, noise: Sequence[int]):
    """The loss of some rows for one word by its definition, and the outputs that it takes."""
    import torch
    from torch.nn.functional import cross_entropy, softplus

    if output == "full_softmax":
        return cross_entropy(rows @ u.T, torch.full((len(rows),), word), reduction="sum"), range(SIZE)
    if output == "hierarchical_softmax":
        starts, turns = huffman_paths(COUNTS)
        path = turns[starts[word] : starts[word + 1]].astype(np.int64)
        signs = torch.tensor(1 - 2.0 * (path % 2))
        return softplus(-signs * (rows @ u[path // 2].T)).sum(), (path // 2).tolist()
    scores = rows @ u[[word, *noise]].T
    if output == "nce":
        scores = scores + u[[word, *noise], DIMENSIONS]
    return softplus(-scores[:, 0]).sum() + softplus(scores[:, 1:]).sum(), [word, *noise]


def sample(name: str) -> SimpleNamespace:
    """Some lines with all there is: a word twice, one beyond the vocabulary, a held-out line, an empty one."""
    lines, held_out = [LINE, [0, 99, 5], [1], [4, 4, 4], [], LINE[::-1]], [False, False, False, True, False, False]
    model, *rest = name.split()
    if rest == ["paths"]:
        return run_paths(model, lines, window=3, rate=0.05, seed=11, held_out=held_out, copies=2, copy=1)
    return run(
        model,
        rest[0],
        rest[1],
        lines,
        **SETTINGS,
        l1=0.01,
        l2=0.02,
        clip=0.4,
        frozen=[3, 5],
        held_out=held_out,
        before=5,
    )


if __name__ == "__main__":
    print("interpreted" if numba.config.DISABLE_JIT else "compiled")  # noqa: T201
    with np.errstate(over="ignore"):
        np.savez(sys.argv[2], **vars(sample(sys.argv[1])))
