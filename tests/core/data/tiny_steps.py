"""Steps and a tokeniser that are small enough to know by heart, put into the registries for a test."""

import re

import numpy as np

from core.data.cleaner import CLEANING_STEPS, DocumentStep, PhraseStep, TextStep, WordStep
from core.data.tokenizer import TOKENIZERS, Tokenizer
from core.params import Field, Params


class NoParams(Params):
    """Nothing to set."""


class Sentences(DocumentStep[NoParams]):
    """Splits after full stops."""

    name, title, summary, Params = "t_sentences", "Sentences", "", NoParams

    def documents(self, documents):
        return [[part.strip() + "." for part in text.split(".") if part.strip()] for text in documents]


class Once(DocumentStep[NoParams]):
    """Leaves out what was there before."""

    name, title, summary, Params = "t_once", "Once", "", NoParams

    def __init__(self, params):
        super().__init__(params)
        self.seen = set()

    def documents(self, documents):
        kept = []
        for text in documents:
            kept.append([] if text in self.seen else [text])
            self.seen.add(text)
        return kept


class Tags(TextStep[NoParams]):
    """Takes away what stands in angle brackets; writes `addr` for addresses."""

    name, title, summary, Params = "t_tags", "Tags", "", NoParams

    def text(self, text):
        return re.sub(r"\bhttp\S+", "addr", re.sub(r"<[^<>\n]*>", " ", text))


class SuffixParams(Params):
    """What is cut off."""

    suffix: str = Field("s", description="What is cut off.")


class Suffix(WordStep[SuffixParams]):
    """Cuts off an ending."""

    name, title, summary, Params = "t_suffix", "Suffix", "", SuffixParams

    def words(self, words):
        return [(word.removesuffix(self.params.suffix),) for word in words]


class Stop(WordStep[NoParams]):
    """Drops “the” and “a”."""

    name, title, summary, Params = "t_stop", "Stop", "", NoParams

    def words(self, words):
        return [() if word in ("the", "a") else (word,) for word in words]

    def notes(self):
        return ["“the” and “a” are gone."]


class Often(PhraseStep[NoParams]):
    """Joins what stands together twice or more."""

    name, title, summary, Params = "t_often", "Often", "", NoParams

    def scores(self, pairs):
        return np.where(pairs.together >= 2, pairs.together.astype(float), np.nan)


class Halves(Tokenizer[NoParams]):
    """Splits words of six letters or more, and remembers how many words it was shown."""

    name, title, summary, Params = "t_halves", "Halves", "", NoParams
    shown = 0

    @property
    def splits(self):
        return True

    def fit(self, words, counts):
        self.shown = int(counts.sum())

    def split(self, words):
        return [(word[:3], f"##{word[3:]}") if len(word) >= 6 else (word,) for word in words]

    def state(self):
        return {"shown": self.shown}

    def restore(self, state):
        self.shown = state["shown"]

    def notes(self):
        return ["Words were halved."]


STEPS = (Sentences, Once, Tags, Suffix, Stop, Often)


def register(monkeypatch, *more):
    """Make the steps above, the tokeniser, and some more steps known for the length of a test."""
    for registry, units in ((CLEANING_STEPS, [*STEPS, *more]), (TOKENIZERS, [Halves])):
        registry.names()
        for unit in units:
            monkeypatch.setitem(registry._units, unit.name, unit)
