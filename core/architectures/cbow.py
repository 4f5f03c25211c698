"""CBOW with negative sampling: from the mean of the words around a gap, tell the word in it from random ones.

The loss of one example, a centre word w with the mean m of its contexts' vectors v and random words n₁ … n_k, is
−log σ(m·u_w) − Σ log σ(−m·u_n). The vectors kept are the v.
"""

from typing import ClassVar

from core.architecture import ARCHITECTURES
from core.negative_sampling.params import NegativeSamplingParams
from core.negative_sampling.training import Kernel, NegativeSampling

__all__ = ["CBOW", "CBOWParams"]


class CBOWParams(NegativeSamplingParams):
    """Hyperparameters of CBOW."""


@ARCHITECTURES.register
class CBOW(NegativeSampling[CBOWParams]):
    """Each word with all its neighbours is one example."""

    name = "cbow"
    title = "CBOW"
    summary = (
        "Learns to guess a word from the mean of the words around it. "
        "Good for frequent words and large corpora; on small ones skip-gram learns more. "
        "Several times faster than skip-gram for the same number of epochs."
    )
    citation = (
        "T. Mikolov, K. Chen, G. Corrado, J. Dean. Efficient estimation of word representations in vector space. "
        "ICLR workshop 2013."
    )
    Params = CBOWParams
    pairs: ClassVar[bool] = False
    group: ClassVar[int] = 2
    pace: ClassVar[float] = 4.8e9

    @staticmethod
    def kernel(width: int) -> Kernel:
        """The compiled loop over the segments of a block, for rows of `width` floats."""
        from core.kernels.cbow import cbow_kernel

        return cbow_kernel(width)
