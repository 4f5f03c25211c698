"""CBOW with negative sampling: from the mean of the words around a gap, tell the word in it from random ones.

The loss of one example, a centre word w with the mean m (or the sum) of its contexts' vectors v and random words
n₁ … n_k, is −log σ(m·u_w) − Σ log σ(−m·u_n). The vectors kept are the v.
Other output layers and optimisers are in `core.kernels.layers`: noise-contrastive estimation, hierarchical softmax (F.
Morin and Y. Bengio, "Hierarchical probabilistic neural network language model", AISTATS 2005), full softmax.
"""

from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from core.architecture import ARCHITECTURES
from core.negative_sampling.layer_params import LayerParams
from core.negative_sampling.layers import OutputLayers
from core.negative_sampling.model import padded_width
from core.negative_sampling.training import Kernel
from core.params import Field
from core.starting import StartParams

__all__ = ["CBOW", "CBOWParams"]


SUM_RATE = 0.025
"""Learning rate of SGD for the sum of contexts, half that of presets."""


class CBOWParams(LayerParams, StartParams):
    """Hyperparameters of CBOW.

    The sum at rates, the mean at the presets' .05; gaps, pairs and labels as in `core.negative_sampling.presets`:

    | corpus | words | | mean | sum .0125 | **.025** | .05 |
    |---|---|---|---|---|---|---|
    | medical answers | 80,000 | gaps | .79 | .78 | .77 | .74 |
    | | | labels | .96 | .95 | .96 | .95 |
    | presidents | 164,000 | gaps | .75 | .74 | .73 | .70 |
    | | | pairs | .37 | .25 | .36 | .33 |
    | film reviews | 287,000 | gaps | .68 | .68 | .66 | .63 |
    | | | pairs | .35 | .34 | .35 | .28 |
    | | 963,000 | gaps | .70 | .71 | .68 | .66 |
    | | | pairs | .31 | .28 | .31 | .29 |

    AdaGrad and Adam, which divide by the size of the gradient, keep their own rates.
    """

    combine: Literal["mean", "sum"] = Field(
        "mean",
        description="What is made of the words around a gap; their sum wants half the learning rate, .025.",
        json_schema_extra={"advanced": True},
    )

    @classmethod
    def own_rate(cls, values: Mapping[str, Any]) -> float | None:
        """A sum's gradient is shared out to each context whole, not in parts."""
        own = super().own_rate(values)
        return SUM_RATE if own is None and values.get("combine") == "sum" else own


@ARCHITECTURES.register
class CBOW(OutputLayers[CBOWParams]):
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
    takes_vectors: ClassVar[bool] = True
    pairs: ClassVar[bool] = False
    group: ClassVar[int] = 2
    pace: ClassVar[float] = 3.4e9
    compiling: ClassVar[float] = 8.0

    @classmethod
    def variant(cls, params: CBOWParams) -> str:
        """All that a kernel depends on besides the dimensions, as a name."""
        return f"{cls.name} {params.combine}"

    @classmethod
    def kernel(cls, params: CBOWParams, freezing: bool = False) -> Kernel:
        """The compiled loop over the segments of a block, which leaves frozen rows as they are or knows of none."""
        from core.kernels.cbow import cbow_kernel

        return cbow_kernel(padded_width(params.dimensions), params.combine == "sum", freezing)

    @classmethod
    def paths_kernel(cls, params: CBOWParams) -> Kernel:
        """The compiled loop for hierarchical softmax with plain steps."""
        from core.kernels.cbow_paths import cbow_paths_kernel

        return cbow_paths_kernel(padded_width(params.dimensions), params.combine == "sum")
