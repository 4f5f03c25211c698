"""Which languages a text is in, and how many of its words general English does not know."""

import random
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["LANGUAGE_NAMES", "Unknown", "language_of", "languages_of", "unknown_in_english"]

FEWEST_LETTERS = 20
LOOKED_AT = 50_000
EXAMPLES = 20
SHORTEST = 2

LANGUAGE_NAMES = {
    "ar": "Arabic", "bg": "Bulgarian", "bn": "Bengali", "ca": "Catalan", "cs": "Czech", "da": "Danish",
    "de": "German", "el": "Greek", "en": "English", "es": "Spanish", "et": "Estonian", "fa": "Persian",
    "fi": "Finnish", "fr": "French", "he": "Hebrew", "hi": "Hindi", "hr": "Croatian", "hu": "Hungarian",
    "id": "Indonesian", "it": "Italian", "ja": "Japanese", "ko": "Korean", "la": "Latin", "lt": "Lithuanian",
    "lv": "Latvian", "nb": "Norwegian", "nl": "Dutch", "no": "Norwegian", "pl": "Polish", "pt": "Portuguese",
    "ro": "Romanian", "ru": "Russian", "sk": "Slovak", "sl": "Slovenian", "sr": "Serbian", "sv": "Swedish",
    "ta": "Tamil", "th": "Thai", "tr": "Turkish", "uk": "Ukrainian", "ur": "Urdu", "vi": "Vietnamese",
    "zh": "Chinese",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Unknown:
    """Words that a dictionary of English word forms does not have.

    Attributes:
        tokens: their share of the words of the text that were looked at, 0 to 1.
        types: their share of the different words, 0 to 1.
        looked_at: how many different words were looked at, the most frequent first.
        examples: the most frequent of them.
    """

    tokens: float
    types: float
    looked_at: int
    examples: tuple[str, ...]


def language_of(text: str) -> str | None:
    """ISO 639-1 code of the language of a text, or None where it is too short to tell.

    The classifier is py3langid (M. Lui, T. Baldwin: langid.py, ACL 2012), trained on 97 languages.
    """
    if sum(character.isalpha() for character in text[:2000]) < FEWEST_LETTERS:
        return None
    import py3langid

    return str(py3langid.classify(text[:2000])[0])


def languages_of(lines: Iterable[str]) -> tuple[dict[str, float], int]:
    """Shares of the languages of some lines, most frequent first, and how many lines were long enough to tell."""
    found = Counter(code for code in map(language_of, lines) if code is not None)
    total = sum(found.values())
    return {code: number / total for code, number in found.most_common()}, total


def sample(lines: int, size: int, seed: int = 1) -> Sequence[int]:
    """Some line numbers, in order, the same ones each time."""
    return range(lines) if lines <= size else sorted(random.Random(seed).sample(range(lines), size))


def unknown_in_english(words: Sequence[str], counts: npt.NDArray[np.int64], most: int = LOOKED_AT) -> Unknown | None:
    """How many words of a vocabulary a dictionary of general English does not have.

    The dictionary is simplemma's, with inflected forms; it has no names. Words with other characters than letters are
    not looked at, nor single letters. None where no word is left.

    Args:
        words: the words, by frequency rank.
        counts: their occurrences, shape `(types,)`.
        most: look at so many words, the most frequent first.
    """
    import simplemma
    import stopwordsiso

    # The dictionary lacks some of the commonest words, such as “her”.
    common = stopwordsiso.stopwords("en")
    looked = known = looked_tokens = known_tokens = 0
    examples: list[str] = []
    for word, count in zip(words[:most], counts[:most].tolist(), strict=True):
        if len(word) < SHORTEST or not word.isalpha():
            continue
        looked, looked_tokens = looked + 1, looked_tokens + count
        lower = word.lower()
        if lower in common or simplemma.is_known(lower, lang="en"):
            known, known_tokens = known + 1, known_tokens + count
        elif len(examples) < EXAMPLES:
            examples.append(word)
    if not looked:
        return None
    return Unknown(1 - known_tokens / looked_tokens, 1 - known / looked, looked, tuple(examples))
