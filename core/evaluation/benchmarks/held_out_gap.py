"""The gap in a held-out line: is the word that stood there told from words that are as frequent?

For words of lines kept from training, the share of equally frequent words that lie farther from the sum of the unit
vectors of the words around the gap than the word that stood there; a word exactly as near counts half. Half is chance:
since the competitors are as frequent, knowing which words are frequent does not help. The gaps, the words around them
and the competitors are the same for every space of the same corpus and cut-offs.

Left out are the 100 most frequent words, as gaps and around them, words that training met fewer than three times, and
gaps within five words in a row that training has read, or that came before: they tell what is remembered, not what was
learned.

After Zweig, G. & Burges, C. J. C. (2012). A challenge set for advancing language modeling. NAACL workshop WLM, whose
competitors are likewise drawn among words as rare as the true one.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import ClassVar, Literal

import numpy as np
import numpy.typing as npt

from core.data.training_data import TrainingData
from core.errors import CorpusError
from core.evaluation.benchmark import BENCHMARKS, Benchmark, Finding
from core.evaluation.material import Material
from core.evaluation.spread import clustered_error
from core.params import Field, Params
from core.space import EmbeddingSpace

__all__ = ["Gaps", "HeldOutGap", "HeldOutGapParams", "has_gaps"]

FREQUENT = 100
REACH = 5
FEWEST_TIMES = 3
COMPETITORS = 100
ALIKE = 1e-6
"""Of a sum's length: dot products no further apart are those of vectors exactly as near, but for rounding."""
RUN = 5
"""A gap in so many words in a row that were read before is none."""
FEWEST_GAPS = 50
CHUNK = 200
CHUNK_TOKENS = 1 << 22

Numbers = npt.NDArray[np.int64]


class HeldOutGapParams(Params):
    """How much is asked."""

    gaps: int = Field(4_000, ge=FEWEST_GAPS, le=100_000, description="About so many gaps are filled at most.")


@dataclass(frozen=True, slots=True)
class Gaps:
    """Gaps in the lines that `data` holds back, as ranks of its words.

    Attributes:
        asked: the words that stood there, shape `(gaps,)`.
        around: the words around, shape `(gaps, 2 * REACH)`, −1 where there is none.
        competitors: shape `(gaps, COMPETITORS)`.
        lines: the line each stands in, shape `(gaps,)`.
    """

    asked: Numbers
    around: Numbers
    competitors: Numbers
    lines: Numbers

    @classmethod
    def of(cls, data: TrainingData, most: int = 4_000) -> "Gaps":
        """The same gaps for the same data; whole lines are read until there are `most`."""
        rng = np.random.default_rng(0)
        lines = [_tokens(data, int(segment)) for segment in rng.permutation(np.flatnonzero(data.held_out))]
        starts = np.cumsum([0] + [len(words) for words in lines])
        runs = _runs(np.concatenate(lines)) if lines else np.zeros(0, np.uint64)
        counts, said = _trained(data, runs)
        first_time = np.zeros(len(runs) + RUN, np.bool_)
        first_time[np.unique(runs, return_index=True)[1] + RUN // 2] = True
        candidates = FREQUENT + np.flatnonzero(counts[FREQUENT:] >= FEWEST_TIMES)
        by_count = candidates[np.argsort(-counts[candidates], kind="stable")]
        place = {int(word): at for at, word in enumerate(by_count)}
        asked: list[int] = []
        around: list[list[int]] = []
        competitors: list[Numbers] = []
        owners: list[int] = []
        for number, (words, start) in enumerate(zip(lines, starts[:-1], strict=True)):
            for at in range(2, len(words) - 2):
                word = int(words[at])
                near = [int(w) for w in (*words[max(0, at - REACH) : at], *words[at + 1 : at + REACH + 1])]
                near = [w for w in near if w in place and w != word]
                heard = said[max(start, start + at - RUN + 1) : start + at + 1].any()
                if word not in place or len(near) < 2 or heard or not first_time[start + at]:
                    continue
                first = min(max(0, place[word] - COMPETITORS), max(0, len(by_count) - 2 * COMPETITORS - 1))
                others = by_count[first : first + 2 * COMPETITORS + 1]
                others = others[(others != word) & ~np.isin(others, near)]
                if not len(others):
                    continue
                asked.append(word)
                around.append(near + [-1] * (2 * REACH - len(near)))
                competitors.append(rng.choice(others, COMPETITORS))
                owners.append(number)
            if len(asked) >= most:
                break
        return cls(
            np.array(asked, np.int64),
            np.array(around, np.int64).reshape(-1, 2 * REACH),
            np.array(competitors, np.int64).reshape(-1, COMPETITORS),
            np.array(owners, np.int64),
        )

    def __len__(self) -> int:
        return len(self.asked)

    def shares(self, unit: npt.NDArray[np.float32]) -> npt.NDArray[np.float64]:
        """The share of competitors that lie farther, of each gap; shape `(gaps,)`.

        Args:
            unit: rows of length 1 by rank, shape `(words, dimensions)`.
        """
        shares = [np.zeros(0)]
        for first in range(0, len(self), CHUNK):
            chunk = slice(first, first + CHUNK)
            mask = (self.around[chunk] >= 0)[:, :, None]
            means = (unit[np.maximum(self.around[chunk], 0)] * mask).sum(axis=1)
            true = np.einsum("gd,gd->g", means, unit[self.asked[chunk]])
            others = np.stack([unit[of] @ mean for of, mean in zip(self.competitors[chunk], means, strict=True)])
            ahead = true[:, None] - others
            alike = np.abs(ahead) <= ALIKE * np.linalg.norm(means, axis=1, keepdims=True)
            shares.append(np.where(alike, 0.5, ahead > 0).mean(axis=1))
        return np.concatenate(shares)


@BENCHMARKS.register
class HeldOutGap(Benchmark[HeldOutGapParams]):
    """The share of equally frequent words that a gap's surroundings put behind the true one."""

    name = "held_out_gap"
    title = "Gaps filled"
    summary = (
        "For words of the lines that were kept from training: how many equally frequent words the words around the "
        "gap put behind the true one. "
        "1 means all of them, .5 is chance, higher is better; how frequent a word is does not help here. "
        "It tells about the text at hand, not about what words mean elsewhere."
    )
    citation = (
        "After G. Zweig, C. J. C. Burges. A challenge set for advancing language modeling. NAACL workshop on the "
        "future of language modeling 2012."
    )
    unit = "share of the competitors"
    items = "gaps"
    best: ClassVar[Literal["highest", "lowest"]] = "highest"
    bounds = (0.0, 1.0)
    chance: ClassVar[float | None] = 0.5
    needs = ("held_out",)
    Params: ClassVar[type[Params]] = HeldOutGapParams

    @classmethod
    def measure(cls, space: EmbeddingSpace, material: Material, params: HeldOutGapParams) -> Finding:
        """Fill the gaps."""
        data = material.data
        assert data is not None
        if space.keys[: data.vocabulary] != list(data.words):
            raise CorpusError("These vectors are not of the words of this corpus; choose the corpus they learned from.")
        # Finding them reads the whole text; filling them, which each space does anew, is a fiftieth of that.
        gaps = material.once((cls.name, params), lambda: Gaps.of(data, params.gaps))
        if len(gaps) < FEWEST_GAPS:
            return Finding(
                undefined=f"The held-out lines have {len(gaps)} gaps that were not read before, and {FEWEST_GAPS} are "
                "needed; hold more lines out (held_out), or take a larger corpus."
            )
        shares = gaps.shares(space.unit)
        return Finding(
            value=float(shares.mean()),
            deviation=clustered_error(shares, gaps.lines),
            used=len(gaps),
            basis=f"words of held-out lines, {REACH} words on each side, {COMPETITORS} equally frequent competitors",
        )


def has_gaps(data: TrainingData) -> bool:
    """Whether the lines that `data` holds back have gaps enough for a score; reads what is trained on, once."""
    return len(Gaps.of(data, FEWEST_GAPS)) >= FEWEST_GAPS


def _tokens(data: TrainingData, segment: int) -> Numbers:
    return np.asarray(data.tokens[data.offsets[segment] : data.offsets[segment + 1]], np.int64)


def _runs(words: Numbers) -> npt.NDArray[np.uint64]:
    """A number for each run of five words."""
    mixed = np.zeros(max(0, len(words) - RUN + 1), np.uint64)
    for at in range(RUN):
        mixed = mixed * np.uint64(0x9E3779B97F4A7C15) + words[at : at + len(mixed)].astype(np.uint64) + np.uint64(1)
        mixed ^= mixed >> np.uint64(29)
    return mixed


def _trained(data: TrainingData, runs: npt.NDArray[np.uint64]) -> tuple[Numbers, npt.NDArray[np.bool_]]:
    """What training reads: how often each word, and which of these runs of words; in memory that does not grow."""
    counts = np.zeros(data.vocabulary, np.int64)
    wanted, which = np.unique(runs, return_inverse=True)
    met = np.zeros(len(wanted), np.bool_)
    for words in _chunks(data):
        counts += np.bincount(words[words < data.vocabulary], minlength=data.vocabulary)
        read = _runs(words)
        at = np.minimum(np.searchsorted(wanted, read), max(0, len(wanted) - 1))
        met[at[wanted[at] == read] if len(wanted) else []] = True
    return counts, met[which]


def _chunks(data: TrainingData) -> Iterator[Numbers]:
    """The tokens that are trained on, some millions at a time."""
    ends = np.flatnonzero(np.diff(data.offsets[:-1] // CHUNK_TOKENS)) + 1
    for segments in np.split(np.arange(data.segments), ends):
        first, last = data.offsets[segments[0]], data.offsets[segments[-1] + 1]
        lengths = np.diff(data.offsets[segments[0] : segments[-1] + 2])
        yield np.asarray(data.tokens[first:last], np.int64)[~np.repeat(data.held_out[segments], lengths)]
