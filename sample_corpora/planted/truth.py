"""What is true in the planted world, and the world put together."""

import itertools
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from core.space import EmbeddingSpace
from sample_corpora.planted.countries import COUNTRIES, country_frames
from sample_corpora.planted.grammar import Floats, Grammar
from sample_corpora.planted.people import CARING, GENDERS, PAIRS, TECHNICAL, pair_frames, profession_frames
from sample_corpora.planted.things import FIELDS, SENSES, SYNONYMS, field_frames, synonym_frames

__all__ = ["PLANTED", "Planted", "WordPairs", "cooccurrence", "true_space", "world"]

# Shares of the sentences. Professions have few words each, so they get no more than they need.
PEOPLE, WORK, PLACES, THINGS, SAME = 0.24, 0.18, 0.22, 0.26, 0.10
WINDOW = 5

WordPairs = tuple[tuple[str, str], ...]
Words = tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Planted:
    """The truth of the planted world, all in lower case.

    Attributes:
        synonyms: sets of words any of which may stand where another does.
        fields: words that belong together, those with two senses left out.
        analogies: by relation, pairs of words: a is to b as c is to d for any two pairs of a relation.
        senses: by word with two senses, the other words of the one field and of the other.
        targets: two sets of professions; at a strength above zero the first leans to men.
        attributes: male and female words.
        strengths: of the bias, rising, at which what is measured must rise as well.
    """

    synonyms: tuple[Words, ...]
    fields: Mapping[str, Words]
    analogies: Mapping[str, WordPairs]
    senses: Mapping[str, tuple[Words, Words]]
    targets: Mapping[str, Words]
    attributes: Mapping[str, Words]
    strengths: tuple[float, ...] = field(default=(0.0, 0.25, 0.5, 0.75, 1.0))

    def questions(self) -> Iterator[tuple[str, str, str, str]]:
        """All analogies as (a, b, c, d): a is to b as c is to d, so b − a + c should be d."""
        for pairs in self.analogies.values():
            for (a, b), (c, d) in itertools.permutations(pairs, 2):
                yield a, b, c, d


def world(bias_strength: float) -> Grammar:
    """The distribution of sentences at a strength of the bias.

    Args:
        bias_strength: −1 to 1: at 0 technical and caring professions are told of men and women alike, at 1 technical
            ones with a chance of 0.8 of a man and caring ones of a woman (see `profession_frames`).
    """
    if not -1 <= bias_strength <= 1:
        raise ValueError(f"bias_strength must be from -1 to 1, not {bias_strength}")
    return Grammar(
        [
            *pair_frames(PEOPLE),
            *profession_frames(WORK, bias_strength),
            *country_frames(PLACES),
            *field_frames(THINGS),
            *synonym_frames(SAME),
        ]
    )


def cooccurrence(bias_strength: float, window: int = WINDOW) -> tuple[list[str], Floats]:
    """How often two words are expected within `window` words of each other, per sentence of the generator.

    Returns:
        The words, and a symmetric matrix of shape `(words, words)`.
    """
    return world(bias_strength).cooccurrence(window)


def true_space(bias_strength: float, window: int = WINDOW) -> EmbeddingSpace:
    """The words as rows of the positive pointwise mutual information of the generator's own distribution.

    PPMI(a, b) = max(0, ln p(a, b) / (p(a) p(b))), with p from `cooccurrence`. The value of a metric on this space is
    its true value: no sample, no training. Words fall by their expected frequency; counts are per million sentences.
    """
    grammar = world(bias_strength)
    words, pairs = grammar.cooccurrence(window)
    together = pairs / pairs.sum()
    alone = together.sum(axis=1)
    with np.errstate(divide="ignore"):
        ppmi = np.maximum(np.log(together / np.outer(alone, alone)), 0)
    counts = np.rint(grammar.counts() * 1e6).astype(np.int64)
    order = np.argsort(-counts, kind="stable")
    return EmbeddingSpace([words[i] for i in order], ppmi[order].astype(np.float32), counts[order])


def _fields() -> dict[str, Words]:
    fields = {name: tuple(word for word in words.split() if word not in SENSES) for name, (words, *_) in FIELDS.items()}
    return {
        **fields,
        "capitals": tuple(capital.lower() for capital, *_ in COUNTRIES),
        "countries": tuple(country.lower() for _, country, *_ in COUNTRIES),
    }


def _senses() -> dict[str, tuple[Words, Words]]:
    fields = _fields()
    return {word: (fields[first], fields[second]) for word, (first, second) in SENSES.items()}


PLANTED = Planted(
    synonyms=tuple(tuple(words.split()) for words, *_ in SYNONYMS),
    fields=_fields(),
    analogies={
        "capital to country": tuple((capital.lower(), country.lower()) for capital, country, *_ in COUNTRIES),
        "country to adjective": tuple((country.lower(), adjective.lower()) for _, country, adjective, *_ in COUNTRIES),
        "male to female": tuple((male, female) for male, female in PAIRS),
    },
    senses=_senses(),
    targets={"Technical professions": tuple(TECHNICAL), "Caring professions": tuple(CARING)},
    attributes={
        label: (gender.he, gender.his, gender.himself, *gender.kin)
        for label, gender in zip(("Male", "Female"), GENDERS, strict=True)
    },
)
