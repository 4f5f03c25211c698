"""Which loss curves mean the same: those of runs that guess the same words of the same text by the same measure."""

from collections.abc import Sequence

from core.architecture import ARCHITECTURES
from core.runs.spec import IMPORTED, Spec

__all__ = ["comparable", "loss_meaning", "same_text", "why_apart"]


def loss_meaning(spec: Spec) -> str:
    """What the loss of a run is, in words; empty where it has none."""
    if spec.params is None or spec.architecture == IMPORTED:
        return ""
    return ARCHITECTURES.get(spec.architecture).loss_of(spec.params)


def same_text(one: Spec, other: Spec) -> bool:
    """Whether two runs learned from the same corpus, cut off at the same words."""
    return _text(one) == _text(other)


def comparable(one: Spec, other: Spec) -> bool:
    """Whether the losses of two runs mean the same, so that their curves may lie on one chart.

    They do where both runs learned from the same corpus, with the same cut-offs (they decide among which words is
    guessed), and their architecture says the same of its loss. What is only on the way there, such as dimensions,
    learning rate, epochs or seed, may differ: that is what one compares.
    """
    meaning = loss_meaning(one)
    return bool(meaning) and meaning == loss_meaning(other) and same_text(one, other)


def why_apart(specs: Sequence[Spec]) -> str:
    """Why the losses of these runs do not all mean the same, as one sentence; empty where they do."""
    if all(comparable(specs[0], spec) for spec in specs):
        return ""
    if len({spec.settings.corpus for spec in specs}) > 1:
        return "These runs learned from different texts, so neither their losses nor their ranks compare."
    without = list(dict.fromkeys(_title(spec) for spec in specs if not loss_meaning(spec)))
    if without:
        return f"There is no loss to compare for {' and '.join(without)}."
    meanings = list(dict.fromkeys(map(loss_meaning, specs)))
    if len(meanings) > 1:
        return f"Their losses do not mean the same: {'; '.join(meanings)}."
    cuts = dict.fromkeys(f"min_count {s.settings.min_count}, max_vocabulary {s.settings.max_vocabulary}" for s in specs)
    return f"They guess among different words, which makes losses differ by itself: {'; '.join(cuts)}."


def _text(spec: Spec) -> tuple[str, int, int]:
    return spec.settings.corpus, spec.settings.min_count, spec.settings.max_vocabulary


def _title(spec: Spec) -> str:
    return "Imported vectors" if spec.architecture == IMPORTED else ARCHITECTURES.get(spec.architecture).title
