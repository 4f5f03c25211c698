"""What networks have in common: weights and moments in numpy's memory, and how a mini-batch changes them."""

import math
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

import numpy as np
import numpy.typing as npt
import torch

from core.networks.optimiser import Gradient, Rule, clip, descend, only

__all__ = ["Measured", "Network", "threads"]

B = TypeVar("B")
Arrays = Mapping[str, npt.NDArray[np.float32]]


@dataclass(frozen=True, slots=True)
class Measured:
    """Losses of some documents: their sum in nats, of how many examples, and how many of them were told right."""

    loss: float
    examples: int
    right: int = 0


class Network(ABC, Generic[B]):
    """Weights that learn from mini-batches of a kind B.

    Args:
        weights: by name; changed in place.
        moments: for each weight what the optimiser keeps of its gradients; changed in place.
        rule: how weights are changed.
    """

    def __init__(self, weights: Arrays, moments: Mapping[str, Arrays], rule: Rule) -> None:
        self.weights = {name: torch.from_numpy(array) for name, array in weights.items()}
        self._moments = {
            name: [torch.from_numpy(array) for array in moments[name].values()] for name in weights if name in moments
        }
        self._rule = rule
        self._moving: dict[str, torch.Tensor] = {}

    @abstractmethod
    def gradients(self, batch: B, seed: int) -> tuple[Measured, dict[str, Gradient]]:
        """The losses of a mini-batch, and the gradients of their mean over its examples."""

    @abstractmethod
    def measure(self, batch: B) -> Measured:
        """The losses of documents as the network is now, without what is random in training."""

    def freeze(self, name: str, rows: npt.NDArray[np.bool_]) -> None:
        """Let some rows of a weight, or none, keep still from now on, with what the optimiser keeps of them."""
        self._moving = {name: torch.from_numpy(~rows)} if rows.any() else {}

    def learn(self, batch: B, rate: float, seed: int, number: int) -> Measured:
        """Take one step on a mini-batch.

        Args:
            batch: documents.
            rate: the learning rate.
            seed: of what is random in this step.
            number: which step it is, from 1.
        """
        measured, gradients = self.gradients(batch, seed)
        with torch.no_grad():
            for name, moving in self._moving.items():
                gradients[name] = only(gradients[name], moving)
            if self._rule.clip:
                clip(gradients.values(), self._rule.clip)
            for name, gradient in gradients.items():
                moments, shrinks = self._moments.get(name, []), not name.endswith("bias")
                descend(self.weights[name], moments, gradient, self._rule, rate, number, shrinks)
        return measured

    def longest(self, name: str, rows: int) -> float:
        """Length of the longest of the first rows of a matrix; infinity where one is not finite."""
        found = float(torch.linalg.vector_norm(self.weights[name][:rows], dim=1).amax())
        return found if math.isfinite(found) else math.inf


@contextmanager
def threads(number: int) -> Iterator[None]:
    """Let torch work with so many threads, and as before afterwards; with one, sums have one order."""
    before = torch.get_num_threads()
    torch.set_num_threads(number)
    try:
        yield
    finally:
        torch.set_num_threads(before)
