"""Skip-gram with negative sampling: from each word, tell the words around it from random ones.

The loss of one example, a pair of a context c and a centre word w with random words n₁ … n_k, is
−log σ(v_c·u_w) − Σ log σ(−v_c·u_n). The vectors kept are the v.
Other output layers and optimisers are in `core.kernels.layers`: noise-contrastive estimation, hierarchical softmax (F.
Morin and Y. Bengio, "Hierarchical probabilistic neural network language model", AISTATS 2005), full softmax.
"""

from typing import ClassVar

from core.architecture import ARCHITECTURES
from core.negative_sampling.layer_params import LayerParams
from core.negative_sampling.layers import OutputLayers
from core.negative_sampling.model import padded_width
from core.negative_sampling.training import Kernel
from core.starting import StartParams

__all__ = ["Skipgram", "SkipgramParams"]


class SkipgramParams(LayerParams, StartParams):
    """Hyperparameters of skip-gram."""


@ARCHITECTURES.register
class Skipgram(OutputLayers[SkipgramParams]):
    """Each pair of a word and one of its neighbours is an example."""

    name = "skipgram"
    title = "Skip-gram"
    summary = (
        "Learns to tell a word's true neighbours from other words. "
        "The first choice for a corpus of any size, and the better one for rare words. "
        "A million words an epoch take about a second on one core."
    )
    citation = (
        "T. Mikolov, I. Sutskever, K. Chen, G. Corrado, J. Dean. Distributed representations of words and phrases and "
        "their compositionality. NeurIPS 2013."
    )
    Params = SkipgramParams
    takes_vectors: ClassVar[bool] = True
    pairs: ClassVar[bool] = True
    group: ClassVar[int] = 3
    pace: ClassVar[float] = 19e9
    compiling: ClassVar[float] = 8.0

    @classmethod
    def kernel(cls, params: SkipgramParams, freezing: bool = False) -> Kernel:
        """The compiled loop over the segments of a block, which leaves frozen rows as they are or knows of none."""
        from core.kernels.skipgram import skipgram_kernel

        return skipgram_kernel(padded_width(params.dimensions), freezing)

    @classmethod
    def paths_kernel(cls, params: SkipgramParams) -> Kernel:
        """The compiled loop for hierarchical softmax with plain steps."""
        from core.kernels.skipgram_paths import skipgram_paths_kernel

        return skipgram_paths_kernel(padded_width(params.dimensions))
