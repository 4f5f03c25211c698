"""Words of any script: letters, digits and underscores, with the marks and joiners that belong to them."""

from collections.abc import Mapping, Sequence
from typing import Any, Literal

import numpy as np
import numpy.typing as npt

from core.data.spaceless import SPACELESS, segment, survey
from core.data.tokenizer import TOKENIZERS, Tokenizer
from core.errors import CorpusError
from core.params import Field, Params

__all__ = ["Words", "WordsParams"]

DICTIONARIES = (
    "written without spaces between words: dictionaries found them. Where they tear words of your domain apart, let "
    "the tokeniser “unigram” learn words from the text itself."
)
APART = (
    "and its words stand apart already: they are taken as they are. Choose “words spaceless=split” to have "
    "dictionaries split them further."
)

TORN = (
    "with blanks between single characters, so each of them is a word. Take the blanks out first, with the step "
    r"“regex pattern='(?<=\p{Han})\s+(?=\p{Han})'”, and dictionaries will find the words."
)


class WordsParams(Params):
    """What becomes of scripts without spaces."""

    spaceless: Literal["auto", "split", "whole"] = Field(
        "auto",
        description="Chinese, Japanese, Thai, Lao, Khmer and Burmese, written without spaces: “split” finds words with "
        "dictionaries, “whole” takes what stands between blanks and punctuation, “auto” does what the text calls for.",
    )


@TOKENIZERS.register
class Words(Tokenizer[WordsParams]):
    """The usual one; `core.data.tokenize` says what a word is, `core.data.spaceless` what it is without spaces."""

    name = "words"
    title = "Words"
    summary = (
        "Runs of letters, digits and marks of any script. Right for every language: in Chinese, Japanese, Thai, Lao, "
        "Khmer and Burmese, which have no spaces, dictionaries find the words."
    )
    cut = "words"
    packages = ("icu4py", "rjieba")
    Params = WordsParams

    def __init__(self, params: WordsParams) -> None:
        super().__init__(params)
        self._splits = self._japanese = False

    @property
    def splits(self) -> bool:
        """Whether there are words of scripts without spaces, and they are split."""
        return self._splits

    def fit(self, words: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """See whether there are scripts without spaces, and whether their words stand apart already."""
        if self.params.spaceless == "whole":
            super().fit(words, counts)
            return
        if not SPACELESS.search("\n".join(words)):
            return
        found = survey(words, counts)
        self._japanese = found.japanese
        self._splits = self.params.spaceless == "split" or not found.scripts or not found.apart
        if found.scripts:
            done = DICTIONARIES if self._splits else TORN if found.torn else APART
            self._notes = [f"This text is in {found.names}, {done}"]

    def split(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The words that the dictionaries find."""
        return segment(words, self._japanese) if self._splits else [(word,) for word in words]

    def state(self) -> Mapping[str, Any]:
        """How Han characters are read, where words are split."""
        return {"japanese": self._japanese} if self._splits else {}

    def restore(self, state: Mapping[str, Any]) -> None:
        """Take back what `state` gave."""
        if not isinstance(state.get("japanese"), bool):
            raise CorpusError("The corpus does not say how its words were split; read the file again.")
        self._splits, self._japanese = True, state["japanese"]
