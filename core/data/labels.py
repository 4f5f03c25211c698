"""Which column of a table holds the labels of its documents: a guess from its first rows."""

from collections.abc import Sequence

__all__ = ["guess_label"]

NAMES = {"label", "labels", "class", "category", "categories", "topic", "sentiment", "target", "tag", "type", "genre"}
MOST_LABELS = 50
LONGEST = 60
FEWEST_ROWS = 8


def guess_label(names: Sequence[str], rows: Sequence[Sequence[str]], text: str | None) -> str | None:
    """The column that most likely holds labels, or None where none looks like it.

    A label is short, and rows share it: on average a value stands in four rows or more. Where the column's name says
    that it holds labels two are enough, and all may be the same: tables are often sorted by their labels.

    Args:
        names: all columns.
        rows: the first rows, as many cells each as there are names; fewer than eight are too few to tell.
        text: the column that is read as text.
    """
    best: tuple[float, str] | None = None
    for index, name in enumerate(names):
        values = [row[index].strip() for row in rows if index < len(row) and row[index].strip()]
        if name == text or len(values) < FEWEST_ROWS or max(map(len, values)) > LONGEST:
            continue
        different = len(set(values))
        named = any(part in NAMES for part in name.casefold().replace("-", "_").replace(" ", "_").split("_"))
        shared = len(values) / different
        if (1 if named else 2) <= different <= MOST_LABELS and shared >= (2 if named else 4):
            score = shared + (1000 if named else 0)
            if best is None or score > best[0]:
                best = (score, name)
    return best[1] if best else None
