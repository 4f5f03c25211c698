"""Lists of stop words, language by language."""

import functools
import unicodedata
from collections.abc import Iterable
from typing import Literal

__all__ = ["FUNCTION_WORDS", "StopLanguage", "spelled", "stop_words"]

StopLanguage = Literal[
    "af", "ar", "bg", "bn", "br", "ca", "cs", "da", "de", "el", "en", "eo", "es", "et", "eu", "fa", "fi", "fr", "ga",
    "gl", "gu", "ha", "he", "hi", "hr", "hu", "hy", "id", "it", "ja", "ko", "ku", "la", "lt", "lv", "mr", "ms", "nl",
    "no", "pl", "pt", "ro", "ru", "sk", "sl", "so", "st", "sv", "sw", "th", "tl", "tr", "uk", "ur", "vi", "yo", "zh",
    "zu",
]  # fmt: skip

GRAMMAR = """
a about above across after again against all almost along already also although always am amid among an and another any
anybody anyone anything are around as at away be because been before behind being below beneath beside besides between
beyond both but by can cannot could did do does doing done down during each either else ever every everybody everyone
everything except few for from further had has have having he hence her here hers herself him himself his how however i
if in inside instead into is it its itself just less lest let many may maybe me might mine more moreover most much must
my myself neither never nevertheless no nobody none nor not nothing now of off often on once one only onto or other
others otherwise ought our ours ourselves out outside over own perhaps quite rather same shall she should since so some
somebody someone something sometimes still such than that the their theirs them themselves then there thereby therefore
these they this those though through throughout thus till to together too toward towards under unless unlike until up
upon us very via was we were what whatever when whenever where whereas wherever whether which whichever while who
whoever whom whose why will with within without would yet you your yours yourself yourselves
"""
#: Words of grammar with an apostrophe, and the pieces into which the usual tokeniser cuts them: don't, don and t.
NEGATED = "aren couldn didn doesn don hadn hasn haven isn mightn mustn needn shan shouldn wasn weren won wouldn"
SHORTENED = "he here how i it let she that there they we what when where who why you"
ENDINGS = "d ll m re s t ve"
#: Articles, pronouns, prepositions, conjunctions and auxiliary verbs of English: the words of grammar, of no subject.
FUNCTION_WORDS = frozenset(
    [
        *GRAMMAR.split(),
        *NEGATED.split(),
        *ENDINGS.split(),
        "can't",
        *(f"{word}'t" for word in NEGATED.split()),
        *(f"{word}'{ending}" for word in SHORTENED.split() for ending in ENDINGS.split()),
    ]
)


@functools.lru_cache(maxsize=8)
def stop_words(language: str, size: str = "short") -> frozenset[str]:
    """The stop words of a language in lower case, as the step leaves them out.

    Args:
        language: one of the codes of `StopLanguage`.
        size: “short” or “long”; they differ for English only.
    """
    if language == "en" and size == "short":
        return FUNCTION_WORDS
    import stopwordsiso

    listed = spelled(stopwordsiso.stopwords(language))
    return frozenset(listed | {piece for word in listed for piece in word.split("'") if piece})


def spelled(words: Iterable[str]) -> set[str]:
    """Words as the lists have them: in NFC and lower case, with straight apostrophes."""
    return {unicodedata.normalize("NFC", word).lower().replace("’", "'") for word in words}
