"""Scripts that are written without spaces between words, and where their words begin and end.

Dictionaries say where: jieba's for Chinese, with its hidden Markov model for words that it has not, and those of ICU
for Japanese, Thai, Lao, Khmer and Burmese. ICU has Chinese words too, but tears those of a domain apart (老 抽, 菜 谱).
"""

import itertools
import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["SPACELESS", "SPACELESS_LETTER", "Survey", "segment", "survey"]

HAN = "\u3005-\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
KANA = "\u3040-\u30ff\u31f0-\u31ff\uff66-\uff9f\U0001aff0-\U0001b16f"
SOUTHERN = {
    "Thai": "\u0e00-\u0e7f",
    "Lao": "\u0e80-\u0eff",
    "Khmer": "\u1780-\u17ff",
    "Burmese": "\u1000-\u109f\ua9e0-\ua9ff\uaa60-\uaa7f",
}
#: Any character of these scripts.
SPACELESS = re.compile(f"[{HAN}{KANA}{''.join(SOUTHERN.values())}]")
SPACELESS_LETTER = re.compile(rf"(?=\w){SPACELESS.pattern}")
RUNS = re.compile(f"[{HAN}{KANA}]+|[{''.join(SOUTHERN.values())}]+|[^{HAN}{KANA}{''.join(SOUTHERN.values())}]+")
OF_HAN, OF_KANA = re.compile(f"[{HAN}]"), re.compile(f"[{KANA}]")
# Korean has spaces; a word that mixes Hangul with Chinese characters is one word.
HANGUL = re.compile("[\u1100-\u11ff\uac00-\ud7ff]")
LETTERS = {name: re.compile(f"[{letters}]") for name, letters in {"Eastern": HAN + KANA, **SOUTHERN}.items()}

LOOKED_AT = 5_000
#: A script is one of the text's from this share of all characters on.
GOOD_PART = 0.2
#: Words of one or two characters are the rule in Chinese and Japanese, of four or five in the other scripts; what
#: stands between punctuation marks is two to five times as long.
LONGEST_APART = {"Chinese": 2.5, "Japanese": 2.5}
LONGEST_APART_ELSE = 9.0
LONGEST_TORN = 1.2
#: With more kana than this among them, Han characters are read as Japanese.
KANA_OF_JAPANESE = 0.05
AT_A_TIME = 5_000


@dataclass(frozen=True, slots=True)
class Survey:
    """What there is of scripts without spaces in a text.

    Attributes:
        scripts: those in which a good part of the text is, the largest first.
        japanese: whether Han characters are Japanese.
        apart: whether what stands between white space and punctuation is as short as words are.
        torn: whether it is single characters of Chinese or Japanese for the most part, shorter than words are.
    """

    scripts: tuple[str, ...]
    japanese: bool
    apart: bool
    torn: bool

    @property
    def names(self) -> str:
        """The scripts as a text: “Chinese and Thai”."""
        *most, last = self.scripts or ("",)
        return f"{', '.join(most)} and {last}" if most else last


def survey(words: Sequence[str], counts: npt.NDArray[np.int64]) -> Survey:
    """Look at some thousands of a corpus's words, evenly spread over them.

    Args:
        words: different words.
        counts: their occurrences, shape `(types,)`.
    """
    step = max(1, len(words) // LOOKED_AT)
    total = kana = 0
    characters, runs = dict.fromkeys(LETTERS, 0), dict.fromkeys(LETTERS, 0)
    for word, count in zip(words[::step], counts[::step].tolist(), strict=True):
        total += len(word) * count
        if SPACELESS.search(word):
            for name, letters in LETTERS.items():
                found = len(letters.findall(word))
                characters[name] += found * count
                runs[name] += bool(found) * count
            kana += len(OF_KANA.findall(word)) * count
    japanese = kana > KANA_OF_JAPANESE * characters["Eastern"]
    eastern = "Japanese" if japanese else "Chinese"
    characters[eastern], runs[eastern] = characters.pop("Eastern"), runs.pop("Eastern")
    scripts = sorted((name for name in characters if characters[name] > GOOD_PART * total), key=characters.__getitem__)
    apart = all(characters[name] <= LONGEST_APART.get(name, LONGEST_APART_ELSE) * runs[name] for name in scripts)
    torn = eastern in scripts and characters[eastern] < LONGEST_TORN * runs[eastern]
    return Survey(tuple(reversed(scripts)), japanese, apart, torn)


def segment(words: Sequence[str], japanese: bool = False) -> list[tuple[str, ...]]:
    """For each text without spaces its words, in order; together they spell it.

    Letters of other scripts and digits stay together, as do words that hold Hangul.

    Args:
        words: texts without white space, of any script.
        japanese: whether Han characters without kana are Japanese.
    """
    segmented: list[tuple[str, ...]] = []
    for first in range(0, len(words), AT_A_TIME):
        segmented += _segment(words[first : first + AT_A_TIME], japanese)
    return segmented


def _segment(words: Sequence[str], japanese: bool) -> Iterator[tuple[str, ...]]:
    runs = [RUNS.findall(word) if SPACELESS.search(word) and not HANGUL.search(word) else [word] for word in words]
    different = dict.fromkeys(run for parts in runs for run in parts if SPACELESS.match(run) and not HANGUL.search(run))
    chinese = [run for run in different if not japanese and OF_HAN.match(run) and not OF_KANA.search(run)]
    cut = _cut(chinese, _by_jieba)
    cut |= _cut([run for run in different if run not in cut], _by_icu)
    for parts in runs:
        yield tuple(_whole_letters(itertools.chain.from_iterable(cut.get(run, (run,)) for run in parts)))


def _cut(runs: list[str], by: Callable[[str], Iterable[str]]) -> dict[str, list[str]]:
    """Cut many runs in one call; a line feed is never within a word."""
    cut: dict[str, list[str]] = {}
    if not runs:
        return cut
    waiting = iter(runs)
    parts: list[str] = []
    for part in itertools.chain(by("\n".join(runs)), ["\n"]):
        if part == "\n":
            cut[next(waiting)] = parts
            parts = []
        else:
            parts.append(part)
    return cut


def _by_jieba(text: str) -> Iterable[str]:
    import rjieba

    return rjieba.cut(text, True)


def _by_icu(text: str) -> Iterable[str]:
    from icu4py.breakers import WordBreaker

    return WordBreaker(text, "")


def _whole_letters(parts: Iterable[str]) -> list[str]:
    """Put marks and joiners back to the letter before them."""
    whole: list[str] = []
    for part in parts:
        if whole and (part[0] in "\u200c\u200d" or unicodedata.category(part[0]).startswith("M")):
            whole[-1] += part
        else:
            whole.append(part)
    return whole
