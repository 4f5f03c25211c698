"""A document through a bottleneck and back: from its weighted words to a code, from the code to all its words.

    x_w ∝ tf·idf of the words that are not dropped, Σ x² = dimensions
    h = Σ_w x_w·E_w + b;  hidden layers: h ← tanh(h), h ← A·h + b;  code c = tanh(h)
    p(w) = softmax(c·D_w + d_w)

D is the decoder; tied, E is D.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import torch
from torch.nn.functional import embedding_bag

from core.networks.batches import Bags
from core.networks.multinomial import multinomial
from core.networks.network import Arrays, Measured, Network
from core.networks.optimiser import Gradient, Rule

__all__ = ["Autoencoder", "Corruption"]


@dataclass(frozen=True, slots=True)
class Corruption:
    """What is random in training.

    Attributes:
        denoising: share of a document's different words that are dropped from what is read of it.
        dropout: share of the units of each layer that are dropped; the others are made larger by as much.
    """

    denoising: float = 0.0
    dropout: float = 0.0


class Autoencoder(Network[Bags]):
    """See above.

    Args:
        weights: `decoder` (words × dimensions), `decoder_bias`, `encoder` (likewise; none where tied), `encoder_bias`,
            and for each layer in between `hidden_1` … and `hidden_1_bias` ….
        moments: of the optimiser.
        rule: how weights are changed.
        inverse: idf of each word, shape `(words,)`, float32.
        known: which words can come, shape `(words,)`; None for all.
        log_counts: whether tf is 1 + log of the count, else the count.
        corruption: what is random in training.
    """

    def __init__(
        self,
        weights: Arrays,
        moments: Mapping[str, Arrays],
        rule: Rule,
        inverse: npt.NDArray[np.float32],
        known: npt.NDArray[np.bool_] | None,
        log_counts: bool,
        corruption: Corruption,
    ) -> None:
        super().__init__(weights, moments, rule)
        self._inverse, self._log_counts, self._corruption = inverse, log_counts, corruption
        self._unknown = None if known is None else torch.from_numpy(~known)
        self._tied = "encoder" not in self.weights
        self._reader = "decoder" if self._tied else "encoder"
        self._layers = sum(name.startswith("hidden") for name in self.weights) // 2

    def gradients(self, batch: Bags, seed: int) -> tuple[Measured, dict[str, Gradient]]:
        """The losses of a mini-batch, and the gradients of their mean over its words.

        Over its documents they would be the larger the longer these are, and SGD's rate would be another for each text.
        """
        names = [name for name in self.weights if not name.startswith("decoder") or name == self._reader]
        leaves = {name: self.weights[name].detach().requires_grad_() for name in names}
        codes_BD = self._codes(batch, leaves, seed)
        loss, found = multinomial(codes_BD.detach(), self.weights["decoder"], self._bias(), batch)
        assert found is not None
        to_codes_BD, to_decoder_VD, to_bias_V = found
        # As `codes.backward(gradient)`, which would first import sympy: a second, and 40 MB.
        torch.dot(codes_BD.reshape(-1), to_codes_BD.reshape(-1)).backward()  # type: ignore[no-untyped-call]
        words = _size(batch)
        gradients = {"decoder": to_decoder_VD, "decoder_bias": to_bias_V}
        for name, leaf in leaves.items():
            if leaf.grad is not None:
                gradients[name] = gradients[name].add_(leaf.grad) if name in gradients else leaf.grad
        return Measured(loss, words), {name: Gradient(value.div_(words)) for name, value in gradients.items()}

    @torch.no_grad()
    def measure(self, batch: Bags) -> Measured:
        """The losses of documents, which are read whole."""
        if self._unknown is not None:
            batch = _without(batch, self._unknown.numpy()[batch.words])
        codes_BD = self._codes(batch, self.weights, None)
        loss, _ = multinomial(codes_BD, self.weights["decoder"], self._bias(), batch, gradients=False)
        return Measured(loss, _size(batch))

    def _bias(self) -> torch.Tensor:
        """That of the decoder; words that never stand in what is trained on cannot come, nor be pushed away."""
        bias_V = self.weights["decoder_bias"]
        return bias_V if self._unknown is None else bias_V.masked_fill(self._unknown, -torch.inf)

    def _codes(self, batch: Bags, weights: dict[str, torch.Tensor], seed: int | None) -> torch.Tensor:
        """The codes of documents, shape `(documents, dimensions)`; a seed drops words and units."""
        dimensions = self.weights["decoder"].shape[1]
        kept = None if seed is None else np.random.default_rng(seed).random(len(batch.words), np.float32)
        share = self._weights(batch, None if kept is None else kept >= self._corruption.denoising, dimensions)
        words, starts = torch.from_numpy(batch.words), torch.from_numpy(batch.starts[:-1])
        hidden = embedding_bag(words, weights[self._reader], starts, mode="sum", per_sample_weights=share)
        hidden = torch.tanh(hidden + weights["encoder_bias"])
        generator = None if seed is None else torch.Generator().manual_seed(seed)
        for layer in range(1, self._layers + 1):
            hidden = self._thinned(hidden, generator)
            hidden = torch.tanh(torch.addmm(weights[f"hidden_{layer}_bias"], hidden, weights[f"hidden_{layer}"].T))
        return self._thinned(hidden, generator)

    def _weights(self, batch: Bags, kept: npt.NDArray[np.bool_] | None, dimensions: int) -> torch.Tensor:
        """tf·idf of each cell, scaled so that the squares of a document add up to the dimensions; 0 where dropped."""
        counts = 1 + np.log(batch.counts) if self._log_counts else batch.counts
        share = counts * self._inverse[batch.words]
        if kept is not None:
            share *= kept
        squares = np.add.reduceat(np.square(share), batch.starts[:-1])
        share *= np.repeat(np.sqrt(dimensions / np.maximum(squares, 1e-12)), np.diff(batch.starts))
        return torch.from_numpy(share.astype(np.float32, copy=False))

    def _thinned(self, units: torch.Tensor, generator: torch.Generator | None) -> torch.Tensor:
        share = self._corruption.dropout
        if generator is None or not share:
            return units
        return units * (torch.rand(units.shape, generator=generator) >= share) / (1 - share)


def _size(batch: Bags) -> int:
    return int(batch.counts.sum(dtype=np.float64))


def _without(batch: Bags, gone: npt.NDArray[np.bool_]) -> Bags:
    """The same without some cells, and without documents of which nothing is left."""
    before = np.concatenate(([0], np.cumsum(~gone)))
    starts = before[batch.starts]
    filled = np.append(np.diff(starts) > 0, True)
    return Bags(batch.words[~gone], batch.counts[~gone], starts[filled])
