"""Sentences with gaps: a distribution over texts that can be drawn from, and whose pairs can be counted exactly.

A frame is a pattern such as `the {person} lost {his} {thing}` with its scenes. First a frame is drawn, then a scene,
then each gap is filled on its own from the words that the scene allows there. Given frame and scene the gaps are
independent: so the expected number of times that two words stand near each other is a sum over frames, scenes and
places.
"""

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

__all__ = ["Frame", "Grammar", "Scene"]

GAP = re.compile(r"\{(\w+)\}")
Floats = npt.NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Scene:
    """What fills the gaps of a frame, together.

    Attributes:
        words: for each gap the words that may fill it, equally likely.
        weight: how likely the scene is among those of its frame, up to a factor.
    """

    words: Mapping[str, tuple[str, ...]]
    weight: float = 1.0


@dataclass(frozen=True, slots=True)
class Frame:
    """A sentence with gaps.

    Attributes:
        pattern: words with blanks between them; `{gap}` is filled by the scene, all else stands as it is.
        scenes: what may fill its gaps.
        weight: how likely the frame is among all, up to a factor.
    """

    pattern: str
    scenes: tuple[Scene, ...]
    weight: float = 1.0

    def places(self, scene: Scene) -> list[tuple[str, ...]]:
        """For each place of the sentence the words that may stand there, equally likely."""
        gaps = [(GAP.fullmatch(part), part) for part in self.pattern.split()]
        return [scene.words[gap.group(1)] if gap else (part,) for gap, part in gaps]


class Grammar:
    """A distribution over sentences.

    Args:
        frames: its sentences.
    """

    def __init__(self, frames: Iterable[Frame]) -> None:
        self._places: list[list[tuple[str, ...]]] = []
        chances = []
        for frame in frames:
            total = sum(scene.weight for scene in frame.scenes)
            for scene in frame.scenes:
                if scene.weight > 0:
                    self._places.append(frame.places(scene))
                    chances.append(frame.weight * scene.weight / total)
        self._chances: Floats = np.array(chances) / np.sum(chances)
        self._starts = np.cumsum([0, *(len(places) for places in self._places)])
        self._sizes = np.array([len(words) for places in self._places for words in places])

    @property
    def words(self) -> list[str]:
        """All words that can occur, in lower case, in alphabetical order."""
        return sorted({word.lower() for places in self._places for words in places for word in words})

    def sentences(self, number: int, rng: np.random.Generator) -> list[str]:
        """Draw sentences, each with a capital letter and a full stop.

        Args:
            number: how many.
            rng: where chance comes from.
        """
        drawn = rng.choice(len(self._places), size=number, p=self._chances)
        lengths = np.diff(self._starts)[drawn]
        ends = np.cumsum(lengths)
        # The places of all drawn sentences, one after the other, and for each a word out of those that may stand there.
        places = np.repeat(self._starts[drawn] - (ends - lengths), lengths) + np.arange(int(lengths.sum()))
        chosen = (rng.random(places.size) * self._sizes[places]).astype(int).tolist()
        sentences, at = [], 0
        for scene in drawn.tolist():
            words = []
            for allowed in self._places[scene]:
                words.append(allowed[chosen[at]])
                at += 1
            text = " ".join(words)
            sentences.append(f"{text[0].upper()}{text[1:]}.")
        return sentences

    def cooccurrence(self, window: int) -> tuple[list[str], Floats]:
        """How often two words stand near each other, expected for one sentence.

        Args:
            window: places to each side that count as near; all count alike.

        Returns:
            The words, and a symmetric matrix of shape `(words, words)`, both in alphabetical order.
        """
        words = self.words
        index = {word: i for i, word in enumerate(words)}
        matrix = np.zeros((len(words), len(words)))
        for chance, places in zip(self._chances.tolist(), self._places, strict=True):
            rows = [[index[word.lower()] for word in allowed] for allowed in places]
            for i, first in enumerate(rows):
                for second in rows[i + 1 : i + 1 + window]:
                    share = chance / (len(first) * len(second))
                    for a in first:
                        matrix[a, second] += share
        return words, matrix + matrix.T

    def counts(self) -> Floats:
        """How often each word occurs, expected for one sentence, in the order of `words`; shape `(words,)`."""
        index = {word: i for i, word in enumerate(self.words)}
        counts = np.zeros(len(index))
        for chance, places in zip(self._chances.tolist(), self._places, strict=True):
            for allowed in places:
                for word in allowed:
                    counts[index[word.lower()]] += chance / len(allowed)
        return counts


def several(patterns: Sequence[str], scenes: Iterable[Scene], weight: float) -> list[Frame]:
    """Frames that share their scenes, and between them a weight."""
    fixed = tuple(scenes)
    return [Frame(pattern, fixed, weight / len(patterns)) for pattern in patterns]
