"""Lemmas: words in the form in which a dictionary has them.

A. Barbaresi. Simplemma: a simple multilingual lemmatizer for Python. https://github.com/adbar/simplemma
"""

from collections.abc import Sequence
from typing import Literal

from core.data.cleaner import CLEANING_STEPS, WordStep
from core.params import Field, Params

__all__ = ["Lemmas", "LemmasParams"]

Language = Literal[
    "ar", "ast", "bg", "ca", "cs", "cy", "da", "de", "el", "en", "enm", "eo", "es", "et", "fa", "fi", "fr", "ga", "gd",
    "gl", "grc", "gv", "hbs", "he", "hi", "hu", "hy", "id", "is", "it", "ka", "la", "lb", "lt", "lv", "mk", "ml", "ms",
    "nb", "nl", "nn", "pl", "pt", "ro", "ru", "se", "sk", "sl", "sq", "sv", "sw", "tl", "tr", "uk",
]  # fmt: skip


class LemmasParams(Params):
    """Whose dictionary."""

    language: Language = Field(
        "en", description="Code of the language whose dictionary is taken, such as en, de or fi."
    )


@CLEANING_STEPS.register
class Lemmas(WordStep[LemmasParams]):
    """Looks each different word up once, in the dictionaries of the package simplemma; unknown words stay.

    A word is looked up without its sentence, so that saw always becomes see. A word in lower case stays in lower case.
    """

    name = "lemmas"
    title = "Lemmas"
    summary = (
        "Brings words to the form in a dictionary: went becomes go, mice becomes mouse. Slower and gentler than "
        "stemming; what is left are words."
    )
    packages = ("simplemma",)
    Params = LemmasParams

    def __init__(self, params: LemmasParams) -> None:
        super().__init__(params)
        from simplemma import Lemmatizer

        # Words come once each: there is nothing to remember.
        self._lemmatizer = Lemmatizer(cache_max_size=0)

    def words(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The lemma of each word."""
        return [self._lemma(word) for word in words]

    def _lemma(self, word: str) -> tuple[str, ...]:
        if not word:
            return ()
        lemma = self._lemmatizer.lemmatize(word, self.params.language)
        return tuple((lemma.lower() if word == word.lower() else lemma).split()) or (word,)
