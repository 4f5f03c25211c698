"""The label of a document from the mean of its words' vectors: fastText's classifier.

    m = mean of E_w over the words;  with a hidden layer m ← tanh(A·m + a);  p(label) = softmax(O·m + o)

Of E only the rows of words in the mini-batch are touched: they are gathered, so that the gradient is as small as the
mini-batch. Shapes: B documents, D dimensions, U different words, H hidden units, L labels, T words in all.
"""

from collections.abc import Mapping

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import cross_entropy, embedding_bag

from core.networks.batches import Labelled
from core.networks.network import Arrays, Measured, Network
from core.networks.optimiser import Gradient, Rule

__all__ = ["Classifier"]


class Classifier(Network[Labelled]):
    """See above.

    Args:
        weights: `vectors` (words × dimensions), `outputs` and `outputs_bias`; with a hidden layer `hidden_1` and
            `hidden_1_bias`.
        moments: of the optimiser.
        rule: how weights are changed.
        shares: how much a document of each label counts in the gradient, shape `(labels,)`, float32.
        dropout: share of the numbers of a document's mean that are dropped; the others are made larger by as much.
    """

    def __init__(
        self,
        weights: Arrays,
        moments: Mapping[str, Arrays],
        rule: Rule,
        shares: npt.NDArray[np.float32],
        dropout: float = 0.0,
    ) -> None:
        super().__init__(weights, moments, rule)
        self._shares_L, self._dropout = torch.from_numpy(shares), dropout
        self._layers = 1 if "hidden_1" in self.weights else 0

    def gradients(self, batch: Labelled, seed: int) -> tuple[Measured, dict[str, Gradient]]:
        """The losses of a mini-batch, and the gradients of their mean over its documents."""
        met, places = np.unique(batch.words, return_inverse=True)
        met_U = torch.from_numpy(met)
        leaves = {name: weight.detach().requires_grad_() for name, weight in self.weights.items() if name != "vectors"}
        leaves["vectors"] = self.weights["vectors"].index_select(0, met_U).requires_grad_()
        generator = torch.Generator().manual_seed(seed) if self._dropout else None
        scores_BL = self._scores(torch.from_numpy(places), batch.starts, leaves, generator)
        labels_B = torch.from_numpy(batch.labels)
        losses_B = cross_entropy(scores_BL, labels_B, reduction="none")
        torch.dot(losses_B, self._shares_L[labels_B]).div(len(labels_B)).backward()  # type: ignore[no-untyped-call]
        gradients = {}
        for name, leaf in leaves.items():
            assert leaf.grad is not None
            gradients[name] = Gradient(leaf.grad, met_U if name == "vectors" else None)
        return self._measured(scores_BL.detach(), losses_B.detach(), labels_B), gradients

    @torch.no_grad()
    def measure(self, batch: Labelled) -> Measured:
        """The losses of documents, and how many have their label told right."""
        scores_BL = self._scores(torch.from_numpy(batch.words), batch.starts, self.weights, None)
        labels_B = torch.from_numpy(batch.labels)
        return self._measured(scores_BL, cross_entropy(scores_BL, labels_B, reduction="none"), labels_B)

    def _scores(
        self,
        words_T: torch.Tensor,
        starts: npt.NDArray[np.int64],
        weights: dict[str, torch.Tensor],
        generator: torch.Generator | None,
    ) -> torch.Tensor:
        means_BD = embedding_bag(words_T, weights["vectors"], torch.from_numpy(starts), mode="mean")
        if generator is not None:
            kept_BD = torch.rand(means_BD.shape, generator=generator) >= self._dropout
            means_BD = means_BD * kept_BD / (1 - self._dropout)
        if self._layers:
            means_BD = torch.tanh(torch.addmm(weights["hidden_1_bias"], means_BD, weights["hidden_1"].T))
        return torch.addmm(weights["outputs_bias"], means_BD, weights["outputs"].T)

    @staticmethod
    def _measured(scores_BL: torch.Tensor, losses_B: torch.Tensor, labels_B: torch.Tensor) -> Measured:
        right = int((scores_BL.argmax(dim=1) == labels_B).sum())
        return Measured(float(losses_B.double().sum()), len(labels_B), right)
