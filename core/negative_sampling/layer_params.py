"""The hyperparameters of output layers, for the architectures that have a choice of them."""

import copy
from typing import Any, Literal

from pydantic import ValidationInfo, field_validator

from core.negative_sampling.move_params import MoveParams
from core.negative_sampling.params import NegativeSamplingParams
from core.params import Field

__all__ = ["LayerParams", "Output"]

Output = Literal["negative_sampling", "nce", "hierarchical_softmax", "full_softmax"]


def _with(name: str, **needs: list[Any]) -> Any:
    """A field that all architectures with negative sampling have, and what it needs here besides."""
    field = copy.copy(NegativeSamplingParams.model_fields[name])
    extra: dict[str, Any] = dict(field.json_schema_extra) if isinstance(field.json_schema_extra, dict) else {}
    field.json_schema_extra = extra | {"with": extra.get("with", {}) | needs}
    return field


class LayerParams(MoveParams):
    """Which outputs a word is told apart from, and how the vectors move."""

    negatives: int = _with("negatives", output=["negative_sampling", "nce"])
    noise: Literal["unigram", "uniform", "hard"] = _with("noise", output=["negative_sampling", "nce"])
    noise_exponent: float = _with("noise_exponent", output=["negative_sampling", "nce"])
    output: Output = Field(
        "negative_sampling",
        description="What a word is told apart from: negative_sampling, some random words, the fastest; nce, the same "
        "so that scores become probabilities; hierarchical_softmax, the turns to it in a Huffman tree, good for rare "
        "words; full_softmax, all words, exact and slow: its time grows with the vocabulary, so keep that below 5,000.",
    )

    @field_validator("output")
    @classmethod
    def _noise_is_known(cls, value: Output, info: ValidationInfo) -> Output:
        if value == "nce" and info.data.get("noise") == "hard":
            raise ValueError("output nce has to know how likely its noise is; set noise to unigram or uniform")
        return value
