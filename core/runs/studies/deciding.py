"""What decides a duel or a search where nobody says it: gaps filled, or the rank where too few gaps are held out.

Which of the two agrees better with what vectors are wanted for was measured over 17 trainings of each corpus (14 of the
largest), from random vectors and too few epochs to *balanced* and its neighbours, of skip-gram, CBOW, fastText, GloVe,
PPMI with SVD and LSA: Spearman's ρ of the score, so turned that higher is better, with what people say of pairs of
words (WordSim-353 and RG-65), of medical pairs, and with how well a linear classifier tells labels of documents.

| corpus | words | held out | with | gaps | rank |
|---|---|---|---|---|---|
| medical answers | 80,000 | 1 % | labels | .34 | .50 |
| | | | medical pairs | .62 | .36 |
| | | 10 % | labels | .59 | .55 |
| | | | medical pairs | .80 | .56 |
| presidents | 164,000 | 1 % | pairs | .81 | .49 |
| | | 10 % | pairs | .78 | .54 |
| film reviews | 287,000 | 1 % | pairs | .63 | .56 |
| | | 10 % | pairs | .67 | .73 |
| | 2.9 million | 1 % | pairs | .86 | .75 |
| planted world | 179,000 | 1 % | analogies | – | −.03 |

The rank's fault is that of vectors which have hardly left where they began: the word is then farther than most others,
60 to 75 % where chance is 50, though they are better than random ones. In the planted world next to no held-out line
has five words in a row that were not read before, so gaps cannot be had; there the rank decides, and decides little.
"""

from functools import lru_cache
from pathlib import Path

from core.data.corpus import Corpus
from core.evaluation.benchmarks.held_out_gap import HeldOutGap, has_gaps
from core.evaluation.benchmarks.held_out_rank import HeldOutRank
from core.runs.settings import RunSettings

__all__ = ["USUAL", "fitting_scores", "usual_score"]

USUAL = HeldOutGap.name

CERTAIN = 3_000_000
"""Tokens from which on a corpus is taken to have gaps enough without being read."""


def usual_score(corpus: Corpus, settings: RunSettings) -> str:
    """The name of the score that decides unless another one is chosen.

    Args:
        corpus: the text of the study.
        settings: of its runs: they say which lines are held out.
    """
    return USUAL if _fills_gaps(corpus, settings) else HeldOutRank.name


def fitting_scores(names: list[str], corpus: Corpus, settings: RunSettings) -> list[str]:
    """Of some scores those that this text gives enough to measure by, the usual one first."""
    usual = usual_score(corpus, settings)
    fitting = [name for name in names if name != USUAL or usual == USUAL]
    return sorted(fitting, key=lambda name: name != usual)


def _fills_gaps(corpus: Corpus, settings: RunSettings) -> bool:
    if settings.held_out == 0:
        return False
    if corpus.tokens_total >= CERTAIN:
        return True
    return _read(corpus.folder, settings.min_count, settings.max_vocabulary, settings.held_out, settings.seed)


@lru_cache(maxsize=256)
def _read(folder: Path, min_count: int, max_vocabulary: int, held_out: float, seed: int) -> bool:
    # A corpus never changes: a form that is drawn again and again reads it once.
    return has_gaps(Corpus.open(folder).training_data(min_count, max_vocabulary, held_out, seed))
