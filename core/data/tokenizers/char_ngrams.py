"""Character n-grams: every few neighbouring characters of a word are a token."""

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt
from pydantic import ValidationInfo, field_validator

from core.data.tokenizer import TOKENIZERS, Tokenizer
from core.params import Field, Params

__all__ = ["CharacterNgrams", "CharacterNgramsParams"]

BEGIN, END = "<", ">"


class CharacterNgramsParams(Params):
    """Their lengths, and whether the bounds of words count."""

    min_n: int = Field(3, ge=1, le=20, description="Characters of the shortest n-grams.")
    max_n: int = Field(
        3,
        ge=1,
        le=20,
        validate_default=True,
        description="Characters of the longest n-grams, not below min_n. Each length makes as many tokens as the text "
        "has characters.",
    )
    marks: bool = Field(
        True, description="Mark where words begin and end, so that “<un” (a prefix) is not the “un” within “fund”."
    )

    @field_validator("max_n")
    @classmethod
    def _not_below(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("min_n", value)
        if value < least:
            raise ValueError(f"max_n must be a whole number not below min_n, which is {least}, not {value}")
        return value


@TOKENIZERS.register
class CharacterNgrams(Tokenizer[CharacterNgramsParams]):
    """The n-grams of each word from left to right, at each place the shorter ones first.

    A character is what a reader takes for one: a letter with its marks. A word shorter than all n-grams is a token
    as it is.
    """

    name = "char_ngrams"
    title = "Character n-grams"
    summary = (
        "Every few neighbouring characters of a word. Shows what spelling alone tells: endings, scripts, names, typing "
        "errors. Makes several times as many tokens as words."
    )
    cut = "words"
    packages = ("regex",)
    Params = CharacterNgramsParams

    @property
    def splits(self) -> bool:
        """Always."""
        return True

    def fit(self, words: Sequence[str], counts: npt.NDArray[np.int64]) -> None:
        """There is nothing to learn."""

    def split(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The n-grams of each word; they overlap."""
        return [tuple(gram for gram, _, _ in self.spans(word)) for word in words]

    def spans(self, word: str) -> list[tuple[str, int, int]]:
        """The n-grams of one word with their places in it."""
        characters = _characters(word)
        if self.params.marks:
            characters = [BEGIN, *characters, END]
        # Marks of beginning and end take no place in the word.
        places = [0]
        for i, character in enumerate(characters):
            is_mark = self.params.marks and i in (0, len(characters) - 1)
            places.append(places[-1] + (0 if is_mark else len(character)))
        lengths = range(self.params.min_n, self.params.max_n + 1)
        found = [
            ("".join(characters[first : first + n]), places[first], places[first + n])
            for first in range(len(characters))
            for n in lengths
            if first + n <= len(characters)
        ]
        return found or [("".join(characters), 0, len(word))]


def _characters(word: str) -> list[str]:
    if word.isascii():
        return list(word)
    import regex

    return regex.findall(r"\X", word)  # type: ignore[no-any-return]
