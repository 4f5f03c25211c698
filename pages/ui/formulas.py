"""Formulas a − b + c to begin with: well-known ones whose words are in the vocabulary, else plurals found in it."""

from itertools import pairwise

from core.space import EmbeddingSpace

__all__ = ["Formula", "examples"]

Formula = tuple[str, str, str, str]
"""a, b, c and the word expected: king − man + woman → queen."""

KNOWN: tuple[Formula, ...] = (
    ("king", "man", "woman", "queen"),
    ("prince", "boy", "girl", "princess"),
    ("paris", "france", "italy", "rome"),
    ("berlin", "germany", "france", "paris"),
    ("uncle", "man", "woman", "aunt"),
    ("actor", "man", "woman", "actress"),
    ("father", "man", "woman", "mother"),
    ("brother", "boy", "girl", "sister"),
    ("worse", "bad", "good", "better"),
    ("walking", "walk", "run", "running"),
    ("hearts", "heart", "lung", "lungs"),
    ("symptoms", "symptom", "cause", "causes"),
    ("könig", "mann", "frau", "königin"),
    ("rechte", "recht", "pflicht", "pflichten"),
)
LOOKED_AT = 3000
SHORTEST = 4
STEP = 5


def examples(space: EmbeddingSpace, count: int = 6) -> list[Formula]:
    """At most `count` formulas whose four words are all in the vocabulary, the well-known ones first."""
    found = [formula for formula in KNOWN if all(word in space for word in formula)][:count]
    if len(found) < count:
        singular = [
            key for key in space.keys[:LOOKED_AT] if len(key) >= SHORTEST and key[-1] != "s" and f"{key}s" in space
        ]
        # Not each with its neighbour in frequency: those words stand too often together.
        found += [(f"{a}s", a, b, f"{b}s") for a, b in pairwise(singular[::STEP])][: count - len(found)]
    return found
