"""Stop words: the words of a language that stand in every text, whatever it is about."""

from collections.abc import Sequence
from typing import Literal

from core.data.cleaner import CLEANING_STEPS, WordStep
from core.data.stop_lists import StopLanguage, spelled, stop_words
from core.params import Field, Params

__all__ = ["StopWords", "StopWordsParams"]


class StopWordsParams(Params):
    """Which words are left out."""

    language: StopLanguage = Field(
        "en", description="Code of the language whose list is taken, such as en, de, fr or zh."
    )
    size: Literal["short", "long"] = Field(
        "short",
        description="The short list, which English has, names the words of grammar. The long one, and those of other "
        "languages, also hold words of many subjects, such as computer and research.",
    )
    extra: tuple[str, ...] = Field((), max_length=10_000, description="More words to leave out.")
    keep: tuple[str, ...] = Field((), max_length=10_000, description="Words of the list that stay.")


@CLEANING_STEPS.register
class StopWords(WordStep[StopWordsParams]):
    """Leaves out the words of a list, whatever their case.

    The lists are those of the package stopwordsiso (58 languages), a union of many lists and generous. An entry with an
    apostrophe also goes in its pieces, since the usual tokeniser cuts there: don't, don and t.
    """

    name = "stop_words"
    title = "Stop words"
    summary = (
        "Leaves out words such as the, of and is. Neighbours come closer within the window; training with subsampling "
        "needs it less. Each list can be edited: words to keep, words to add."
    )
    packages = ("stopwordsiso",)
    Params = StopWordsParams

    def __init__(self, params: StopWordsParams) -> None:
        super().__init__(params)
        listed = set(stop_words(params.language, params.size))
        self._out = (listed | spelled(params.extra)) - spelled(params.keep)

    def words(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """Each word itself, or nothing."""
        return [() if word.lower().replace("’", "'") in self._out else (word,) for word in words]
