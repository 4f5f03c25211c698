"""Which loss curves mean the same: those of runs that guess the same words of the same text by the same measure."""

from collections.abc import Sequence

from core.architecture import ARCHITECTURES
from core.runs.spec import IMPORTED, Spec

__all__ = ["comparable", "held_out_apart", "loss_meaning", "same_text", "why_apart"]


MOST_LISTED = 5


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
    """Why the losses of these runs do not all mean the same, in a sentence or two; empty where they do."""
    if all(comparable(specs[0], spec) for spec in specs):
        return ""
    if len({spec.settings.corpus for spec in specs}) > 1:
        return "These runs learned from different texts, so neither their losses nor their ranks compare."
    without = list(dict.fromkeys(_title(spec) for spec in specs if not loss_meaning(spec)))
    said = [f"There is no loss to compare for {_listed(without)}."] if without else []
    meanings = list(dict.fromkeys(filter(None, map(loss_meaning, specs))))
    if len(meanings) > 1:
        whose = "The losses of the others" if without else "Their losses"
        said.append(f"{whose} do not mean the same: {'; '.join(meanings)}.")
    if said:
        return " ".join(said)
    cuts = dict.fromkeys(f"min_count {s.settings.min_count}, max_vocabulary {s.settings.max_vocabulary}" for s in specs)
    return f"They guess among different words, which makes losses differ by itself: {'; '.join(cuts)}."


def held_out_apart(specs: Sequence[Spec]) -> str:
    """That what these runs were measured on is not the same lines, as one sentence; empty where it is, or is nothing.

    Which lines a run holds out is decided by its seed and by the share that is held out. Those of different texts are
    passed over: nothing of them compares.
    """
    measured = [spec for spec in specs if spec.params is not None and spec.settings.held_out > 0]
    lines = sorted({(spec.settings.seed, spec.settings.held_out) for spec in measured})
    if len(lines) < 2 or len({spec.settings.corpus for spec in measured}) > 1:
        return ""
    if len({share for _, share in lines}) == 1:
        said = f"seeds {_listed([str(seed) for seed, _ in lines])}"
    else:
        said = _listed([f"seed {seed} with held_out {share:g}" for seed, share in lines])
    return (
        f"They hold out different lines ({said}), so numbers on held-out lines differ by the lines, too; "
        "with the same seed and held_out they are measured on the same."
    )


def _listed(words: Sequence[str]) -> str:
    """Words as a list: 1, 2 and 3; of many only the first."""
    shown = [*words[:MOST_LISTED], f"{len(words) - MOST_LISTED} more"] if len(words) > MOST_LISTED + 1 else words
    return f"{', '.join(shown[:-1])} and {shown[-1]}" if len(shown) > 1 else shown[0]


def _text(spec: Spec) -> tuple[str, int, int]:
    return spec.settings.corpus, spec.settings.min_count, spec.settings.max_vocabulary


def _title(spec: Spec) -> str:
    return "Imported vectors" if spec.architecture == IMPORTED else ARCHITECTURES.get(spec.architecture).title
