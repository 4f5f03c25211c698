"""One sentence a document."""

from collections.abc import Sequence
from typing import Literal

from core.data.cleaner import CLEANING_STEPS, DocumentStep
from core.data.languages import LANGUAGE_NAMES, language_of
from core.params import Field, Params

__all__ = ["Sentences", "SentencesParams"]

#: Characters looked at together: the time of the splitter grows with the square in text full of quotes.
WINDOW = 1 << 12
#: Characters by which the language is known, at most so many of one document.
ENOUGH, OF_ONE = 2_000, 100


class SentencesParams(Params):
    """Whose rules."""

    language: Literal[
        "auto", "am", "ar", "bg", "bn", "ca", "da", "de", "el", "en", "es", "fi", "fr", "gu", "hi", "hy", "it", "ja",
        "kk", "kn", "ml", "mr", "my", "nl", "pa", "pl", "pt", "ru", "sk", "ta", "te", "uk",
    ] = Field(
        "auto", description="Code of the language whose abbreviations are known; auto finds it out from the text."
    )  # fmt: skip


@CLEANING_STEPS.register
class Sentences(DocumentStep[SentencesParams]):
    """Splits with the package sentencex, which knows what ends a sentence in some 300 languages.

    A blank document stays. A stretch of more than 4,000 characters without the end of a sentence is cut at a blank.
    """

    name = "sentences"
    title = "Sentences"
    summary = (
        "Splits documents into sentences, so that no window reaches over a full stop. Lines of evidence become short; "
        "labels go with each sentence."
    )
    packages = ("py3langid", "sentencex")
    Params = SentencesParams

    def __init__(self, params: SentencesParams) -> None:
        super().__init__(params)
        self._language: str | None = params.language if params.language != "auto" else None
        self._seen = ""

    def documents(self, documents: Sequence[str]) -> list[list[str]]:
        """The sentences of each document."""
        return [_sentences(text, self._language_at(text)) for text in documents]

    def _language_at(self, text: str) -> str:
        """The language of the documents so far, until enough is known; the same in whatever batches they come."""
        if self.params.language == "auto" and len(self._seen) < ENOUGH:
            self._seen += f"{text[:OF_ONE]} "
            self._language = language_of(self._seen)
        return self._language or "en"

    def notes(self) -> list[str]:
        """Whose rules were followed, where nobody said it."""
        if self.params.language != "auto" or self._language is None:
            return []
        name = LANGUAGE_NAMES.get(self._language)
        if name is None:
            return ["Sentences were split by general rules: the language of the first documents is not clear."]
        return [f"Sentences were split as in {name}, the language of the first documents."]


def _sentences(text: str, language: str) -> list[str]:
    from sentencex import segment

    found: list[str] = []
    position = 0
    while len(text) - position > WINDOW:
        blank = text.rfind(" ", position, position + WINDOW) + 1
        end = blank if blank > position else position + WINDOW
        parts = segment(language, text[position:end])
        # The last one may go on, unless it is all there is.
        parts = parts[:-1] if len(parts) > 1 else parts
        found += parts
        position += sum(map(len, parts))
    found += segment(language, text[position:])
    return [sentence for part in found if (sentence := part.strip())] or [text]
