"""One step of gradient descent: SGD, AdaGrad or Adam, whole arrays or some rows; shrinking; clipping.

With gradient g, rate η and step number t from 1 (β₁ = .9, β₂ = .999):

    sgd      w ← w − η·g
    adagrad  s ← s + g²;                                     w ← w − η·g / (√s + 10⁻¹⁰)
    adam     m ← β₁m + (1 − β₁)g,  s ← β₂s + (1 − β₂)g²;     w ← w − η·(m / (1 − β₁ᵗ)) / (√(s / (1 − β₂ᵗ)) + 10⁻⁸)

Of a matrix of word vectors only the rows of the words in the mini-batch have a gradient, and only they are changed, as
torch's SparseAdam does; unlike there all three work alike, and a row's moments rest while the word is not met.

Shrinking is apart from the gradient ("decoupled"), so that it does not depend on the optimiser: before each step
w ← (1 − η·l2)·w, after it every number comes η·l1 nearer to zero and stops there.

Sources: J. Duchi, E. Hazan, Y. Singer, "Adaptive subgradient methods", JMLR 12, 2011; D. Kingma and J. Ba, "Adam", ICLR
2015; I. Loshchilov and F. Hutter, "Decoupled weight decay regularization", ICLR 2019.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import torch
from torch.optim.adagrad import adagrad
from torch.optim.adam import adam

__all__ = ["Gradient", "Rule", "clip", "descend", "only"]


@dataclass(frozen=True, slots=True)
class Rule:
    """How weights are changed.

    Attributes:
        optimiser: sgd, adagrad or adam.
        l1: by how much every number comes nearer to zero in a step, times the rate.
        l2: what share of itself it loses in a step, times the rate.
        clip: longest gradient, all arrays together; longer ones are shortened to it; 0 leaves all as they are.
    """

    optimiser: str
    l1: float = 0.0
    l2: float = 0.0
    clip: float = 0.0


@dataclass(slots=True)
class Gradient:
    """The gradient of an array, shape `(rows, …)`: of the rows named, unique, or of all where they are not."""

    value: torch.Tensor
    rows: torch.Tensor | None = None


def clip(gradients: Iterable[Gradient], longest: float) -> None:
    """Shorten gradients in place so that their common norm is at most `longest`."""
    values = [gradient.value for gradient in gradients]
    norm = float(torch.nn.utils.get_total_norm(values))
    if norm > longest:
        for value in values:
            value.mul_(longest / norm)


def only(gradient: Gradient, moving: torch.Tensor) -> Gradient:
    """The gradient of the rows that may move, shape `(rows of the weight,)`; the others have none."""
    if gradient.rows is None:
        rows = moving.nonzero().view(-1)
        return Gradient(gradient.value.index_select(0, rows), rows)
    chosen = moving[gradient.rows]
    return Gradient(gradient.value[chosen], gradient.rows[chosen])


def descend(
    weight: torch.Tensor,
    moments: Sequence[torch.Tensor],
    gradient: Gradient,
    rule: Rule,
    rate: float,
    number: int,
    shrinks: bool = True,
) -> None:
    """Take one step, in place.

    Args:
        weight: any shape.
        moments: of the weight's shape: none for sgd, squares for adagrad, means and squares for adam.
        gradient: of the weight.
        rule: how.
        rate: the learning rate.
        number: which step of this weight it is, from 1.
        shrinks: whether l1 and l2 apply; not to biases.
    """
    rows, value = gradient.rows, gradient.value
    if rows is None:
        _step(weight, moments, value, rule, rate, number, shrinks)
        return
    # Gathered, changed, put back: the cost is that of the rows met, however large the vocabulary.
    whole = (weight, *moments)
    parts = [tensor.index_select(0, rows) for tensor in whole]
    _step(parts[0], parts[1:], value, rule, rate, number, shrinks)
    for tensor, part in zip(whole, parts, strict=True):
        tensor.index_copy_(0, rows, part)


def _step(
    weight: torch.Tensor,
    moments: Sequence[torch.Tensor],
    value: torch.Tensor,
    rule: Rule,
    rate: float,
    number: int,
    shrinks: bool,
) -> None:
    if shrinks and rule.l2:
        weight.mul_(max(0.0, 1 - rate * rule.l2))
    if rule.optimiser == "sgd":
        weight.add_(value, alpha=-rate)
    elif rule.optimiser == "adagrad":
        [squares] = moments
        adagrad(
            [weight], [value], [squares], [torch.tensor(float(number - 1))], fused=True,
            lr=rate, weight_decay=0.0, lr_decay=0.0, eps=1e-10, maximize=False,
        )  # fmt: skip
    else:
        means, squares = moments
        adam(
            [weight], [value], [means], [squares], [], [torch.tensor(float(number - 1))], fused=True,
            amsgrad=False, beta1=0.9, beta2=0.999, lr=rate, weight_decay=0.0, eps=1e-8, maximize=False,
        )  # fmt: skip
    if shrinks and rule.l1:
        weight.copy_(torch.nn.functional.softshrink(weight, rate * rule.l1))
