"""Stems: words without their endings, by the rules of Snowball.

M. F. Porter. Snowball: a language for stemming algorithms. 2001. https://snowballstem.org
"""

import importlib
from collections.abc import Sequence
from typing import Literal

from core.data.cleaner import CLEANING_STEPS, WordStep
from core.params import Field, Params

__all__ = ["ALGORITHMS", "Stemming", "StemmingParams"]

Language = Literal[
    "ar", "ca", "cs", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr", "ga", "hi", "hu", "hy", "id",
    "it", "lt", "ne", "nl", "no", "pl", "pt", "ro", "ru", "sr", "st", "sv", "ta", "tr", "yi",
]  # fmt: skip
#: Of each language the algorithm by which Snowball stems it.
ALGORITHMS = {
    "ar": "arabic", "ca": "catalan", "cs": "czech", "da": "danish", "de": "german", "el": "greek", "en": "english",
    "eo": "esperanto", "es": "spanish", "et": "estonian", "eu": "basque", "fa": "persian", "fi": "finnish",
    "fr": "french", "ga": "irish", "hi": "hindi", "hu": "hungarian", "hy": "armenian", "id": "indonesian",
    "it": "italian", "lt": "lithuanian", "ne": "nepali", "nl": "dutch", "no": "norwegian", "pl": "polish",
    "pt": "portuguese", "ro": "romanian", "ru": "russian", "sr": "serbian", "st": "sesotho", "sv": "swedish",
    "ta": "tamil", "tr": "turkish", "yi": "yiddish",
}  # fmt: skip


class StemmingParams(Params):
    """Whose rules."""

    language: Language = Field("en", description="Code of the language whose rules are followed, such as en, de or ru.")


@CLEANING_STEPS.register
class Stemming(WordStep[StemmingParams]):
    """Stems each different word once; the rules are for words in lower case."""

    name = "stemming"
    title = "Stemming"
    summary = (
        "Cuts endings off by rule, so that connected and connection become connect. Helps small corpora of languages "
        "with many endings; stems are not always words."
    )
    packages = ("snowballstemmer",)
    Params = StemmingParams

    def __init__(self, params: StemmingParams) -> None:
        super().__init__(params)
        algorithm = ALGORITHMS[params.language]
        # Not snowballstemmer.stemmer: it would take PyStemmer where that is installed, whose rules may be older.
        module = importlib.import_module(f"snowballstemmer.{algorithm}_stemmer")
        self._stem = getattr(module, f"{algorithm.capitalize()}Stemmer")().stemWord

    def words(self, words: Sequence[str]) -> list[tuple[str, ...]]:
        """The stem of each word; the word itself where nothing would be left."""
        return [(self._stem(word) or word,) for word in words]
