"""What the scores of a run are computed from: its corpus as it was trained on, and the labels of that."""

from core.data.corpus import Corpus
from core.evaluation.material import DocumentLabels, Material, Need
from core.runs.settings import RunSettings

__all__ = ["material_of", "needs_met"]


def material_of(corpus: Corpus, settings: RunSettings) -> Material:
    """What a corpus gives scores of runs with these settings.

    Raises:
        CorpusError: the cut-offs leave nothing, or a file of the corpus is damaged.
    """
    data = corpus.training_data(settings.min_count, settings.max_vocabulary, settings.held_out, settings.seed)
    numbers = corpus.label_numbers
    if numbers is None:
        return Material(data)
    return Material(data, DocumentLabels(corpus.offsets, numbers, tuple(corpus.meta["label_names"])))


def needs_met(corpus: Corpus, settings: RunSettings) -> frozenset[Need]:
    """Which needs of scores will be met, told without reading the corpus; few lines may still give too little."""
    met: set[Need] = set()
    if settings.held_out > 0:
        met.add("held_out")
    if len(corpus.labels) > 1:
        met.add("labels")
    return frozenset(met)
