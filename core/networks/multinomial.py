"""−log p of the words of documents, drawn one by one from a softmax over the whole vocabulary; with its gradients.

Logits z = C·Wᵀ + b; a document with counts n of words has loss Σ_w n_w·(log Σ_v exp z_v − z_w). The gradient of the
logits, Σn·softmax(z) − n, is as large as documents × vocabulary: it is made for some documents at a time and used up at
once, so that memory does not grow with the mini-batch.

Shapes: B documents, D dimensions, V words, N cells (different words of all documents).
"""

import numpy as np
import torch

from core.networks.batches import Bags

__all__ = ["multinomial"]

CELLS = 4_000_000
"""Logits at a time: 16 MB, which the cache can about hold."""


def multinomial(
    codes_BD: torch.Tensor,
    weight_VD: torch.Tensor,
    bias_V: torch.Tensor,
    bags: Bags,
    gradients: bool = True,
) -> tuple[float, tuple[torch.Tensor, torch.Tensor, torch.Tensor] | None]:
    """The sum of the losses of documents in nats, and the gradients of the sum.

    Args:
        codes_BD: what is known of each document.
        weight_VD: a row for each word.
        bias_V: likewise; −inf for words that cannot come.
        bags: the words of the documents.
        gradients: whether they are wanted.

    Returns:
        The sum, and the gradients of codes, weight and bias.
    """
    documents, vocabulary = len(codes_BD), len(weight_VD)
    total = 0.0
    to_codes_BD = torch.empty_like(codes_BD)
    to_weight_VD = torch.zeros_like(weight_VD) if gradients else weight_VD
    to_bias_V = torch.zeros_like(bias_V)
    rows = max(1, CELLS // vocabulary)
    for first in range(0, documents, rows):
        last = min(first + rows, documents)
        cells = slice(bags.starts[first], bags.starts[last])
        sizes = np.diff(bags.starts[first : last + 1])
        at_N = torch.from_numpy(np.repeat(np.arange(last - first) * vocabulary, sizes) + bags.words[cells])
        counts_N = torch.from_numpy(bags.counts[cells])
        part_BD = codes_BD[first:last]
        logs_BV = torch.log_softmax(torch.addmm(bias_V, part_BD, weight_VD.T), dim=1)
        total -= float(torch.dot(logs_BV.view(-1)[at_N].double(), counts_N.double()))
        if not gradients:
            continue
        lengths_B = torch.from_numpy(np.add.reduceat(bags.counts[cells], bags.starts[first:last] - bags.starts[first]))
        slopes_BV = logs_BV.exp_().mul_(lengths_B[:, None])
        slopes_BV.view(-1)[at_N] -= counts_N  # each cell stands there once
        torch.mm(slopes_BV, weight_VD, out=to_codes_BD[first:last])
        to_weight_VD.addmm_(slopes_BV.T, part_BD)
        to_bias_V.add_(slopes_BV.sum(dim=0))
    return total, (to_codes_BD, to_weight_VD, to_bias_V) if gradients else None
