"""One block through a kernel, and the same by autograd in double precision.

`python -m tests.core.kernels.one_block NAME FILE` writes what `sample(NAME)` trains, compiled or, with
NUMBA_DISABLE_JIT=1, interpreted.
"""

import importlib
import sys
from collections.abc import Sequence
from types import SimpleNamespace

import numba
import numpy as np

from core.kernels.mean_tiles import PAIRS
from core.kernels.noise import alias_table
from core.kernels.sampling import SINKS, draw_negatives, read_words
from core.kernels.tiles import OUTPUTS

ALWAYS = np.uint32(2**32 - 1)


def only(word: int, vocabulary: int) -> np.ndarray:
    """Weights of a noise that is always the same word."""
    return np.eye(vocabulary)[word]


def matrices(vocabulary: int, width: int = 16, scale: float = 1.0, seed: int = 1) -> tuple[np.ndarray, np.ndarray]:
    """Inputs and outputs, normally distributed."""
    rng = np.random.default_rng(seed)
    inputs, outputs = rng.normal(scale=scale, size=(2, vocabulary, width)).astype(np.float32)
    return inputs, outputs


def run(
    name: str,
    lines: Sequence[Sequence[int]],
    inputs: np.ndarray,
    outputs: np.ndarray,
    noise: np.ndarray,
    *,
    window: int = 1,
    negatives: int = 1,
    group: int = 1,
    rate: float = 0.1,
    seed: int = 7,
    keep: np.ndarray | None = None,
    held_out: Sequence[bool] | None = None,
    fixed: bool = False,
    nearest: Sequence[Sequence[int]] = (),
    frozen: Sequence[bool] | None = None,
    more: Sequence[np.ndarray] = (),
    **variant: bool,
) -> SimpleNamespace:
    """Copies of both matrices after all lines, the sum of the losses, and the number of examples.

    What a kernel takes beside the usual arguments is in `more`, what it is compiled for in `variant`.
    """
    words, width = inputs.shape
    variant |= {} if frozen is None else {"freezing": True}
    kernel = getattr(importlib.import_module(f"core.kernels.{name}"), f"{name}_kernel")(width, **variant)
    inputs = inputs.copy() if frozen is None else np.vstack([inputs, np.zeros((SINKS, width), np.float32)])
    outputs, counted = outputs.copy(), np.zeros(2)
    kernel(
        np.array([word for line in lines for word in line], np.uint32),
        np.cumsum([0, *map(len, lines)], dtype=np.int64),
        np.zeros(len(lines), np.bool_) if held_out is None else np.array(held_out),
        0,
        len(lines),
        inputs,
        outputs,
        np.full(len(inputs), ALWAYS) if keep is None else keep,
        *alias_table(np.asarray(noise, np.float64)),
        np.array(nearest, np.uint32).reshape(len(nearest), -1 if len(nearest) else 1),
        np.zeros(0, np.bool_) if frozen is None else np.array(frozen),
        window,
        1 if fixed else window,
        negatives,
        group,
        rate,
        np.uint64(seed),
        counted,
        *more,
    )
    return SimpleNamespace(inputs=inputs[:words], outputs=outputs, loss=counted[0], examples=counted[1])


def by_autograd(
    name: str,
    line: Sequence[int],
    inputs: np.ndarray,
    outputs: np.ndarray,
    noise: np.ndarray,
    *,
    window: int,
    negatives: int,
    group: int,
    rate: float,
    seed: int,
    fixed: bool = False,
    frozen: Sequence[bool] = (),
    summing: bool = False,
) -> SimpleNamespace:
    """What `run` shall give for one line: windows, negatives as drawn; losses and gradients by torch in float64."""
    import torch
    from torch.nn.functional import softplus

    count, width = len(line), inputs.shape[1]
    words, reaches = np.zeros(1024, np.int64), np.zeros(1024, np.int64)
    size = -(-(group + negatives) // OUTPUTS) * OUTPUTS
    targets = np.zeros(1024 * size, np.int64)
    keep = np.full(len(inputs), ALWAYS)
    tokens = np.array(line, np.uint32)
    # The functions are handed numbers of words for flat indices: width 1.
    _, found, state = read_words(
        tokens, 0, count, keep, window, 1 if fixed else window, 1, np.uint64(seed), words, reaches
    )
    assert found == count
    draw_negatives(words, count, group, negatives, size, *alias_table(noise), 1, state, targets)
    v, u = torch.tensor(inputs, dtype=torch.float64), torch.tensor(outputs, dtype=torch.float64)
    total, examples = 0.0, 0
    pairs = PAIRS if name == "cbow" and group > 1 else 1
    for number, first in enumerate(range(0, count, group)):
        if number % pairs == 0:
            # The windows that learn at once read rows that none of them has moved.
            read = v.detach().clone()
        drawn = targets[number * size + group : number * size + group + negatives].tolist()
        windows = []
        for centre in range(first, min(first + group, count)):
            near = range(max(0, centre - reaches[centre]), min(count, centre + reaches[centre] + 1))
            windows.append((line[centre], [line[at] for at in near if at != centre]))
        v.requires_grad_(), u.requires_grad_()
        loss = torch.zeros((), dtype=torch.float64)
        means = []
        for centre, contexts in windows:
            if name == "skipgram":
                hidden, counted = v[contexts], len(contexts)
            else:
                hidden = read[contexts].sum(0, keepdim=True) if summing else read[contexts].mean(0, keepdim=True)
                hidden, counted = hidden.detach().requires_grad_(), int(bool(contexts))
                means.append((contexts, hidden))
            if counted:
                loss = loss + softplus(-(hidden @ u[centre])).sum() + softplus(hidden @ u[drawn].T).sum()
            examples += counted
        loss.backward()
        total += loss.item()
        with torch.no_grad():
            u, before = u - rate * u.grad, v.detach().clone()
            if name == "skipgram":
                v = v - rate * v.grad
            else:
                # Each context takes the whole error of the mean, as in word2vec.c.
                v = v.clone()
                for contexts, hidden in means:
                    for context in contexts:
                        v[context] -= rate * hidden.grad[0]
            still = [at for at, is_frozen in enumerate(frozen) if is_frozen]
            v[still] = before[still]
        v, u = v.detach(), u.detach()
    assert width == v.shape[1]
    return SimpleNamespace(inputs=v.numpy(), outputs=u.numpy(), loss=total, examples=examples)


def sample(name: str) -> SimpleNamespace:
    """A few lines with all there is: a word twice, one beyond the vocabulary, held-out lines, two tiles; twice.

    The second time with all that is not usual: windows of one width, near words, frozen rows, sums.
    """
    lines = [[0, 3, 0, 99, 5, 2], [1], [4, 4, 4], [6, 1, 0, 7, 2, 3, 5, 1], []]
    keep = np.array([2**31, *[2**32 - 1] * 8], np.uint32)
    settings = {"window": 3, "negatives": 9, "group": 2, "keep": keep, "held_out": [False, False, True, False, False]}
    plain = run(name, lines, *matrices(9, scale=0.3), np.arange(1.0, 10), **settings)
    variants = {"fixed": True, "nearest": [[1, 2], [2, 0], [3, 4]], "frozen": [word < 3 for word in range(9)]}
    variants |= {"summing": True} if name == "cbow" else {}
    return run(name, lines, plain.inputs, plain.outputs, np.arange(1.0, 10), **settings, **variants)


if __name__ == "__main__":
    print("interpreted" if numba.config.DISABLE_JIT else "compiled")  # noqa: T201
    with np.errstate(over="ignore"):
        np.savez(sys.argv[2], **vars(sample(sys.argv[1])))
